import { request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { DavFront } from "../dav-front.js";
import { bodyOf } from "../loopback.js";

/** contentModel.xml, constraint cm:filename, which is not to match. */
const REFUSED = /["*\\><?/:|]|\.$| $/;
/** WebDAVHelper.java, renameShufflePattern, on a name in small letters: MoveMethod.java, moveOrCopy hides the file that gets such a name. */
const TEMPORARY = /[a-f0-9]{8}$|\.tmp$|atmp[0-9]+$|\.wbk$|\.bak$|~$|backup.*\.do[ct]x?m?$|\.sb-\w{8}-\w{6}$/;
/** alfresco_script.php, "Exit conditions": no document is made. */
const PASSED_OVER = /^\.|\.~lock|~\$|\.tmp|Thumbs\.db|^pdf$/;

/**
 * What Alfresco's WebDAV, as a GoFAST opens it, does otherwise than Apache's mod_dav, before a real Apache; all else is Apache's. Made from
 * Alfresco/alfresco-community-repo (remote-api, org.alfresco.repo.webdav: MoveMethod, WebDAVHelper; repository, contentModel.xml) and
 * CEO-Vision/gofast@23004fd (alfresco_script.php, gofast_cmis/src/Scripts/script_trigger_replication.js).
 */
export class AlfrescoFront extends DavFront {
  /** Files that a person would not see in GoFAST, and folders that would pass for spaces. */
  readonly unseen = new Set<string>();

  protected async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = "", url = "" } = asked;
    const destination = asked.headers.destination === undefined ? undefined : new URL(String(asked.headers.destination)).pathname;
    const named = nameOf(destination ?? url);
    if (["PUT", "MKCOL", "MOVE"].includes(method) && REFUSED.test(named)) return this.#refuse(asked, answer, 500);
    // What is made or moved by others than the system at a space itself (script_trigger_replication.js, nodeIsGroup).
    if (method === "MKCOL" && named.startsWith("_")) this.unseen.add(named);
    if (method === "MOVE" && destination !== undefined) {
      if (!url.endsWith("/")) {
        if (TEMPORARY.test(named.toLowerCase()) || PASSED_OVER.test(named) || named.startsWith("_")) this.unseen.add(named);
        const standing = await this.#standing(destination, asked.headers);
        if (standing !== undefined && (asked.headers.overwrite !== "F" || standing !== destination)) return this.#moveContent(asked, answer, standing);
      } else if (named.startsWith("_")) this.unseen.add(named);
    }
    return this.pass(asked, answer, url, destination);
  }

  /** WebDAVHelper.java, getNodeForPath compares the case of a name that it found; MoveMethod.java, moveOrCopy takes what stands there in any. */
  async #standing(destination: string, headers: IncomingHttpHeaders): Promise<string | undefined> {
    if ((await this.#send("HEAD", destination, headers)).status === 200) return destination;
    const folder = destination.slice(0, destination.lastIndexOf("/") + 1);
    const listed = (await this.#send("PROPFIND", folder, { ...headers, depth: "1" })).body.toString("utf8");
    const hrefs = [...listed.matchAll(/href>([^<]*[^</])</g)].map(([, href = ""]) => href);
    const twin = hrefs.find((href) => nameOf(href).toLowerCase() === nameOf(destination).toLowerCase());
    return twin === undefined ? undefined : folder + twin.slice(twin.lastIndexOf("/") + 1);
  }

  /** MoveMethod.java, copyContentOnly, then fileFolderService.delete of the source: what stood there keeps its properties. */
  async #moveContent(asked: IncomingMessage, answer: ServerResponse, destination: string): Promise<void> {
    asked.resume();
    const from = asked.url ?? "";
    const content = await this.#send("GET", from, asked.headers);
    const written = await this.#send("PUT", destination, asked.headers, content.body);
    if (written.status < 300) await this.#send("DELETE", from, asked.headers);
    answer.writeHead(written.status < 300 ? 204 : written.status).end();
  }

  #refuse(asked: IncomingMessage, answer: ServerResponse, status: number): void {
    asked.resume().once("end", () => answer.writeHead(status).end());
  }

  #send(method: string, url: string, { authorization, depth }: IncomingHttpHeaders, body?: Buffer): Promise<{ readonly status: number; readonly body: Buffer }> {
    return new Promise((resolve, reject) => {
      const onward = request(new URL(this.inward(url), this.origin), { method, headers: { authorization, "content-length": body?.length ?? 0, ...(depth === undefined ? {} : { depth }) } }, (come) => {
        bodyOf(come).then((bytes) => resolve({ status: come.statusCode ?? 502, body: bytes }), reject);
      });
      onward.once("error", reject).end(body);
    });
  }
}

function nameOf(url: string): string {
  return decodeURIComponent(url.replace(/\/+$/, "").split("/").at(-1) ?? "");
}
