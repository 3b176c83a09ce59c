import { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { ExodusError } from "../../core/errors.js";
import type { RateGovernor } from "../../core/governor.js";
import { ANSWER_STOPPED, connectionError, NO_ANSWER, type HttpPlace } from "./errors.js";
import { silenceAfter } from "./silence.js";
import { trusting } from "./trusting.js";

/** Whom a client speaks to, and with whose permission. */
export interface HttpAccess extends HttpPlace {
  /** PEM certificates to trust beside the system's. */
  readonly ca: string | undefined;
  readonly governor: RateGovernor;
  /** How long the server may say nothing: to a request that it has to the last byte, where a large body adds to it (`silenceAfter`), and within an answer. */
  readonly timeoutMs: number;
}

/** Bytes to send; `size` is told ahead, since servers refuse or spool what comes in chunks. */
export interface StreamBody {
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | StreamBody | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  header(name: string): string | undefined;
  /** Lines of one name that are no list (Set-Cookie: RFC 6265 section 3). */
  lines(name: string): readonly string[];
  /** The whole body. @throws ExodusError TARGET_REFUSED_ITEM over `limit` bytes. */
  text(limit: number): Promise<string>;
}

/** HTTP to one target for one account, whatever is spoken over it: connections kept alive, the governor's permit around each request. */
export class HttpClient {
  readonly #agent: Agent;
  #answered = false;

  constructor(private readonly access: HttpAccess, connections: number) {
    const ca = access.ca === undefined ? {} : { secureContext: trusting(access.ca) };
    this.#agent = new Agent({ connect: { ...ca, timeout: 20_000 }, connections, keepAliveTimeout: 10_000, bodyTimeout: access.timeoutMs });
  }

  /**
   * Sends one request and gives its answer, whatever its status, to `read`; the connection is free again when `read` has ended.
   * @throws ExodusError what `read` throws, TARGET_UNREACHABLE, TARGET_CONNECTION or TARGET_SILENT; the signal's reason.
   */
  async send<T>(method: string, url: URL, { headers, body, signal }: HttpRequest, read: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    const permit = await this.access.governor.acquire([`target:${this.access.target}`], signal);
    let outcome: Parameters<typeof permit.release>[0] = { ok: false };
    // The library counts anew as bytes of the body leave, and does not count while it waits for us to give more.
    const headersTimeout = silenceAfter(sizeOf(body), this.access.timeoutMs);
    try {
      const response = await this.#agent.request({
        origin: url.origin, path: `${url.pathname}${url.search}`, method: method as Dispatcher.HttpMethod, signal, headersTimeout, ...payload(body),
        headers: { "user-agent": "o365-exodus", ...headers, ...lengthOf(body) },
      });
      this.#answered = true;
      try {
        const value = await read(answerOf(response, this.access.target));
        outcome = { ok: true };
        return value;
      } finally {
        await drain(response.body);
      }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const error = connectionError(thrown, this.access, { answered: this.#answered, silences: { [NO_ANSWER]: headersTimeout, [ANSWER_STOPPED]: this.access.timeoutMs } });
      outcome = { ok: false, throttled: error.errorClass === "throttled", ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) };
      throw error;
    } finally {
      permit.release(outcome);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function payload(body: HttpRequest["body"]): { body?: string | Readable } {
  if (body === undefined) return {};
  if (typeof body === "string") return { body };
  return { body: body.size === 0 ? "" : Readable.from(body.bytes, { objectMode: false }) };
}

function lengthOf(body: HttpRequest["body"]): Record<string, string> {
  return body === undefined ? {} : { "content-length": String(sizeOf(body)) };
}

function sizeOf(body: HttpRequest["body"]): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body?.size ?? 0;
}

function answerOf(response: Dispatcher.ResponseData, target: string): HttpAnswer {
  const body = response.body as AsyncIterable<Uint8Array>;
  const lines = (name: string): readonly string[] => [response.headers[name] ?? []].flat();
  return {
    status: response.statusCode, body, lines,
    // Lines of one name are one list (RFC 9110 section 5.3).
    header: (name) => (response.headers[name] === undefined ? undefined : lines(name).join(", ")),
    text: async (limit) => {
      const pieces: Uint8Array[] = [];
      let size = 0;
      for await (const piece of body) {
        size += piece.byteLength;
        if (size > limit) throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target, reason: `an answer over ${limit} bytes` } });
        pieces.push(piece);
      }
      return Buffer.concat(pieces).toString("utf8");
    },
  };
}

/** What the reader left is taken or thrown away, so that the connection can serve again. */
async function drain(body: Dispatcher.ResponseData["body"]): Promise<void> {
  if (!body.readableEnded && !body.destroyed) await body.dump({ limit: 1 << 20 });
}
