import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { freePort } from "../../free-port.js";
import { bodyOf } from "../loopback.js";
import { NOT_SIGNED_IN, Refusal, Routes, type Call } from "./routes.js";
import { userShape, type Shape } from "./shapes.js";
import { Store, type StoredUser } from "./store.js";

/** What befalls a request: refused by the envelope's number or an HTTP status, cut before it is read, done and then cut before it is answered, or answered by a page. */
export type Mishap = { readonly error: number } | { readonly status: number; readonly retryAfter?: number } | "cut" | "cut-after" | "page";

/** Read alone; everything else changes the platform. */
const READING = /^(?:misc\/|user\/|objectList\/|spot\/get|article\/get|comment\/get)/;

/** A Jamespot platform on loopback: the part of its front interface that README.md describes, and nothing else. */
export class EmulatedJamespot {
  readonly store = new Store();
  readonly log: { readonly name: string; readonly ok: boolean; readonly body: Shape }[] = [];
  /** What nobody described: a function, or a member of a request. */
  readonly undescribed: string[] = [];
  mishap: (name: string) => Mishap | undefined = () => undefined;
  /** What becomes of HTML; whether anything does is not documented. */
  keeps: (html: string) => string = (html) => html;
  /** Largest upload; no limit is documented. */
  largest = Number.POSITIVE_INFINITY;
  readonly routes: Routes;
  readonly #sessions = new Map<string, StoredUser>();
  readonly #tokens = new Map<string, "upload" | "csrf">();
  #server: Server | undefined;
  #port: number | undefined;

  constructor(users: readonly StoredUser[], categories: Readonly<Record<string, string>> = { "1": "Projets", "2": "Communautés" }) {
    this.store.users.push(...users);
    this.routes = new Routes(this.store, {
      issue: (kind) => {
        const token = randomBytes(12).toString("hex");
        this.#tokens.set(token, kind);
        return token;
      },
      isKnown: (kind, token) => this.#tokens.get(String(token)) === kind,
      use: (token) => this.#tokens.get(String(token)) === "csrf" && this.#tokens.delete(String(token)),
    }, { categories, keeps: (html) => this.keeps(html) });
  }

  /** Again after `stop`: on the same port, with what the store holds. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#port ??= await freePort();
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(this.#port, "127.0.0.1", resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port ?? 0}`;
  }

  /** All sessions end, and tokens with them. */
  endSessions(): void {
    this.#sessions.clear();
    this.#tokens.clear();
  }

  /** Functions called since the last time that change the platform. */
  writes(): string[] {
    return this.log.splice(0).filter(({ name }) => !READING.test(name)).map(({ name }) => name);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = /^\/api-front\/([\w-]+\/[\w-]+)$/.exec(request.url ?? "")?.[1] ?? "";
    const mishap = this.mishap(name);
    if (mishap === "cut") return void request.socket.destroy();
    let bytes: Buffer;
    try {
      bytes = await bodyOf(request);
    } catch {
      // The caller is gone before the end of its request: nothing was asked.
      return;
    }
    if (mishap === "page") return void response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Maintenance</title>");
    if (typeof mishap === "object" && "status" in mishap) {
      return void response.writeHead(mishap.status, { "content-type": "text/html", connection: "close", ...(mishap.retryAfter === undefined ? {} : { "retry-after": String(mishap.retryAfter) }) }).end("<h1>mishap</h1>");
    }
    if (name === "file/create" && bytes.byteLength > this.largest) return void response.writeHead(413, { "content-type": "text/html" }).end("<h1>413 Request Entity Too Large</h1>");
    let [error, words, result, body]: [number, string, unknown, Shape] = [0, "", null, {}];
    try {
      if (typeof mishap === "object") throw new Refusal(mishap.error, "mishap");
      const { file, ...told } = await callOf(request, bytes);
      body = told.body;
      result = this.#result(request, response, name, { body, ...(file === undefined ? {} : { file }) });
    } catch (thrown) {
      [error, words] = thrown instanceof Refusal ? [thrown.number, thrown.message] : [15, String(thrown)];
    }
    this.log.push({ name, ok: error === 0, body });
    if (mishap === "cut-after") return void request.socket.destroy();
    const [o = "", f = ""] = name.split("/");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ o, f, error, ...(error === 0 ? {} : { errorMsg: words }), messages: error === 0 ? [] : [{ msg: words, code: error }], result }));
  }

  #result(request: IncomingMessage, response: ServerResponse, name: string, call: Omit<Call, "user">): unknown {
    if (request.method !== "POST" || name === "") return this.#nothing(`${request.method ?? ""} ${request.url ?? ""}`);
    // README.md: "the endpoints are secure by referrer".
    if (!(request.headers.referer ?? "").startsWith(`${this.url}/`)) throw new Refusal(16, "Referer");
    if (name === "user/signIn") return this.#signIn(response, call.body);
    const user = this.#sessions.get(/(?:^|;\s*)session=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "");
    if (user === undefined) throw NOT_SIGNED_IN;
    const served = this.routes.serve(name, { ...call, user });
    return served === undefined ? this.#nothing(`${name} ${Object.keys(call.body).join(",")}`) : served.result;
  }

  #signIn(response: ServerResponse, { mail, password }: Shape): Shape {
    const user = this.store.users.find((one) => one.mail === mail && one.password === password);
    if (user === undefined) throw new Refusal(17, "Identifiants invalides.");
    const session = randomBytes(16).toString("hex");
    this.#sessions.set(session, user);
    response.setHeader("set-cookie", [`session=${session}; Path=/; HttpOnly; Expires=Fri, 31 Dec 2038 23:00:00 GMT`, "lang=fr; Path=/"]);
    return userShape(user);
  }

  #nothing(what: string): never {
    this.undescribed.push(what);
    throw new Refusal(18, "not described");
  }
}

/** JSON as a text, or a form with a file (dist/jamespot-user-api.js, `Network._formatPostOptions`, `Network.postFile`). */
async function callOf(request: IncomingMessage, bytes: Buffer): Promise<Omit<Call, "user">> {
  const contentType = request.headers["content-type"] ?? "";
  if (contentType === "text/plain;charset=UTF-8") return { body: JSON.parse(bytes.toString()) as Shape };
  if (!contentType.startsWith("multipart/form-data")) throw new Refusal(19, `content-type ${contentType}`);
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData();
  const texts = [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const body = Object.fromEntries(texts);
  const file = form.get(body["attrName"] ?? "");
  if (file === null || typeof file === "string") return { body };
  return { body, file: { title: file.name, mimetype: file.type, bytes: Buffer.from(await file.arrayBuffer()) } };
}
