import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { JmapClient } from "../../../src/drivers/jmap/client.js";
import { CORE, MAIL } from "../../../src/drivers/jmap/session.js";
import { testAccess } from "../../environment.js";

type Arguments = Readonly<Record<string, unknown>>;
export interface StoredEmail {
  blobId: string;
  keywords: Record<string, true>;
  receivedAt: string;
  mailboxIds: Record<string, true>;
}
interface SetAnswer {
  readonly [kind: string]: unknown;
}

/** One account on loopback with what the session asks of a server (RFC 8620, RFC 8621); its whims are set by the test. */
export class LoopbackMail {
  readonly emails = new Map<string, StoredEmail>();
  readonly calls: (readonly [method: string, args: Arguments])[] = [];
  /** Imports that are carried out and whose answer is lost. */
  lostAnswers = 0;
  /** Run once before the answer to an import leaves. */
  beforeAnswer: (() => Promise<void>) | undefined;
  keeps = (_keyword: string): boolean => true;
  rewrite: ((message: string) => string) | undefined;
  /** A message that is rewritten keeps the id of its upload, as in Cyrus. */
  keepsBlobId = false;
  oneOfEach = false;
  /** Of Twake Mail: what stands, and what is said of a new one. */
  readonly labels: object[] = [];
  labelRefusal: object | undefined;
  downloads = 0;
  readonly #blobs = new Map<string, string>();
  readonly #server: Server;
  #serial = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece)).once("end", () => void this.#serve(request, response, Buffer.concat(pieces).toString("latin1")));
    });
  }

  static async open(): Promise<LoopbackMail> {
    const mail = new LoopbackMail();
    await new Promise<void>((resolve) => { mail.#server.listen(0, "127.0.0.1", resolve); });
    return mail;
  }

  client(): JmapClient {
    return new JmapClient({
      ...testAccess("courrier", "zoe"), user: "zoe", refused: "TARGET_CREDENTIAL", base: new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`),
      authorization: () => Promise.resolve({}),
    });
  }

  async close(): Promise<void> {
    await new Promise((resolve) => { this.#server.closeAllConnections(); this.#server.close(resolve); });
  }

  /** Stands there without the program. */
  deliver(message: string, more: Partial<StoredEmail> = {}): string {
    const id = `e${(this.#serial += 1)}`;
    this.emails.set(id, { blobId: this.#keep(message), keywords: {}, receivedAt: "2024-03-31T01:30:15Z", mailboxIds: { M: true }, ...more });
    return id;
  }

  #keep(message: string): string {
    const id = `b${(this.#serial += 1)}`;
    this.#blobs.set(id, message);
    return id;
  }

  async #serve({ url = "" }: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const json = (value: unknown): unknown => response.setHeader("content-type", "application/json").end(JSON.stringify(value));
    if (url === "/.well-known/jmap") json({ capabilities: { [CORE]: {}, [MAIL]: {} }, accounts: { a: { name: "zoe", accountCapabilities: { [MAIL]: {} } } }, apiUrl: "/jmap", downloadUrl: "/d/{blobId}", uploadUrl: "/u", state: "1" });
    else if (url === "/u") json({ blobId: this.#keep(body), size: Buffer.byteLength(body, "latin1") });
    else if (url.startsWith("/d/")) {
      this.downloads += 1;
      response.end(Buffer.from(this.#blobs.get(url.slice(3)) ?? "", "latin1"));
    } else {
      const { methodCalls } = JSON.parse(body) as { methodCalls: [string, Arguments, string][] };
      const methodResponses = methodCalls.map(([method, args, id]) => {
        this.calls.push([method, args]);
        return [method, this.#answer(method, args), id];
      });
      if (methodCalls.some(([method]) => method === "Email/import")) {
        const [before] = [this.beforeAnswer, this.beforeAnswer = undefined];
        await before?.();
        if (this.lostAnswers > 0) {
          this.lostAnswers -= 1;
          response.destroy();
          return;
        }
      }
      json({ methodResponses, sessionState: "1" });
    }
  }

  #answer(method: string, args: Arguments): SetAnswer {
    if (method === "Email/import") return this.#import(args["emails"] as Record<string, StoredEmail>);
    if (method === "Label/get") return { list: this.labels };
    if (method === "Label/set") return this.labelRefusal === undefined ? { created: { new: { id: "l", keyword: "label-1" } } } : { notCreated: { new: this.labelRefusal } };
    if (method === "Email/set") return this.#set(args["update"] as Record<string, Record<string, true | null>>);
    if (method === "Email/parse") return { parsed: Object.fromEntries((args["blobIds"] as string[]).map((id) => [id, read(this.#blobs.get(id) ?? "")])) };
    if (method === "Email/query") return { ids: [...this.emails.keys()] };
    if (method === "Email/get") {
      return { list: (args["ids"] as string[]).flatMap((id) => {
        const email = this.emails.get(id);
        const message = this.#blobs.get(email?.blobId ?? "") ?? "";
        return email === undefined ? [] : [{ id, ...email, size: Buffer.byteLength(message, "latin1"), ...read(message) }];
      }) };
    }
    throw new Error(method);
  }

  #import(emails: Record<string, StoredEmail>): SetAnswer {
    const created: Record<string, object> = {};
    const notCreated: Record<string, object> = {};
    for (const [key, email] of Object.entries(emails)) {
      const message = this.#blobs.get(email.blobId) ?? "";
      const twin = this.oneOfEach ? [...this.emails].find(([, { blobId }]) => this.#blobs.get(blobId) === message)?.[0] : undefined;
      if (!Object.keys(email.keywords).every(this.keeps)) notCreated[key] = { type: "invalidProperties", properties: ["keywords"] };
      else if (twin !== undefined) notCreated[key] = { type: "alreadyExists", existingId: twin };
      else {
        const blobId = this.rewrite === undefined || this.keepsBlobId ? email.blobId : this.#keep(this.rewrite(message));
        if (this.rewrite !== undefined && this.keepsBlobId) this.#blobs.set(blobId, this.rewrite(message));
        created[key] = { id: this.deliver("", { ...email, blobId }), blobId };
      }
    }
    return { created, notCreated };
  }

  #set(update: Record<string, Record<string, true | null>>): SetAnswer {
    const notUpdated: Record<string, object> = {};
    for (const [id, patch] of Object.entries(update)) {
      const email = this.emails.get(id);
      const steps = Object.entries(patch).map(([path, value]) => [...path.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")), value] as const);
      if (email === undefined || steps.some(([part, name = "", ...rest]) => rest.length !== 1 || (part === "keywords" && rest[0] === true && !this.keeps(String(name))))) notUpdated[id] = { type: "invalidProperties" };
      else {
        for (const [part, name, value] of steps) {
          const set = part === "keywords" ? email.keywords : email.mailboxIds;
          if (value === true) set[String(name)] = true;
          else delete set[String(name)];
        }
      }
    }
    return { notUpdated };
  }
}

/** Message-ID, subject and text of a message of one part. */
function read(message: string): object {
  const [head = "", ...text] = message.split("\r\n\r\n");
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim();
  const id = field("Message-ID");
  const body = text.join("\r\n\r\n");
  return { messageId: id === undefined ? null : [id], subject: field("Subject") ?? null, bodyStructure: { type: "text/plain", name: null, size: body.length, partId: "1" }, bodyValues: { 1: { value: body } } };
}
