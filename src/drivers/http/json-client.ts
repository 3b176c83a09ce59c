import type { z } from "zod";
import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { retryAfterMs } from "../../lib/backoff.js";
import { HttpClient, type HttpAccess, type StreamBody } from "./client.js";
import { jsonOf } from "./json.js";
import type { TokenSource } from "./tokens.js";

export interface JsonAccess extends HttpAccess {
  /** Paths are below it; it ends with "/". */
  readonly base: URL;
  readonly tokens: TokenSource;
}

/** An answer that is not a success. */
export interface Refused {
  readonly status: number;
  /** What the server said, whole. */
  readonly text: string;
  /** What the request is called in messages. */
  readonly action: string;
}

/** What a refusal means; `vendor`: the server's own code. */
export interface Meaning {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly vendor: string;
}

export interface JsonRequest {
  readonly body?: object;
  /** What the request is called in messages; an address would hold names. */
  readonly action: string;
  /** Of a refusal that the caller understands, ours or the server's own code: undefined is answered instead. */
  readonly unless?: string;
  readonly signal: AbortSignal;
}

const ANSWER_LIMIT = 16 * 1024 * 1024;
const CONNECTIONS = 8;

/** A server that speaks JSON to whoever bears a token (RFC 6750). `meaning` knows what it says by its refusals. */
export class JsonClient {
  readonly #http: HttpClient;

  constructor(readonly access: JsonAccess, private readonly meaning: (refused: Refused) => Meaning) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  /** A refused token is renewed once. @throws ExodusError by what `meaning` makes of a refusal. */
  async request(method: string, path: string, request: JsonRequest): Promise<unknown> {
    const { tokens } = this.access;
    const token = await tokens.current(request.signal);
    const first = await this.#send(method, path, request, token);
    if (first !== UNAUTHORIZED) return first;
    const second = await this.#send(method, path, request, await tokens.renew(token, request.signal));
    if (second === UNAUTHORIZED) throw this.error("TARGET_CREDENTIAL", "HTTP 401");
    return second;
  }

  /** An answer of that form; undefined for one without a body and for a refusal by `unless`. @throws ExodusError TARGET_PASSING for another form. */
  async read<T>(schema: z.ZodType<T>, method: string, path: string, request: JsonRequest): Promise<T | undefined> {
    const read = schema.optional().safeParse(await this.request(method, path, request));
    if (read.success) return read.data;
    throw this.error("TARGET_PASSING", `${request.action}: an answer of another form`);
  }

  /** An error that names this target and account. */
  error(code: ErrorCode, reason: string): ExodusError {
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, reason } });
  }

  /**
   * Sends bytes to an address that carries its own permission, without the token: it may be another host's.
   * @throws ExodusError TARGET_UNREACHABLE for an address in clear text where the server itself is behind TLS.
   */
  async upload(told: string, body: StreamBody, { headers, action, signal }: Pick<JsonRequest, "action" | "signal"> & { readonly headers: Readonly<Record<string, string>> }): Promise<void> {
    const url = new URL(told);
    if (this.access.base.protocol === "https:" && url.protocol !== "https:") throw this.error("TARGET_UNREACHABLE", `${action}: points away from TLS`);
    await this.#http.send("PUT", url, { headers, body, signal }, async ({ status, header, text }) => {
      if (status >= 300) throw this.#refusal(this.meaning({ status, text: await text(ANSWER_LIMIT), action }), header("retry-after"));
    });
  }

  async close(): Promise<void> {
    await this.#http.close();
    await this.access.tokens.close();
  }

  #send(method: string, path: string, { body, action, unless, signal }: JsonRequest, token: string): Promise<unknown> {
    const headers = { accept: "application/json", authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    return this.#http.send(method, new URL(path, this.access.base), { headers, body: body === undefined ? undefined : JSON.stringify(body), signal }, async ({ status, header, text }) => {
      if (status === 401) return UNAUTHORIZED;
      const answered = await text(ANSWER_LIMIT);
      if (status < 300) return this.#value(answered, action);
      const meaning = this.meaning({ status, text: answered, action });
      if (unless !== undefined && [meaning.code, meaning.vendor].includes(unless)) return undefined;
      throw this.#refusal(meaning, header("retry-after"));
    });
  }

  /** Undefined for an answer without a body. */
  #value(answered: string, action: string): unknown {
    const value = answered === "" ? undefined : jsonOf(answered);
    if (value === undefined && answered !== "") throw this.error("TARGET_PASSING", `${action}: an answer that is no JSON`);
    return value;
  }

  #refusal({ code, reason }: Meaning, retryAfter: string | undefined): ExodusError {
    const { target, account } = this.access;
    const wait = retryAfterMs(retryAfter, Date.now());
    return new ExodusError(code, { params: { target, account, reason }, ...(wait === undefined ? {} : { retryAfterMs: wait }) });
  }
}

const UNAUTHORIZED = Symbol("token refused");
