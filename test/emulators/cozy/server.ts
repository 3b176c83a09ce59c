import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, dying, Loopback } from "../loopback.js";
import { filesRoute, type Call } from "./files.js";
import { Instance } from "./instance.js";
import { drivesRoute } from "./sharings.js";
import { allow, Tokens } from "./tokens.js";
import { refuse, Refusal, say } from "./wire.js";

/** One request as it was answered. */
export interface Line {
  readonly domain: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** What a test has befall a request: refused with a status, cut before it is read, or done and then cut before it is answered. */
export type Mishap = { readonly status: number; readonly detail?: string } | "cut" | "cut-after";

/** A cozy-stack on loopback: the part that README.md describes, and nothing else. */
export class EmulatedStack {
  readonly instances = new Map<string, Instance>();
  readonly tokens = new Tokens();
  readonly log: Line[] = [];
  /** Requests that the emulator has no route for: a test that leaves any here asked for what nobody documented. */
  readonly undescribed: string[] = [];
  mishap: (request: { readonly method: string; readonly path: string; readonly domain: string }) => Mishap | undefined = () => undefined;
  readonly #stack = new Loopback((request, response) => void this.#serve(request, response));
  readonly #admin = new Loopback((request, response) => this.#serveAdmin(request, response));

  constructor(private readonly passphrase: string) {}

  /** Again after `stop`: on the same ports, with what the instances hold. */
  async start(): Promise<void> {
    await this.#stack.start();
    await this.#admin.start();
  }

  async stop(): Promise<void> {
    await this.#stack.stop();
    await this.#admin.stop();
  }

  get url(): string {
    return this.#stack.url;
  }

  get adminUrl(): string {
    return this.#admin.url;
  }

  add(domain: string): Instance {
    const instance = new Instance(domain);
    this.instances.set(domain, instance);
    return instance;
  }

  /** Requests since the last call that change files or sharings. */
  writes(): string[] {
    const lines = this.log.splice(0).filter(({ method }) => method !== "GET" && method !== "HEAD");
    return lines.map(({ domain, method, path, status }) => `${domain} ${method} ${path} ${status}`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", headers: { host: domain = "" } } = request;
    const url = new URL(request.url ?? "/", "http://stack");
    const mishap = this.mishap({ method, path: url.pathname, domain });
    response.once("finish", () => this.log.push({ domain, method, path: `${url.pathname}${url.search}`, status: response.statusCode }));
    try {
      if (mishap === "cut") return void request.socket.destroy();
      if (typeof mishap === "object") throw new Refusal(mishap.status, mishap.detail ?? "mishap");
      const instance = this.instances.get(domain);
      // web/middlewares/instance.go, NeedInstance.
      if (instance === undefined) throw new Refusal(404, "Instance not found", { plain: true });
      const [, first = "", ...parts] = url.pathname.split("/").map(decodeURIComponent);
      const call: Call = { instance, scope: this.tokens.check(request.headers.authorization, domain), request, response: mishap === "cut-after" ? dying(response) : response, url, parts, body: () => bodyOf(request) };
      const route = first === "files" ? filesRoute(call) : first === "sharings" ? drivesRoute(call) : first === "settings" && parts[0] === "disk-usage" && method === "GET" ? () => diskUsage(call) : undefined;
      if (route === undefined) {
        this.undescribed.push(`${method} ${url.pathname}`);
        throw new Refusal(404, "Not Found", { plain: true });
      }
      await route();
    } catch (thrown) {
      if (request.socket.destroyed) return;
      // A refusal that leaves a body unread ends the connection, as Go's server does.
      if (!request.readableEnded) response.setHeader("connection", "close");
      refuse(response, thrown instanceof Refusal ? thrown : new Refusal(500, String(thrown)));
    }
  }

  /** docs/admin.md; web/middlewares/basic_auth.go; web/instances/client.go, createToken. */
  #serveAdmin(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://admin");
    const [, given = ""] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    request.resume();
    try {
      if (Buffer.from(given, "base64").toString().split(":").slice(1).join(":") !== this.passphrase) throw new Refusal(given === "" ? 401 : 403, "bad passphrase", { plain: true });
      if (`${request.method ?? ""} ${url.pathname}` !== "POST /instances/token") throw new Refusal(404, "Not Found", { plain: true });
      const query = (name: string): string => url.searchParams.get(name) ?? "";
      if (!this.instances.has(query("Domain"))) throw new Refusal(404, "Instance not found");
      response.writeHead(200, { "content-type": "text/plain; charset=UTF-8" }).end(this.tokens.make(query("Domain"), query("Audience"), query("Scope"), secondsOf(query("Expire"))));
    } catch (thrown) {
      refuse(response, thrown instanceof Refusal ? thrown : new Refusal(500, String(thrown)));
    }
  }
}

/** docs/settings.md, "GET /settings/disk-usage". */
function diskUsage({ scope, instance, response }: Call): void {
  allow(scope, "GET", "io.cozy.settings", "io.cozy.settings.disk-usage");
  say(response, 200, { data: { type: "io.cozy.settings", id: "io.cozy.settings.disk-usage", attributes: { used: String(instance.used), ...(instance.quota === undefined ? {} : { quota: String(instance.quota) }) } } });
}

/** Of Go's durations, the one unit that is asked for: seconds. */
function secondsOf(duration: string): number | undefined {
  const match = /^(-?\d+)s$/.exec(duration);
  return match === null ? undefined : Number(match[1]);
}
