import { ExodusError } from "../../src/core/errors.js";
import type { ErrorCode } from "../../src/core/errors/catalog.js";
import { HttpClient, type HttpAccess } from "../../src/drivers/http/client.js";
import { mayHaveArrived, OWN_CONNECTION, UNDONE } from "../../src/drivers/http/lost-answers.js";
import { multipart, type FileForm } from "../../src/drivers/http/multipart.js";
import type { TokenSource } from "../../src/drivers/http/tokens.js";
import { isDone, isOpen, isRefused, toldBy, type Told } from "./told.js";

export interface WhallerAccess extends HttpAccess {
  /** Address of the interface; it ends with "/". */
  readonly base: URL;
  readonly tokens: TokenSource;
  /** Value of the header X-Application. */
  readonly application: string;
  /** What the vendor's client leaves open: what an upload bears, and where its fields go. */
  readonly uploadAuth: "bearer" | "application" | "both";
  readonly uploadFields: "form" | "query";
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What the request is called in messages; an address would hold names. */
  readonly action: string;
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  readonly body?: Parameters<HttpClient["send"]>[2]["body"];
  readonly signal: AbortSignal;
  readonly refused: ErrorCode;
  /** Of what a repeat would double: what is thrown where it may have been done. */
  readonly unsure?: (reason: string) => ExodusError;
}

/** What a person's token opens at one Whaller. */
export class WhallerClient {
  readonly #http: HttpClient;

  constructor(readonly access: WhallerAccess) {
    this.#http = new HttpClient(access, 2);
  }

  /** whaller_client/client.py, `call_get`. */
  async get(path: string, signal: AbortSignal): Promise<unknown> {
    return this.#done({ method: "GET", path, action: path, headers: bearer, signal, refused: "TARGET_DENIED" });
  }

  /** `call_post` with the bearer; never made again by itself where it may have been done. */
  async make(path: string, body: object, { action, signal, refused, unsure }: Pick<Call, "action" | "signal" | "refused"> & Required<Pick<Call, "unsure">>): Promise<unknown> {
    const headers = (token: string): Readonly<Record<string, string>> => ({ ...bearer(token), "content-type": "application/json", ...OWN_CONNECTION });
    return this.#done({ method: "POST", path, action, headers, body: JSON.stringify(body), signal, refused, unsure });
  }

  /** A file in a form (whaller_client/endpoints/upload.py, `_upload`). */
  async upload(path: string, { fields, file }: FileForm, signal: AbortSignal): Promise<unknown> {
    const { uploadAuth, uploadFields, application } = this.access;
    const inForm = uploadFields === "form";
    const { contentType, ...body } = multipart({ fields: inForm ? fields : {}, file });
    const headers = (token: string): Readonly<Record<string, string>> => ({
      accept: "application/json", "content-type": contentType, ...(uploadAuth === "application" ? {} : bearer(token)), ...(uploadAuth === "bearer" ? {} : { "x-application": application }),
    });
    return this.#done({ method: "POST", path: inForm ? path : `${path}?${new URLSearchParams(fields).toString()}`, action: path, headers, body, signal, refused: "TARGET_REFUSED_ITEM" });
  }

  error(code: ErrorCode, reason: string, waitMs?: number): ExodusError {
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, reason }, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #done(call: Call): Promise<unknown> {
    const told = await this.#told(call);
    if (isDone(told)) return told.result;
    const { status, spoken, error = spoken ? "no result" : "no answer of the interface", waitMs } = told;
    const reason = `${call.action}: HTTP ${status}: ${error}`;
    if (isOpen(told)) throw call.unsure?.(reason) ?? this.error("TARGET_PASSING", reason);
    throw this.error(codeOf(status, call.refused), reason, waitMs);
  }

  /** How a sign-in that has ended is told is written nowhere: after a refusal, whoever is signed in is asked for. */
  async #told(call: Call): Promise<Told> {
    const { tokens } = this.access;
    const { signal, action } = call;
    const token = await tokens.current(signal);
    const told = await this.#send(call, token);
    if (!isRefused(told)) return told;
    const me = await this.#send({ method: "GET", path: "me", action: "me", headers: bearer, signal, refused: "TARGET_DENIED" }, token);
    if (isDone(me)) return told;
    if (!isRefused(me)) throw this.error("TARGET_PASSING", `me: HTTP ${me.status}`, me.waitMs);
    const next = await tokens.renew(token, signal);
    // What was streamed is gone: all of it is sent anew.
    if (typeof call.body === "object") throw this.error("TARGET_PASSING", `${action}: the sign-in had ended`);
    return this.#send(call, next);
  }

  async #send({ method, path, action, headers, body, signal, unsure }: Call, token: string): Promise<Told> {
    try {
      return await this.#http.send(method, new URL(path, this.access.base), { headers: { accept: "application/json", ...headers(token) }, body, signal }, toldBy);
    } catch (thrown) {
      if (unsure === undefined || !mayHaveArrived(thrown)) throw thrown;
      throw unsure(`${action}: ${String(thrown.params["reason"] ?? thrown.code)}`);
    }
  }
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

function codeOf(status: number, refused: ErrorCode): ErrorCode {
  if (status >= 300 && status < 400) return "TARGET_UNREACHABLE";
  return UNDONE[status] ?? (status === 429 ? "TARGET_THROTTLED" : refused);
}
