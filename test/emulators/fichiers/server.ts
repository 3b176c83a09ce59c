import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, dying, Loopback } from "../loopback.js";
import { DEFAULTS, ItemRoutes, type ItemCall, type Settings } from "./items.js";
import { ObjectStorage } from "./storage.js";
import { Store } from "./store.js";
import { FORBIDDEN, NOT_FOUND, refuse, Refusal, refuseObject, say } from "./wire.js";

const DOORS = ["api", "storage", "sign-in"] as const;
type Door = (typeof DOORS)[number];

/** One request as it was answered. */
export interface Line {
  readonly door: Door;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly authorization: string | undefined;
}

/** What a test has befall a request: refused with a status, cut before it is read, or done and then cut before it is answered. */
export type Mishap = number | "cut" | "cut-after";

/** Fichiers on loopback with its object storage and sign-in service: the part that README.md describes, and nothing else. */
export class EmulatedFichiers {
  readonly store = new Store();
  readonly settings: Settings;
  readonly log: Line[] = [];
  /** Requests that the emulator has no route for: a test that leaves any here asked for what nobody documented. */
  readonly undescribed: string[] = [];
  /** Life of the tokens that are issued. */
  tokenSeconds = 300;
  mishap: (request: { readonly door: Door; readonly method: string; readonly path: string }) => Mishap | undefined = () => undefined;
  readonly #storage = new ObjectStorage(this.store);
  readonly #tokens = new Map<string, { readonly user: string; readonly until: number }>();
  readonly #servers = new Map(DOORS.map((door) => [door, new Loopback((request, response) => void this.#serve(door, request, response))]));

  constructor(private readonly clients: Readonly<Record<string, string>>, settings: Partial<Settings> = {}) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** Again after `stop`: on the same ports, with what the store holds. */
  async start(): Promise<void> {
    for (const server of this.#servers.values()) await server.start();
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop();
  }

  get url(): string {
    return this.#at("api");
  }

  get tokenUrl(): string {
    return `${this.#at("sign-in")}/token`;
  }

  issue(user: string, seconds = this.tokenSeconds): string {
    const token = randomBytes(24).toString("base64url");
    this.#tokens.set(token, { user, until: Date.now() + seconds * 1_000 });
    return token;
  }

  revoke(): void {
    this.#tokens.clear();
  }

  /** Requests since the last call that change items or objects. */
  writes(): string[] {
    return this.log.splice(0).filter(({ door, method }) => door !== "sign-in" && method !== "GET").map(({ door, method, path, status }) => `${door} ${method} ${path} ${status}`);
  }

  #at(door: Door): string {
    return this.#servers.get(door)?.url ?? "";
  }

  async #serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", headers: { authorization } } = request;
    const url = new URL(request.url ?? "/", "http://fichiers");
    response.once("finish", () => this.log.push({ door, method, path: url.pathname, status: response.statusCode, authorization }));
    const mishap = this.mishap({ door, method, path: url.pathname });
    try {
      if (mishap === "cut") return void request.socket.destroy();
      if (typeof mishap === "number") {
        response.setHeader("connection", "close");
        return door === "storage" ? refuseObject(response, mishap, "SlowDown", "Reduce your request rate.") : refuse(response, new Refusal(mishap, "throttled", "mishap"));
      }
      const answer = mishap === "cut-after" ? dying(response) : response;
      if (door === "storage") return await this.#storage.serve(request, answer);
      if (door === "sign-in") return await this.#token(request, url, answer);
      await this.#api(request, url, answer);
    } catch (thrown) {
      if (request.socket.destroyed) return;
      refuse(response, thrown instanceof Refusal ? thrown : new Refusal(500, "", String(thrown)));
    }
  }

  /** RFC 6749 section 4.4: a sign-in service that knows these applications. */
  async #token(request: IncomingMessage, { pathname }: URL, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams((await bodyOf(request)).toString());
    const client = form.get("client_id") ?? "";
    if (pathname !== "/token" || form.get("grant_type") !== "client_credentials") return say(response, 400, { error: "unsupported_grant_type" });
    if (!Object.hasOwn(this.clients, client) || this.clients[client] !== form.get("client_secret")) return say(response, 401, { error: "invalid_client" });
    say(response, 200, { access_token: this.issue(client), token_type: "Bearer", expires_in: this.tokenSeconds });
  }

  async #api(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const { method = "", headers: { authorization } } = request;
    const bytes = await bodyOf(request);
    const [, first, second, resource, ...rest] = url.pathname.split("/");
    // core/urls.py: addresses end with "/".
    if (first !== "external_api" || second !== "v1.0" || rest.pop() !== "") return this.#nothing(method, url);
    const bearer = this.#tokens.get(/^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "");
    if (bearer === undefined || Date.now() > bearer.until) throw new Refusal(401, "authentication_failed", "Incorrect authentication credentials.");
    const { user } = bearer;
    if (resource === "users" && method === "GET" && rest.join("/") === "me") {
      if (!this.settings.actions.includes("get_me")) throw FORBIDDEN;
      return say(response, 200, { id: user, email: `${user}@service.example`, full_name: user, short_name: user, language: "fr-fr" });
    }
    const call: ItemCall = { user, method, parts: rest.map(decodeURIComponent), query: url.searchParams, body: (bytes.byteLength === 0 ? {} : JSON.parse(bytes.toString())) as Record<string, unknown>, host: this.#at("storage") };
    const routes = new ItemRoutes(this.store, this.#storage, this.settings);
    const action = resource === "items" ? routes.actionOf(call) : undefined;
    if (action === undefined) return this.#nothing(method, url);
    say(response, ...routes.serve(action, call));
  }

  #nothing(method: string, { pathname }: URL): never {
    this.undescribed.push(`${method} ${pathname}`);
    throw NOT_FOUND;
  }
}
