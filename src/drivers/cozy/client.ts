import { ExodusError } from "../../core/errors.js";
import { HttpClient, type HttpAccess, type HttpAnswer, type StreamBody } from "../http/client.js";
import { jsonOf, membersOf } from "../http/json.js";
import { toldAddress } from "../http/told-address.js";
import type { TokenSource } from "../http/tokens.js";
import { refusalError, refusesToken, type CozyPlace } from "./error-table.js";

/** Whom a client speaks to. */
export interface CozyAccess extends HttpAccess {
  /** Address of the instance: its host tells the stack whose files are meant. */
  readonly instance: URL;
  /** Where the stack listens, when it is to be reached another way than by the instance's own name. */
  readonly stack: URL | undefined;
  readonly tokens: TokenSource;
}

export interface CozyRequest {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON:API. */
  readonly body?: object | StreamBody | undefined;
  /** Statuses that the caller understands: answered, not thrown. */
  readonly expect?: readonly number[];
  readonly signal: AbortSignal;
}

export interface CozyAnswer {
  readonly status: number;
  /** Parsed JSON; undefined for an answer without. */
  readonly body: unknown;
  /** `source.parameter` of a refusal. */
  readonly parameter: string | undefined;
}

const JSON_API = "application/vnd.api+json";
const ANSWER_LIMIT = 64 * 1024 * 1024;
const CONNECTIONS = 8;

/** One instance of a cozy-stack, by its HTTP API (cozy-stack docs/http-api.md). */
export class CozyClient {
  readonly #http: HttpClient;

  constructor(readonly access: CozyAccess) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  get place(): CozyPlace {
    const { target, account, instance } = this.access;
    return { target, account, instance: instance.host };
  }

  /**
   * `path` starts with "/", and its parts are percent-encoded by the caller; or it is an address that the stack told.
   * @throws ExodusError as `error-table.ts` says, or the signal's reason.
   */
  request(method: string, path: string, options: CozyRequest): Promise<CozyAnswer> {
    return this.exchange(method, path, options, async (answer) => {
      const body = jsonOf(await answer.text(ANSWER_LIMIT));
      return { status: answer.status, body, parameter: refusalOf(body).parameter };
    });
  }

  /**
   * Gives an answer that is no refusal, or an expected one, as it comes to `read`. A refused token is renewed once; a stream that was begun cannot be
   * sent again: the caller's next attempt opens it anew.
   */
  async exchange<T>(method: string, path: string, options: CozyRequest, read: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    const token = await this.access.tokens.current(options.signal);
    const first = await this.#send(method, path, options, token, read);
    if (first !== REFUSED) return first;
    const renewed = await this.access.tokens.renew(token, options.signal);
    if (isStream(options.body)) throw new ExodusError("TARGET_PASSING", { params: { target: this.access.target, reason: `${method}: token renewed` } });
    const second = await this.#send(method, path, options, renewed, read);
    if (second !== REFUSED) return second;
    throw new ExodusError("TARGET_CREDENTIAL", { params: { ...this.place } });
  }

  async close(): Promise<void> {
    await this.#http.close();
    await this.access.tokens.close();
  }

  #send<T>(method: string, path: string, { query = {}, headers = {}, body, expect = [], signal }: CozyRequest, token: string, read: (answer: HttpAnswer) => Promise<T>): Promise<T | typeof REFUSED> {
    const { instance, stack } = this.access;
    const url = toldAddress(path, stack ?? instance, this.access);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const stream = isStream(body) ? body : undefined;
    const sent = {
      ...(stack === undefined ? {} : { host: instance.host }),
      accept: JSON_API, authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": stream === undefined ? JSON_API : "application/octet-stream" }), ...headers,
    };
    return this.#http.send(method, url, { headers: sent, body: stream ?? (body === undefined ? undefined : JSON.stringify(body)), signal }, async (answer) => {
      const { status } = answer;
      if (refusesToken(status, answer.header("www-authenticate"))) return REFUSED;
      if (status < 300 || expect.includes(status)) return read(answer);
      const text = await answer.text(ANSWER_LIMIT);
      const { detail = text.trim(), parameter } = refusalOf(jsonOf(text));
      throw refusalError({ method, status, detail, parameter, retryAfter: answer.header("retry-after") }, this.place);
    });
  }
}

const REFUSED = Symbol("token refused");

function isStream(body: CozyRequest["body"]): body is StreamBody {
  return body !== undefined && "bytes" in body;
}

/** The first error of a JSON:API answer (docs/http-api.md, "JSON-API"). */
function refusalOf(body: unknown): { readonly detail: string | undefined; readonly parameter: string | undefined } {
  const { errors } = membersOf(body);
  const { detail, source } = membersOf(Array.isArray(errors) ? errors[0] : undefined);
  const { parameter } = membersOf(source);
  return { detail: typeof detail === "string" ? detail : undefined, parameter: typeof parameter === "string" && parameter !== "" ? parameter : undefined };
}
