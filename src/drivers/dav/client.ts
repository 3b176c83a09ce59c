import { Readable } from "node:stream";
import { rootCertificates } from "node:tls";
import { Agent, type Dispatcher } from "undici";
import { ExodusError } from "../../core/errors.js";
import type { RateGovernor } from "../../core/governor.js";
import { connectionError, refusalError, type DavPlace } from "./error-table.js";
import { parseXml } from "./xml.js";

/** Where and as whom a client speaks. */
export interface DavAccess extends DavPlace {
  /** Any address on the server; paths of requests start at its origin. */
  readonly base: URL;
  readonly user: string;
  readonly password: string;
  /** PEM certificates to trust beside the system's. */
  readonly ca: string | undefined;
  readonly governor: RateGovernor;
}

/** Bytes to send; `size` is told ahead, since servers refuse or spool what comes in chunks. */
export interface StreamBody {
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | StreamBody;
  /** Statuses outside 2xx that the caller understands; every other one is thrown. */
  readonly expect?: readonly number[];
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  header(name: string): string | undefined;
  /** The whole body. @throws ExodusError TARGET_REFUSED_ITEM over `limit` bytes. */
  text(limit?: number): Promise<string>;
  /** Conditions named by a `DAV:error` body, with their text content, by Clark name. */
  conditions(): Promise<ReadonlyMap<string, string>>;
}

const TEXT_LIMIT = 160 * 1024 * 1024;
const ERROR_LIMIT = 64 * 1024;

/** HTTP of one account at one WebDAV server: connections kept alive, Basic sign-in (RFC 7617), the governor's permit around each request. */
export class DavClient {
  readonly #agent: Agent;
  readonly #authorization: string;
  #answered = false;

  constructor(readonly access: DavAccess) {
    const ca = access.ca === undefined ? {} : { ca: [...rootCertificates, access.ca] };
    this.#agent = new Agent({ connect: { ...ca, timeout: 20_000 }, connections: 16, keepAliveTimeout: 10_000 });
    this.#authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`, "utf8").toString("base64")}`;
  }

  /**
   * Sends one request and gives its answer to `read`; the connection is free again when `read` has ended. `path` is percent-encoded, or a
   * whole address on the same host.
   * @throws ExodusError as `error-table.ts` says, or the signal's reason.
   */
  async request<T>(method: string, path: string, options: RequestOptions, read: (answer: Answer) => Promise<T>): Promise<T> {
    const { signal } = options;
    const url = new URL(path, this.access.base);
    if (url.hostname !== this.access.base.hostname) throw new ExodusError("TARGET_UNREACHABLE", { params: { ...this.#place, reason: `points to another host, ${url.hostname}` } });
    const permit = await this.access.governor.acquire([`target:${this.access.target}`], signal);
    let outcome: Parameters<typeof permit.release>[0] = { ok: false };
    try {
      const response = await this.#agent.request({
        origin: url.origin, path: `${url.pathname}${url.search}`, method: method as Dispatcher.HttpMethod, signal, ...payload(options.body),
        headers: { authorization: this.#authorization, "user-agent": "o365-exodus", ...options.headers, ...lengthOf(options.body) },
      });
      this.#answered = true;
      const answer = answerOf(response, this.access);
      const fine = (answer.status >= 200 && answer.status < 300) || options.expect?.includes(answer.status) === true;
      try {
        if (!fine) throw refusalError({ method, status: answer.status, retryAfter: answer.header("retry-after"), conditions: [...(await answer.conditions()).keys()] }, this.#place);
        const value = await read(answer);
        outcome = { ok: true };
        return value;
      } finally {
        await drain(response.body);
      }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const error = connectionError(thrown, this.#place, this.#answered);
      outcome = { ok: false, throttled: error.errorClass === "throttled", ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) };
      throw error;
    } finally {
      permit.release(outcome);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  get #place(): DavPlace {
    return { target: this.access.target, account: this.access.account };
  }
}

function payload(body: RequestOptions["body"]): { body?: string | Readable } {
  if (body === undefined) return {};
  if (typeof body === "string") return { body };
  return { body: body.size === 0 ? "" : Readable.from(body.bytes, { objectMode: false }) };
}

function lengthOf(body: RequestOptions["body"]): Record<string, string> {
  if (body === undefined) return {};
  return { "content-length": String(typeof body === "string" ? Buffer.byteLength(body) : body.size) };
}

function answerOf(response: Dispatcher.ResponseData, place: DavPlace): Answer {
  const text = async (limit = TEXT_LIMIT): Promise<string> => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of response.body as AsyncIterable<Uint8Array>) {
      size += piece.byteLength;
      if (size > limit) throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: place.target, reason: `an answer over ${limit} bytes` } });
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString("utf8");
  };
  return {
    status: response.statusCode,
    body: response.body as AsyncIterable<Uint8Array>,
    header: (name) => {
      const value = response.headers[name];
      return typeof value === "string" ? value : value?.[0];
    },
    text,
    conditions: async () => {
      if (!/\bxml\b/.test(String(response.headers["content-type"]))) return new Map();
      const root = parseXml(await text(ERROR_LIMIT), place.target);
      return new Map(root.name === "{DAV:}error" ? root.children.map((one) => [one.name, `${one.text}${one.children.map((inner) => inner.text).join("")}`.trim()]) : []);
    },
  };
}

/** What the reader left is taken or thrown away, so that the connection can serve again. */
async function drain(body: Dispatcher.ResponseData["body"]): Promise<void> {
  if (!body.readableEnded && !body.destroyed) await body.dump({ limit: 1 << 20 });
}
