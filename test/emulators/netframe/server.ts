import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, dying, Loopback } from "../loopback.js";
import { Routes } from "./routes.js";
import { Store, type StoredUser } from "./store.js";
import { Refusal, type Call, type Result } from "./wire.js";

/** What befalls a request: an HTTP status without its answer, a page of something in front, an answer of that JSON, or the connection cut before or after it was done. */
export type Mishap = { readonly status: number; readonly retryAfter?: number; readonly location?: string } | { readonly json: unknown } | "page" | "cut" | "cut-after" | undefined;

interface Session {
  user: StoredUser | undefined;
  readonly token: string;
}

/** Changes the instance; listing a channel is a POST too. */
const WRITING = /^(?:POST \/channels\/(?:edit|post|delete-post)|POST \/media\/upload|POST \/medias\/(?:edit-folder|delete)|GET \/channels\/delete)/;
/** Fields come before the file. */
const HEAD = 8 * 1024;
const LARGEST = 20 * 1024 * 1024;

/** A Netframe instance on loopback: the part of its pages that README.md describes, and nothing else. */
export class EmulatedNetframe {
  readonly store = new Store();
  readonly routes = new Routes(this.store);
  /** What no source describes. */
  readonly undescribed: string[] = [];
  /** Requests, whatever came of them. */
  readonly log: string[] = [];
  mishap: (name: string) => Mishap = () => undefined;
  /** Largest body; how a server is set up (ValidatePostSize). */
  largest = LARGEST;
  readonly #sessions = new Map<string, Session>();
  readonly #server = new Loopback((request, response) => void this.#serve(request, response));

  constructor(users: readonly StoredUser[], roles: Readonly<Record<string, number>>) {
    this.store.users.push(...users);
    for (const [profile, role] of Object.entries(roles)) this.store.roles.set(profile, role);
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  get url(): string {
    return this.#server.url;
  }

  /** Everybody is signed out. */
  endSessions(): void {
    this.#sessions.clear();
  }

  /** Sessions go on, with other tokens than the forms have. */
  changeTokens(): void {
    for (const [id, { user }] of this.#sessions) this.#sessions.set(id, { user, token: randomBytes(20).toString("hex") });
  }

  /** Requests since the last time that change something. */
  writes(): string[] {
    return this.log.splice(0).filter((name) => WRITING.test(name));
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? "", this.url);
    const method = request.method ?? "";
    const name = `${method} ${pathname.replace(/\/before\/.*$/, "/before").replace(/\/\d+(?=\/|$)/g, "/N")}`;
    this.log.push(name);
    let bytes: Buffer;
    try {
      bytes = await bodyOf(request);
    } catch {
      // The caller is gone before the end of its request: nothing was asked.
      return;
    }
    const mishap = this.mishap(name);
    if (mishap === "cut") return void request.socket.destroy();
    if (mishap === "page") return void answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Maintenance</title>");
    if (typeof mishap === "object" && "status" in mishap) {
      return void answer.writeHead(mishap.status, { "content-type": "text/html", ...(mishap.retryAfter === undefined ? {} : { "retry-after": String(mishap.retryAfter) }), ...(mishap.location === undefined ? {} : { location: mishap.location }) }).end("<h1>mishap</h1>");
    }
    if (typeof mishap === "object") return void answer.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(mishap.json));
    const response = mishap === "cut-after" ? dying(answer) : answer;
    const [id, session] = this.#session(request);
    const cookies = { "set-cookie": [`netframe_session=${id}; path=/; httponly`, `XSRF-TOKEN=${session.token}; path=/`] };
    try {
      const result = await this.#result(request, session, { method, pathname, query, bytes });
      if (result === "nothing") response.writeHead(200, cookies).end("");
      else if ("to" in result) response.writeHead(302, { ...cookies, location: new URL(result.to, this.url).href }).end("<a>Redirecting</a>");
      else if ("bytes" in result) response.writeHead(200, { ...cookies, "content-disposition": Buffer.from(result.disposition).toString("latin1") }).end(result.bytes);
      else if ("page" in result) response.writeHead(200, { ...cookies, "content-type": "text/html" }).end(this.#page(session, result.page));
      else response.writeHead(200, { ...cookies, "content-type": "application/json" }).end(JSON.stringify(result.json));
    } catch (thrown) {
      const status = thrown instanceof Refusal ? thrown.status : 500;
      const isScript = request.headers["x-requested-with"] === "XMLHttpRequest";
      // Pages of errors.403, and the framework's JSON for a script.
      if (isScript && status !== 403) response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message: String(thrown instanceof Error ? thrown.message : thrown) }));
      else response.writeHead(status, { "content-type": "text/html" }).end(this.#page(session, `<h1>${status}</h1>`));
    }
  }

  #session({ headers }: IncomingMessage): [string, Session] {
    const told = /(?:^|;\s*)netframe_session=(\w+)/.exec(headers.cookie ?? "")?.[1] ?? "";
    const standing = this.#sessions.get(told);
    if (standing !== undefined) return [told, standing];
    const [id, session] = [randomBytes(20).toString("hex"), { user: undefined, token: randomBytes(20).toString("hex") }];
    this.#sessions.set(id, session);
    return [id, session];
  }

  async #result(request: IncomingMessage, session: Session, { method, pathname, query, bytes }: { readonly method: string; readonly pathname: string; readonly query: URLSearchParams; readonly bytes: Buffer }): Promise<Result> {
    if (bytes.byteLength > this.largest) throw new Refusal(413, "PostTooLarge");
    const form = await formOf(request, bytes);
    if (method === "POST" && pathname === "/login") return this.#signIn(session, form.fields);
    // The web group's VerifyCsrfToken comes before the routes' CheckAuth; app/Exceptions/Handler.php answers a page with HTTP 200.
    if (method === "POST" && form.fields["_token"] !== session.token) return { page: '<div class="text-center">Vous êtes resté trop longtemps sur le formulaire précédent</div>' };
    if (session.user === undefined) return { to: "/login" };
    const result = this.routes.serve(method, pathname, { ...form, query, user: session.user });
    if (result !== undefined) return result;
    this.undescribed.push(`${method} ${pathname} ${Object.keys(form.fields).join(",")}`);
    throw new Refusal(404, "not described");
  }

  /** AuthController, `login`. */
  #signIn(session: Session, { email, password, ...others }: Readonly<Record<string, string>>): Result {
    const user = this.store.users.find((one) => one.email === email && one.password === password);
    if (Object.keys(others).length > 0) this.undescribed.push(`login: ${Object.keys(others).join()}`);
    if (user === undefined) return { page: '<form id="auth_login"><div class="alert alert-danger">\n                        Erreur de mot de passe\n\n                                            </div></form>' };
    session.user = user;
    return { to: "/workspace" };
  }

  #page({ token }: Session, content: string): string {
    return `<!DOCTYPE html>\n<html lang="fr">\n<head>\n    <meta charset="UTF-8" />\n    <meta name="_token" content="${token}" />\n    <meta name="csrf-token" content="${token}" />\n</head><body>${content}</body></html>`;
  }
}

/** Texts are trimmed but for passwords (app/Http/Middleware/TrimStrings.php). */
async function formOf({ headers }: IncomingMessage, bytes: Buffer): Promise<Pick<Call, "fields" | "file">> {
  if (bytes.byteLength === 0) return { fields: {} };
  const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
  const fields = Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === "string").map(([name, value]) => [name, name === "password" ? value : value.trim()]));
  const file = form.get("files[]");
  if (file === null || typeof file === "string") return { fields };
  // As PHP reads it: what a browser has written as %22 stays so.
  const name = /name="files\[\]"; filename="([^"]*)"/.exec(bytes.toString("utf8", 0, HEAD))?.[1] ?? file.name;
  return { fields, file: { name, type: file.type, bytes: Buffer.from(await file.arrayBuffer()) } };
}
