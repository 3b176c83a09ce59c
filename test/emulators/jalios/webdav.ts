import type { IncomingMessage, ServerResponse } from "node:http";
import { DavFront } from "../dav-front.js";

/** Signs that its WebDAV drops from names. */
const DROPPED = /["*:<>?|\\/&=%!']/g;
/** What an upload makes of an extension; "" is none. */
const RENAMED: Readonly<Record<string, string>> = {
  "": "bin", jsp: "txt", jspx: "txt", jspf: "txt", html: "txt", htm: "txt", shtml: "txt", body: "txt", js: "txt", jsv: "txt", xml: "txt", xhtml: "txt", xsd: "txt", swf: "bin", svg: "bin", svgz: "bin",
};

/**
 * What the WebDAV of a JPlatform does otherwise than Apache's mod_dav, before a real Apache; all else is Apache's. By the help and settings of an installed
 * platform, version 10.0.7. That uploads rename is told of those by its pages; here of those by WebDAV too, since nobody says that they do not.
 */
export class JaliosWebDav extends DavFront {
  /** Names that stand otherwise than they were sent. */
  readonly altered: string[] = [];

  protected async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = "", url = "" } = asked;
    const to = asked.headers.destination === undefined ? undefined : new URL(String(asked.headers.destination)).pathname;
    // A folder has no extension: that of a part is told by the slash of what is moved.
    const [path, destination] = [["PUT", "MKCOL"].includes(method) ? this.#kept(url, method === "PUT") : url, to === undefined ? undefined : this.#kept(to, !url.endsWith("/"))];
    await this.pass(asked, answer, path, destination);
  }

  /** The path under which it stands. */
  #kept(path: string, file: boolean): string {
    const [, above = "", last = "", slash = ""] = /^(.*\/)([^/]+)(\/?)$/.exec(path) ?? [];
    const sent = decodeURIComponent(last);
    const bare = sent.replace(DROPPED, "");
    const extension = /\.([^.]+)$/.exec(bare)?.[1] ?? "";
    const renamed = file ? RENAMED[extension.toLowerCase()] : undefined;
    const stands = renamed === undefined ? bare : `${extension === "" ? bare : bare.slice(0, -extension.length - 1)}.${renamed}`;
    if (stands === sent) return path;
    this.altered.push(`${sent} → ${stands}`);
    return `${above}${encodeURIComponent(stands)}${slash}`;
  }
}
