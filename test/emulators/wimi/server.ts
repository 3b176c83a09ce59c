import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, dying, Loopback } from "../loopback.js";
import { Documents } from "./documents.js";
import { Incoming, Store } from "./store.js";
import { askedOf, page, Refusal, say, Undescribed, type Asked } from "./wire.js";

const DOORS = ["api", "files"] as const;
type Door = (typeof DOORS)[number];

export interface Service {
  readonly account: string;
  readonly login: string;
  readonly password: string;
  readonly appToken: string;
}

/**
 * What a test has befall a request: a refusal in the body, a status of a proxy, a page with the status of success, a connection that is cut before it is read,
 * or once it was done, or in the middle of its bytes.
 */
export type Mishap = Refusal | number | "page" | "cut" | "cut-after" | "cut-within" | undefined;

const ACCOUNT = 230923;
const USER = 1028642;
const READS = ["auth.user.Login", "chat.chat.GetList", "main.user.GetSelf", "document.entry.List", "document.file.Download"];

/** Wimi on loopback, its interface and its host of files: the part that README.md describes, and nothing else. */
export class EmulatedWimi {
  readonly store = new Store();
  /** Messages of each chat, by its number. */
  readonly chats = new Map<number, string[]>();
  /** Targets in their order, whatever came of them. */
  readonly log: string[] = [];
  /** Requests that no source describes. */
  readonly undescribed: string[] = [];
  readonly settings = {
    secondFactor: false,
    /** Bytes as they are kept: otherwise in an account that encrypts them before they leave people's machines. */
    keep: (bytes: Buffer): Buffer => bytes,
  };
  mishap: (target: string, asked: Asked) => Mishap = () => undefined;
  readonly #documents = new Documents(this.store);
  readonly #tokens = new Set<string>();
  readonly #servers = new Map(DOORS.map((door) => [door, new Loopback((request, response) => void this.#serve(door, request, response))]));

  constructor(private readonly service: Service) {}

  /** Again after `stop`: on the same ports, with what the store holds. */
  async start(): Promise<void> {
    for (const server of this.#servers.values()) await server.start();
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.values()) await server.stop();
  }

  get url(): string {
    return `${this.#servers.get("api")?.url ?? ""}/`;
  }

  get filesUrl(): string {
    return `${this.#servers.get("files")?.url ?? ""}/`;
  }

  /** Every session ends. */
  revoke(): void {
    this.#tokens.clear();
  }

  /** Requests since the last call that change something. */
  writes(): string[] {
    return this.log.splice(0).filter((target) => !READS.includes(target));
  }

  async #serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const carried = request.headers["x-wimi-wapi"];
    try {
      const asked = askedOf(typeof carried === "string" ? decodeURIComponent(carried) : (await bodyOf(request)).toString());
      this.log.push(asked.target);
      const mishap = this.mishap(asked.target, asked);
      if (mishap === "cut") return void request.socket.destroy();
      if (mishap === "page" || typeof mishap === "number") return page(response, mishap === "page" ? 200 : mishap);
      const answer = mishap === "cut-after" ? dying(response) : response;
      try {
        if (mishap instanceof Refusal) throw mishap;
        if (request.method !== "POST" || request.url !== "/") throw new Undescribed(`${request.method ?? ""} ${request.url ?? ""}`);
        if (door === "files") await this.#bytes(asked, request, answer, typeof carried === "string", mishap === "cut-within");
        else this.#interface(asked, answer);
      } catch (thrown) {
        if (thrown instanceof Undescribed) this.undescribed.push(`${asked.target}: ${thrown.message}`);
        else if (!(thrown instanceof Refusal)) throw thrown;
        const { str, id } = thrown instanceof Refusal ? thrown : { str: "undescribed", id: undefined };
        // What is left of an upload is read, so that the answer can be.
        request.resume();
        say(answer, asked, { error: { success: false, str, ...(id === undefined ? {} : { id }) } });
      }
    } catch (thrown) {
      if (request.socket.destroyed) return;
      this.undescribed.push(String(thrown));
      request.socket.destroy();
    }
  }

  async #bytes(asked: Asked, request: IncomingMessage, response: ServerResponse, carried: boolean, within: boolean): Promise<void> {
    if (carried && asked.target === "document.file.Upload") {
      const incoming = new Incoming();
      for await (const piece of request) {
        incoming.add(piece as Buffer);
        if (within) return void request.socket.destroy();
      }
      this.#allowed(asked);
      say(response, asked, { data: this.#documents.upload(asked, incoming) });
      for (const file of this.store.files.values()) if (file.bytes !== undefined) file.bytes = this.settings.keep(file.bytes);
      return;
    }
    if (carried || asked.target !== "document.file.Download") throw new Undescribed("bytes otherwise than by Upload and Download");
    this.#allowed(asked);
    const bytes = this.#documents.download(asked);
    const answered = response.writeHead(200, { "content-length": String(bytes.byteLength) });
    if (within) answered.write(bytes.subarray(0, Math.ceil(bytes.byteLength / 2)), () => request.socket.destroy());
    else answered.end(bytes);
  }

  #interface(asked: Asked, response: ServerResponse): void {
    const { header: { app_token: appToken, api_version: version, msg_key: key }, target } = asked;
    // "msg_key" is needed, and the letters of a target's name have their case (VincentChaye/terra_website@20037da, lib/wimi.ts).
    if (typeof key !== "string" || key === "" || version !== "1.2") throw new Refusal("Bad Request", 400);
    if (appToken !== this.service.appToken) throw new Refusal(`Unauthorized: ${String(appToken)}`);
    if (target === "auth.user.Login") return this.#login(asked, response);
    this.#allowed(asked);
    // What both answer is in no source: nothing.
    if (target === "main.user.GetSelf") return say(response, asked, { data: {} });
    if (target === "main.project.Create") return say(response, asked, { data: this.#createProject(asked) });
    if (target === "chat.chat.PostMessage") return say(response, asked, { data: this.#postMessage(asked) });
    // Only "chats" is in a source; what one consists of is this emulator's.
    if (target === "chat.chat.GetList") return say(response, asked, { data: { chats: [...this.chats.keys()].map((id) => ({ chat_id: id, name: `chat ${id}`, members: [] })) } });
    const data = this.#documents.serve(asked);
    if (data === undefined) throw new Undescribed("a target of another name");
    say(response, asked, { data });
  }

  #login(asked: Asked, response: ServerResponse): void {
    const { header: { auth }, identification, data } = asked;
    const { login, password } = (auth ?? {}) as Record<string, unknown>;
    if (identification["account_name"] !== this.service.account || login !== this.service.login || password !== this.service.password) throw new Refusal(`Unauthorized: ${String(password)}`);
    const token = randomBytes(16).toString("hex");
    this.#tokens.add(token);
    const projects = data["list_projects"] === true ? [...this.store.projects].map(([project_id, name]) => ({ project_id, name })) : null;
    say(response, asked, { data: { user: { user_id: USER }, account: { account_id: ACCOUNT }, projects, need_update: false, need_double_authentification: this.settings.secondFactor ? true : null } }, token);
  }

  #allowed({ header: { token }, identification: { account_id: account, user_id: user } }: Asked): void {
    if (account !== ACCOUNT || user !== USER || !this.#tokens.has(String(token))) throw new Refusal("Unauthorized");
  }

  #postMessage({ identification, data }: Asked): object {
    const { account_id: _account, user_id: _user, chat_id: chat, ...others } = identification;
    const { message, integration_attachment: attachment, ...more } = data;
    if (Object.keys({ ...others, ...more }).length > 0 || attachment !== null || typeof message !== "string" || message === "") throw new Undescribed("a message with other fields");
    const messages = this.chats.get(Number(chat));
    if (messages === undefined) throw new Refusal("no such chat");
    messages.push(message);
    return {};
  }

  #createProject({ data }: Asked): object {
    const { project_name: name, category_id: category, no_email: quiet, ...others } = data;
    if (Object.keys(others).length > 0 || quiet !== true || typeof category !== "number") throw new Undescribed("a workspace with other fields, or with mails");
    this.store.addProject(String(name));
    return {};
  }
}
