import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, dying, Loopback } from "../loopback.js";
import { COMMON, contentShape, memberShape, pageShape, pluginsShape, Refusal, typeShape, type Shape } from "./shapes.js";
import { Store, type StoredContent, type StoredMember, type Types } from "./store.js";

/** What befalls a request: refused by a status, cut before it is read, done and then cut before it is answered, answered by a page, or not at all. */
export type Mishap = { readonly status: number; readonly body?: string; readonly retryAfter?: number } | "cut" | "cut-after" | "page" | "silence";

const TYPES: Types = {
  Article: ["summary", "intro", "picture", "pictureAlt", "content", "relatedContents"],
  DBComment: ["name", "email", "webSite", "description", "targetContent", "ipAddress", "userAgent", "referer", "privateComment"],
};

/** The Open API of a JPlatform on loopback: what README.md describes, and nothing else. */
export class EmulatedJalios {
  readonly store = new Store();
  /** Requests by name: "GET search", "POST data/Article", "GET data/<id>". */
  readonly log: string[] = [];
  readonly undescribed: string[] = [];
  mishap: (name: string) => Mishap | undefined = () => undefined;
  /** Milliseconds until the search shows a content. */
  lag = 0;
  /** Addresses that a filter lets pass; this machine's, unless a test shuts it out. */
  readFilter = true;
  writeFilter = true;
  /** Whether 201 names the new content by Location, and a caller's `author` is taken: neither is told. */
  locates = false;
  takesAuthor = true;
  types: Types = TYPES;
  /** What the platform makes of a text. */
  keeps: (text: string) => string = (text) => text;
  /** Whether this key may read what is the administration's. */
  administrator = true;
  readonly #server = new Loopback((asked, answer) => void this.#serve(asked, answer).catch(() => asked.socket.destroy()));

  constructor(private readonly key: string, private readonly member: StoredMember, ...others: readonly StoredMember[]) {
    for (const one of [member, ...others]) this.store.members.set(one.id, one);
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  get url(): string {
    return `${this.#server.url}/plateforme/`;
  }

  /** Requests since the last time that change the platform. */
  writes(): string[] {
    return this.log.splice(0).filter((name) => name.startsWith("POST"));
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(asked.url ?? "", "http://localhost");
    const path = url.pathname.replace(/^\/plateforme\/rest\//, "");
    const method = asked.method ?? "";
    const name = `${method} ${this.#named(path)}`;
    const mishap = this.mishap(name);
    if (mishap === "cut") return void asked.socket.destroy();
    const body = (await bodyOf(asked)).toString("utf8");
    this.log.push(name);
    if (mishap === "silence") return;
    if (mishap === "page") return void answer.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><html><title>Maintenance</title></html>");
    if (typeof mishap === "object") {
      return void answer.writeHead(mishap.status, { "content-type": "text/xml", ...(mishap.retryAfter === undefined ? {} : { "retry-after": String(mishap.retryAfter) }) }).end(mishap.body ?? error(String(mishap.status), "mishap"));
    }
    const to = mishap === "cut-after" ? dying(answer) : answer;
    try {
      this.#admit(asked, method);
      if (method === "GET") {
        const read = JSON.stringify(this.#read(path, url.searchParams));
        return void to.writeHead(200, { "content-type": "application/json" }).end(read);
      }
      const made = this.#write(path, new URLSearchParams(body));
      // The body is no JSON, and tells nothing.
      if (made.created) return void to.writeHead(201, { "content-type": "text/plain", ...(this.locates ? { location: `${this.url}rest/data/${made.content.id}` } : {}) }).end("Created");
      return void to.writeHead(200, { "content-type": "text/plain" }).end("");
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      if (thrown.undescribed) this.undescribed.push(`${name} ${thrown.message}`);
      to.writeHead(thrown.status, { "content-type": "text/xml" }).end(error(String(thrown.status), thrown.message));
    }
  }

  #named(path: string): string {
    return path.startsWith("data/") && !Object.hasOwn(this.types, path.slice("data/".length)) ? "data/<id>" : path;
  }

  #admit(asked: IncomingMessage, method: string): void {
    if (!asked.url?.startsWith("/plateforme/rest/") || asked.headers.accept !== "application/json" || /authkey|silent/i.test(asked.url)) throw Refusal.undescribed("another form of request");
    if (!(method === "GET" ? this.readFilter : this.writeFilter)) throw new Refusal(403, "Accès interdit depuis cette adresse");
    if (asked.headers["jaliosjcms-authkey"] !== this.key) throw new Refusal(401, "Authentification requise");
  }

  #read(path: string, query: URLSearchParams): unknown {
    const { store } = this;
    const [resource = "", id = ""] = path.split("/").map(decodeURIComponent);
    if (path === "WhoAmI") return memberShape(this.member);
    if (path === "search") return this.#search(query);
    if (path === "search/member") {
      taken(query, ["email", "pageSize", "start"]);
      return pageShape([...store.members.values()].filter(({ email }) => email === query.get("email")).map(memberShape), query);
    }
    if (path === "admin/plugins" && !this.administrator) throw new Refusal(403, "Réservé aux administrateurs");
    if (path === "admin/plugins") return pluginsShape();
    if (resource === "types" && this.types[id] !== undefined) return typeShape(id, this.types[id]);
    const workspace = store.workspaces.get(id);
    const content = store.contents.get(id);
    if (resource === "data" && workspace !== undefined) return { class: "com.jalios.jcms.workspace.Workspace", id, title: workspace };
    if (resource === "data" && content !== undefined) return contentShape(store, content);
    if (resource === "types" || resource === "data") throw new Refusal(404, `${id} introuvable`);
    throw Refusal.undescribed(path);
  }

  #search(query: URLSearchParams): Shape {
    taken(query, ["types", "exactType", "text", "mode", "wrkspc", "pageSize", "start"]);
    const [type, workspace, text] = [query.get("types") ?? "", query.get("wrkspc"), /^"(.+)"$/.exec(query.get("text") ?? "")?.[1]];
    if (query.get("exactType") !== "true" || query.get("mode") !== "exact" || text === undefined || !Object.hasOwn(this.types, type)) throw Refusal.undescribed(query.toString());
    const found = this.store.of(type, workspace ?? undefined).filter(({ fields, shown }) => shown <= Date.now() && Object.values(fields).some((value) => value.toLowerCase().includes(text.toLowerCase())));
    return pageShape(found.map((one) => contentShape(this.store, one)), query);
  }

  #write(path: string, form: URLSearchParams): { readonly created: boolean; readonly content: StoredContent } {
    const name = path.slice("data/".length);
    if (!path.startsWith("data/")) throw Refusal.undescribed(path);
    const standing = this.store.contents.get(name);
    const fields = this.types[standing?.type ?? name];
    if (fields === undefined) throw new Refusal(404, `${name} introuvable`);
    taken(form, [...fields, ...COMMON]);
    const told = Object.fromEntries([...form].filter(([field]) => fields.includes(field) || field === "title").map(([field, value]) => [field, this.keeps(value)]));
    if (form.get("skipActivity") !== "true") this.store.activities.push(name);
    const pdate = form.get("pdate");
    if (pdate !== null && !/^\d\d\/\d\d\/\d{4} \d\d:\d\d$/.test(pdate)) throw new Refusal(400, "pdate : date invalide");
    if (standing !== undefined) {
      Object.assign(standing.fields, told);
      standing.shown = Math.max(standing.shown, Date.now() + this.lag);
      if (form.get("silentUpdate") !== "true") Object.assign(standing, { mdate: new Date(), opAuthor: this.member.id });
      return { created: false, content: standing };
    }
    const [ws, author, target] = [form.get("ws") ?? "", form.get("author"), told["targetContent"]];
    if (!this.store.workspaces.has(ws)) throw new Refusal(400, "ws : espace de travail inconnu");
    if (target !== undefined && !this.store.contents.has(target)) throw new Refusal(400, "targetContent : contenu inconnu");
    if (author !== null && !this.store.members.has(author)) throw new Refusal(400, "author : membre inconnu");
    const content: StoredContent = {
      id: this.store.next(), type: name, ws, author: author !== null && this.takesAuthor ? author : this.member.id, opAuthor: this.member.id, cdate: new Date(), mdate: new Date(),
      fields: { ...told, ...(pdate === null ? {} : { pdate }) }, shown: Date.now() + this.lag,
    };
    this.store.contents.set(content.id, content);
    return { created: true, content };
  }
}

function taken(asked: URLSearchParams, known: readonly string[]): void {
  for (const name of asked.keys()) if (!known.includes(name)) throw Refusal.undescribed(name);
}

function error(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<error><code>${code}</code><message>${message}</message></error>`;
}
