import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { adapter } from "../../../adapters/matrix/index.js";
import { MovedLinks } from "../../../adapters/matrix/moved-links.js";
import { People } from "../../../adapters/matrix/people.js";
import { MatrixSession } from "../../../adapters/matrix/session.js";
import type { Adapter } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { WorkloadName } from "../../../src/core/item.js";
import type { MatrixAnswer, MatrixClient, MatrixRequest } from "../../../src/drivers/matrix/client.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { testEnvironment } from "../../environment.js";

interface Event {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  content: Readonly<Record<string, unknown>>;
}

type Body = Readonly<Record<string, unknown>>;

const BOT = "@bot:x";

/** One room of a server that has forgotten every transaction, as far as a session asks for it. */
export class FakeRoom {
  readonly events: Event[] = [];
  readonly state = new Map<string, Body>();
  readonly joined = new Set([BOT]);
  /** Whose accounts nobody may write for. */
  readonly closed = new Set<string>();
  /** Requests, as in "PUT send/m.room.message". */
  readonly asked: string[] = [];
  /** What of them arrives and is not answered: each once. */
  readonly lost: string[] = [];
  /** Account data `m.direct`, by whose it is. */
  readonly direct: Record<string, Body> = {};
  /** Largest file that it takes, told or not. */
  largest = Infinity;
  readonly #media = new Map<string, Buffer>();

  /** `limit`: largest file, as the server told when the session began. */
  session(workload: WorkloadName, limit?: number): MatrixSession {
    const people = new People({ server: "x", domains: ["x"], accounts: new Map(), own: true, unknown: "?" });
    return new MatrixSession({
      client: this.#client, workload, account: { owner: sampleOwner("zoe@x"), name: "zoe@x" }, bot: BOT, people, lang: "en", roomVersion: "11", readOnly: false, replies: "threads", links: new MovedLinks({}), limit,
    });
  }

  get #client(): MatrixClient {
    const client = {
      access: { target: "salons", account: "" }, close: () => Promise.resolve(),
      request: (method: string, path: string, options: MatrixRequest) => this.#request(method, path, options),
      exchange: (_method: string, path: string, _options: MatrixRequest, read: (answer: { status: number; body: Readable }) => Promise<unknown>) => {
        const bytes = this.#media.get(path.slice(path.lastIndexOf("/") + 1));
        return read({ status: bytes === undefined ? 404 : 200, body: Readable.from(bytes === undefined ? [] : [bytes]) });
      },
    };
    return client as unknown as MatrixClient;
  }

  async #request(method: string, path: string, { as = BOT, query = {}, body, expect = [] }: MatrixRequest): Promise<MatrixAnswer> {
    const rest = path.replace(/^(?:client\/v[13]\/(?:rooms\/[^/]+\/)?|(media\/)v3\/)/, "$1").split("/").map(decodeURIComponent);
    const asked = `${method} ${rest.slice(0, 2).join("/")}`;
    this.asked.push(asked);
    if (method !== "GET" && this.closed.has(as)) throw new ExodusError("TARGET_ACCOUNT_CLOSED", { params: { target: "salons", account: "", reason: "M_USER_LOCKED" } });
    const answer = await this.#answer(method, rest, { as, body, at: Number(query["ts"] ?? "0") });
    if (this.lost[0] === asked) {
      this.lost.shift();
      throw new ExodusError("TARGET_CONNECTION", { params: { target: "salons", account: "", reason: "lost" } });
    }
    if (typeof answer !== "string") return { errcode: undefined, body: answer };
    if (expect.includes(answer)) return { errcode: answer, body: { errcode: answer } };
    throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: "salons", account: "", reason: answer } });
  }

  async #answer(method: string, [what = "", one = "", two = "", three = ""]: readonly string[], { as, body, at }: { readonly as: string; readonly body: MatrixRequest["body"]; readonly at: number }): Promise<Body | string> {
    switch (what) {
      case "register": return "M_USER_IN_USE";
      case "joined_members": return { joined: Object.fromEntries([...this.joined].map((user) => [user, {}])) };
      case "leave": this.joined.delete(as); return {};
      case "profile": return {};
      case "user": if (method === "PUT" && three === "m.direct") this.direct[one] = body as Body; return {};
      case "state": return this.#stateOf(method, one, two, body as Body);
      case "send": return { event_id: this.#append({ type: one, sender: as, origin_server_ts: at, content: body as Body }) };
      case "event": return (this.events.find(({ event_id: id }) => id === one) as Body | undefined) ?? "M_NOT_FOUND";
      case "redact": for (const event of this.events.filter(({ event_id: id }) => id === one)) event.content = {}; return {};
      case "messages": return { chunk: this.events.filter(({ type }) => type === "m.room.message").reverse() };
      case "relations": return { chunk: this.events.filter(({ type, content }) => type === three && (content["m.relates_to"] as Body | undefined)?.["event_id"] === one) };
      case "media": return (body as unknown as { readonly size: number }).size > this.largest ? "M_TOO_LARGE" : { content_uri: `mxc://x/${await this.#store(body)}` };
      default: return "M_UNRECOGNIZED";
    }
  }

  #stateOf(method: string, type: string, key: string, body: Body): Body | string {
    if (method === "GET") return this.state.get(`${type} ${key}`) ?? "M_NOT_FOUND";
    this.state.set(`${type} ${key}`, body);
    if (type === "m.room.member" && body["membership"] === "join") this.joined.add(key);
    return {};
  }

  #append(event: Omit<Event, "event_id">): string {
    const id = `$${this.events.length}`;
    this.events.push({ ...event, event_id: id });
    return id;
  }

  async #store(body: MatrixRequest["body"]): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of (body as { readonly bytes: AsyncIterable<Uint8Array> }).bytes) pieces.push(piece);
    const media = createHash("sha256").update(String(this.#media.size)).digest("hex");
    this.#media.set(media, Buffer.concat(pieces));
    return media;
  }
}

/** For what it foresees; nothing is asked of it. */
export function matrixAdapter(): Promise<Adapter> {
  return adapter.create(adapter.options.parse({ url: "http://127.0.0.1:1", token: "env:TOKEN", domains: ["x"] }), testEnvironment("matrix", { "env:TOKEN": "t" }));
}
