import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, dying, Loopback } from "../loopback.js";
import { addResource, Refusal, upload, type Form } from "./routes.js";
import { Store } from "./store.js";

export interface Person {
  readonly login: string;
  readonly password: string;
}

/** What befalls a request: an HTTP status without its answer, words of a refusal, a page of something in front, or the connection cut before or after it was done. */
export type Mishap = number | { readonly error: string } | "page" | "cut" | "cut-after" | undefined;

export interface Settings {
  /** What the vendor's client leaves open (README, "Left open"). */
  uploadAuth: "bearer" | "application";
  uploadFields: "form" | "query";
  /** HTTP status of a refusal. */
  refusals: number;
  /** Whether a renewed token ends the one that it was made of. */
  renewalEnds: boolean;
}

export const DEFAULTS: Settings = { uploadAuth: "bearer", uploadFields: "form", refusals: 200, renewalEnds: true };

/** A Whaller on loopback: the part of its interface that README.md describes, and nothing else. */
export class EmulatedWhaller {
  readonly store: Store;
  readonly settings: Settings = { ...DEFAULTS };
  /** What no source describes. */
  readonly undescribed: string[] = [];
  /** Requests, whatever came of them. */
  readonly log: string[] = [];
  /** `body`: of what is told as JSON; empty for a form. */
  mishap: (path: string, body: string) => Mishap = () => undefined;
  readonly #tokens = new Set<string>();
  readonly #server = new Loopback((request, response) => void this.#serve(request, response));

  constructor(readonly application: { readonly clientId: string; readonly clientToken: string }, private readonly person: Person, spheres: Readonly<Record<string, string>>) {
    this.store = new Store(spheres);
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
  endTokens(): void {
    this.#tokens.clear();
  }

  /** Requests since the last time that put something there. */
  writes(): string[] {
    return this.log.splice(0).filter((path) => /^(?:upload|spheres)\//.test(path));
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    const path = pathname.replace(/^\/api\//, "");
    this.log.push(path);
    let bytes: Buffer;
    try {
      bytes = await bodyOf(request);
    } catch {
      // The caller is gone before the end of its request: nothing was asked.
      return;
    }
    const mishap = this.mishap(path, request.headers["content-type"] === "application/json" ? bytes.toString() : "");
    if (mishap === "cut") return void request.socket.destroy();
    if (mishap === "page") return void answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Maintenance</title>");
    if (typeof mishap === "number") return void answer.writeHead(mishap, { "content-type": "text/html", ...(mishap === 302 ? { location: "/maintenance" } : {}) }).end("<h1>mishap</h1>");
    const response = mishap === "cut-after" ? dying(answer) : answer;
    try {
      if (mishap !== undefined && mishap !== "cut-after") throw new Refusal(mishap.error);
      const result = await this.#route(`${request.method ?? ""} ${path}`, request, bytes, searchParams);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ result }));
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      if (thrown.undescribed !== undefined) this.undescribed.push(thrown.undescribed);
      response.writeHead(this.settings.refusals, { "content-type": "application/json" }).end(JSON.stringify({ error: { message: thrown.message } }));
    }
  }

  async #route(route: string, { headers }: IncomingMessage, bytes: Buffer, query: URLSearchParams): Promise<unknown> {
    if (route === "POST person/login") return this.#signIn(headers, objectOf(headers, bytes));
    if (route === "POST upload/box_resource") {
      if (this.settings.uploadAuth === "bearer") this.#signedIn(headers);
      else this.#isApplication(headers);
      const made = upload(this.store, await this.#form(headers, bytes, query));
      return made === undefined ? {} : { id: made.id };
    }
    const token = this.#signedIn(headers);
    if (route === "POST person/status_auth_by_token") return this.#renew(token, objectOf(headers, bytes));
    const sphere = /^POST spheres\/([^/]+)\/boxresources$/.exec(route)?.[1];
    if (sphere !== undefined) {
      const { id, name, ext } = addResource(this.store, decodeURIComponent(sphere), objectOf(headers, bytes));
      return { id, name, ...(ext === undefined ? {} : { ext }) };
    }
    const spheres = Object.entries(this.store.spheres).map(([externalId, name], at) => ({ id: at + 1, external_id: externalId, name }));
    if (route === "GET me") return { id: 7, name: this.person.login };
    if (route === "GET me/spheres") return spheres;
    if (route === "GET me/networks") return [{ id: 1, name: "Commune", spheres }];
    if (route === "GET me/phones") return query.get("status") === "verified" ? [] : [{ id: 1, number: "+33100000000" }];
    if (route === `GET persons/${this.person.login}/notifications`) return [];
    throw new Refusal("Not found", route);
  }

  /** whaller_client/auth.py, `authenticate`. */
  #signIn(headers: IncomingMessage["headers"], body: Readonly<Record<string, unknown>>): { auth_token: string } {
    this.#isApplication(headers);
    if (body["signin-login"] !== this.person.login || body["signin-password"] !== this.person.password || Object.keys(body).length !== 2) throw new Refusal(`Identifiants incorrects : ${String(body["signin-password"])}`);
    return this.#issue();
  }

  /** whaller_client/auth.py, `refresh_token`. */
  #renew(token: string, { auth_token: told, login, renew, ...other }: Readonly<Record<string, unknown>>): { auth_token: string } {
    if (told !== token || login !== this.person.login || renew !== true || Object.keys(other).length > 0) throw new Refusal("Bad request", "status_auth_by_token");
    if (this.settings.renewalEnds) this.#tokens.delete(token);
    return this.#issue();
  }

  #issue(): { auth_token: string } {
    const token = randomBytes(16).toString("hex");
    this.#tokens.add(token);
    return { auth_token: token };
  }

  #isApplication({ "x-application": told }: IncomingMessage["headers"]): void {
    const { clientId, clientToken } = this.application;
    if (told !== Buffer.from(`${clientId}:::${clientToken}`).toString("base64")) throw new Refusal("Application inconnue");
  }

  #signedIn({ authorization = "" }: IncomingMessage["headers"]): string {
    const token = authorization.replace(/^Bearer /, "");
    if (!this.#tokens.has(token)) throw new Refusal("Vous devez vous connecter");
    return token;
  }

  async #form(headers: IncomingMessage["headers"], bytes: Buffer, query: URLSearchParams): Promise<Form> {
    const contentType = headers["content-type"] ?? "";
    if (!contentType.startsWith("multipart/form-data")) throw new Refusal("Bad request", `upload: ${contentType}`);
    const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData();
    const file = form.get("userfile");
    const told = [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string");
    const [fields, elsewhere] = this.settings.uploadFields === "form" ? [told, [...query]] : [[...query], told];
    if (elsewhere.length > 0 || file === null || typeof file === "string") throw new Refusal("Champs manquants");
    return { fields: Object.fromEntries(fields), file: { name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) } };
  }
}

/** `requests.post(json=…)`: an object, told as JSON (whaller_client/api.py). */
function objectOf(headers: IncomingMessage["headers"], bytes: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = headers["content-type"] === "application/json" ? JSON.parse(bytes.toString()) : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refusal("Bad request", "a body that is no JSON object");
  return value as Readonly<Record<string, unknown>>;
}
