import type { ExodusError } from "../../core/errors.js";
import { HttpClient, type HttpAccess, type HttpAnswer, type StreamBody } from "../http/client.js";
import { jsonOf, membersOf } from "../http/json.js";
import { refusalError } from "./error-table.js";

/** Where and with which token a client speaks. */
export interface MatrixAccess extends HttpAccess {
  /** Base address of the client-server API, as in https://matrix.example.org. */
  readonly base: URL;
  /** `as_token` of an application service. */
  readonly token: string;
}

interface MediaBody extends StreamBody {
  readonly mediaType: string;
}

export interface MatrixRequest {
  /** User to act as; the service's own when absent (application service API, "Identity assertion"). */
  readonly as?: string | undefined;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | MediaBody;
  /** Error codes that the caller understands: answered, not thrown. */
  readonly expect?: readonly string[];
  readonly signal: AbortSignal;
}

export interface MatrixAnswer {
  /** Undefined when the request was done. */
  readonly errcode: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

const ANSWER_LIMIT = 64 * 1024 * 1024;
const CONNECTIONS = 8;

/** One application service at one home server. */
export class MatrixClient {
  readonly #http: HttpClient;

  constructor(readonly access: MatrixAccess) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  /**
   * `path` starts after `/_matrix/`; its parts are percent-encoded by the caller.
   * @throws ExodusError as `error-table.ts` says, or the signal's reason.
   */
  async request(method: string, path: string, options: MatrixRequest): Promise<MatrixAnswer> {
    return this.exchange(method, path, options, async (answer) => {
      if (answer.status < 400) return { errcode: undefined, body: bodyOf(await answer.text(ANSWER_LIMIT)) };
      const { errcode, body, error } = await this.refusalOf(method, answer);
      if (errcode !== undefined && options.expect?.includes(errcode) === true) return { errcode, body };
      throw error;
    });
  }

  /** What an answer says whose status is 400 or more, and the error that it is to a caller who does not expect it. */
  async refusalOf(method: string, answer: HttpAnswer): Promise<MatrixAnswer & { readonly error: ExodusError }> {
    const body = bodyOf(await answer.text(ANSWER_LIMIT));
    // A proxy's own limit is told by the status alone (RFC 9110 §15.5.14).
    const errcode = typeof body["errcode"] === "string" ? body["errcode"] : answer.status === 413 ? "M_TOO_LARGE" : undefined;
    const told = body["retry_after_ms"];
    const error = refusalError({ method, status: answer.status, errcode, retryAfter: answer.header("retry-after"), retryAfterMs: typeof told === "number" ? told : undefined }, this.access);
    return { errcode, body, error };
  }

  /** Gives the answer as it comes to `read`; what is left of it is thrown away. */
  async exchange<T>(method: string, path: string, { as, query = {}, body, signal }: MatrixRequest, read: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    const { base, token } = this.access;
    const url = new URL(`_matrix/${path}`, base.href.endsWith("/") ? base : `${base.href}/`);
    for (const [name, value] of Object.entries({ ...query, ...(as === undefined ? {} : { user_id: as }) })) url.searchParams.set(name, value);
    return this.#http.send(method, url, { headers: { authorization: `Bearer ${token}`, ...typeOf(body) }, body: body === undefined || isMedia(body) ? body : JSON.stringify(body), signal }, read);
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}

function isMedia(body: NonNullable<MatrixRequest["body"]>): body is MediaBody {
  return "bytes" in body;
}

function typeOf(body: MatrixRequest["body"]): Record<string, string> {
  if (body === undefined) return {};
  return { "content-type": isMedia(body) ? body.mediaType : "application/json" };
}

/** A list is its member `list`. */
function bodyOf(text: string): Readonly<Record<string, unknown>> {
  const value = jsonOf(text);
  return Array.isArray(value) ? { list: value } : membersOf(value);
}
