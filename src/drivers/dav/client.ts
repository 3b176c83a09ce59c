import { HttpClient, type HttpAccess, type HttpAnswer, type StreamBody } from "../http/client.js";
import { toldAddress } from "../http/told-address.js";
import { refusalError, type Scheme } from "./error-table.js";
import { DAV, parseXml } from "./xml.js";

/** Where and as whom a client speaks. */
export interface DavAccess extends HttpAccess {
  /** Any address on the server; paths of requests start at its origin. */
  readonly base: URL;
  readonly user: string;
  /** A token where `scheme` is "bearer". */
  readonly password: string;
  /** "basic" unless told otherwise. */
  readonly scheme?: Scheme;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | StreamBody;
  /** Statuses outside 2xx that the caller understands; every other one is thrown. */
  readonly expect?: readonly number[];
  readonly signal: AbortSignal;
}

export interface Answer extends Omit<HttpAnswer, "text"> {
  /** The whole body. @throws ExodusError TARGET_REFUSED_ITEM over `limit` bytes. */
  text(limit?: number): Promise<string>;
  /** Conditions named by a `DAV:error` body, with their text content, by Clark name. */
  conditions(): Promise<ReadonlyMap<string, string>>;
}

const DESCRIPTION = `{${DAV}}responsedescription`;
const TEXT_LIMIT = 160 * 1024 * 1024;
const ERROR_LIMIT = 64 * 1024;
const CONNECTIONS = 16;

/** One account at one WebDAV server, signed in with a password (RFC 7617) or a token (RFC 6750). */
export class DavClient {
  readonly #http: HttpClient;
  readonly #authorization: string;

  constructor(readonly access: DavAccess) {
    this.#http = new HttpClient(access, CONNECTIONS);
    this.#authorization = access.scheme === "bearer" ? `Bearer ${access.password}` : `Basic ${Buffer.from(`${access.user}:${access.password}`, "utf8").toString("base64")}`;
  }

  /**
   * Sends one request and gives its answer to `read`; the connection is free again when `read` has ended. `path` is percent-encoded, or a
   * whole address on the same host.
   * @throws ExodusError as `error-table.ts` says, or the signal's reason.
   */
  async request<T>(method: string, path: string, { headers, body, expect, signal }: RequestOptions, read: (answer: Answer) => Promise<T>): Promise<T> {
    const { base, target } = this.access;
    const url = toldAddress(path, base, this.access);
    return this.#http.send(method, url, { headers: { authorization: this.#authorization, ...headers }, body, signal }, async (received) => {
      const answer = answerOf(received, target);
      const fine = (answer.status >= 200 && answer.status < 300) || expect?.includes(answer.status) === true;
      if (!fine) {
        const told = await answer.conditions();
        const conditions = [...told.keys()].filter((name) => name !== DESCRIPTION);
        throw refusalError({ method, status: answer.status, retryAfter: answer.header("retry-after"), conditions, description: told.get(DESCRIPTION) }, { scheme: "basic", ...this.access });
      }
      return read(answer);
    });
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}

function answerOf(received: HttpAnswer, target: string): Answer {
  return {
    ...received,
    text: (limit = TEXT_LIMIT) => received.text(limit),
    conditions: async () => {
      if (!/\bxml\b/.test(received.header("content-type") ?? "")) return new Map();
      const text = await received.text(ERROR_LIMIT);
      // An answer to HEAD has the type of a body, and none.
      if (text.trim() === "") return new Map();
      const root = parseXml(text, target);
      return new Map(root.name === "{DAV:}error" ? root.children.map((one) => [one.name, `${one.text}${one.children.map((inner) => inner.text).join("")}`.trim()]) : []);
    },
  };
}
