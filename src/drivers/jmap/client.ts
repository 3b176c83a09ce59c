import pLimit from "p-limit";
import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { HttpClient, type HttpAccess, type HttpAnswer, type HttpRequest, type StreamBody } from "../http/client.js";
import { jsonOf, membersOf } from "../http/json.js";
import { toldAddress } from "../http/told-address.js";
import { refusalError } from "./error-table.js";
import { CORE, FILTERS, LABELS, MAIL, readSession, VACATION, type JmapSession } from "./session.js";

export interface JmapAccess extends HttpAccess {
  /** Session resource, or the server's own address: then `/.well-known/jmap` is asked (RFC 8620 §2.2). */
  readonly base: URL;
  /** Who signs in, for messages, and what it is called when that is refused. */
  readonly user: string;
  readonly refused: ErrorCode;
  /** Headers that sign in. Asked again when the server did not take them: a token may have been renewed since. */
  authorization(): Promise<Readonly<Record<string, string>>>;
}

export type Arguments = Readonly<Record<string, unknown>>;
export type Call = readonly [method: string, args: Arguments];

const ANSWER_LIMIT = 32 * 1024 * 1024;
const ERROR_LIMIT = 64 * 1024;
const REDIRECTS = 3;
const MOVED: readonly number[] = [301, 302, 307, 308];
/** Of the session resource: the configured address is wrong, and no item. */
const NOT_THERE: readonly number[] = [404, 405, 410];
const CONNECTIONS = 8;

/** JMAP for whoever signs in: the session found and kept up to date, no more at once than the server allows. */
export class JmapClient {
  readonly #http: HttpClient;
  #session: Promise<JmapSession> | undefined;
  #stale = false;
  #headers: Readonly<Record<string, string>> | undefined;
  readonly #requests = pLimit(1);
  readonly #uploads = pLimit(1);

  constructor(readonly access: JmapAccess) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  /** Read at first use, and again once an answer carried another state (RFC 8620 §3.4). @throws ExodusError. */
  async session(signal: AbortSignal): Promise<JmapSession> {
    if (this.#session === undefined || this.#stale) {
      this.#stale = false;
      this.#session = this.#find(signal);
      this.#session.catch(() => { this.#session = undefined; });
    }
    return this.#session;
  }

  /** Calls one method; the arguments of its answer. @throws ExodusError. */
  async call(method: string, args: Arguments, signal: AbortSignal): Promise<Arguments> {
    const [answer = refusalError({ what: method, type: "serverPartialFail" }, this.access)] = await this.callAll([[method, args]], signal);
    if (answer instanceof ExodusError) throw answer;
    return answer;
  }

  /** Sends method calls as one request; for each the arguments of its answer or its error: one that fails stops no other (RFC 8620 §3.3). */
  async callAll(calls: readonly Call[], signal: AbortSignal): Promise<readonly (Arguments | ExodusError)[]> {
    const session = await this.session(signal);
    const body = JSON.stringify({ using: capabilitiesOf(calls), methodCalls: calls.map(([method, args], at) => [method, args, String(at)]) });
    const answer = await this.#requests(() => this.#send("POST", this.#at(session.apiUrl), { what: "request", headers: { "content-type": "application/json", accept: "application/json" }, body, signal },
      async (received) => membersOf(jsonOf(await received.text(ANSWER_LIMIT)))));
    const { methodResponses, sessionState } = answer as { methodResponses?: unknown; sessionState?: unknown };
    if (typeof sessionState === "string" && sessionState !== session.state) this.#stale = true;
    const responses = Array.isArray(methodResponses) ? (methodResponses as readonly (readonly [string, Arguments, string])[]) : [];
    return calls.map(([method], at) => {
      const [name, args] = responses.find(([, , id]) => id === String(at)) ?? ["error", { type: "serverPartialFail" }];
      return name === "error" ? refusalError({ what: method, type: nameOf(args["type"]) }, this.access) : args;
    });
  }

  /** Sends bytes without holding them; their id (RFC 8620 §6.1). @throws ExodusError ITEM_TOO_LARGE over the announced limit, before sending. */
  async upload(account: string, body: StreamBody, mediaType: string, signal: AbortSignal): Promise<string> {
    const { uploadUrl, limits: { maxSizeUpload: limit } } = await this.session(signal);
    if (body.size > limit) throw new ExodusError("ITEM_TOO_LARGE", { params: { size: body.size, limit } });
    const url = this.#at(expand(uploadUrl, { accountId: account }));
    const { blobId, size } = await this.#uploads(() => this.#send("POST", url, { what: "upload", headers: { "content-type": mediaType }, body, signal }, async (answer) => membersOf(jsonOf(await answer.text(ERROR_LIMIT)))));
    if (typeof blobId !== "string" || (typeof size === "number" && size !== body.size)) throw refusalError({ what: "upload", type: "serverPartialFail" }, this.access);
    return blobId;
  }

  /** Gives the bytes of a blob as they come (RFC 8620 §6.2); undefined when it is not there. */
  async download<T>(account: string, blobId: string, read: (bytes: AsyncIterable<Uint8Array>) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { downloadUrl } = await this.session(signal);
    const url = this.#at(expand(downloadUrl, { accountId: account, blobId, type: "message/rfc822", name: "message.eml" }));
    return this.#requests(() => this.#send("GET", url, { what: "download", headers: {}, expect: [404], signal }, async ({ status, body }) => (status === 404 ? undefined : read(body))));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #find(signal: AbortSignal): Promise<JmapSession> {
    const { base } = this.access;
    let url = base.pathname === "/" ? new URL("/.well-known/jmap", base) : base;
    for (let hop = 0; hop < REDIRECTS; hop += 1) {
      const moved = await this.#send("GET", url, { what: "session", headers: { accept: "application/json" }, expect: [...MOVED, ...NOT_THERE], signal }, async (answer) => {
        const location = MOVED.includes(answer.status) ? answer.header("location") : undefined;
        return location ?? readSession(membersOf(jsonOf(await answer.text(ANSWER_LIMIT))), this.access);
      });
      if (typeof moved !== "string") {
        this.#requests.concurrency = moved.limits.maxConcurrentRequests;
        this.#uploads.concurrency = moved.limits.maxConcurrentUpload;
        return moved;
      }
      url = this.#at(moved);
    }
    const { target, account } = this.access;
    throw new ExodusError("TARGET_UNREACHABLE", { params: { target, account, reason: "no JMAP session: redirects without end" } });
  }

  #at(told: string): URL {
    return toldAddress(told, this.access.base, this.access);
  }

  async #send<T>(method: string, url: URL, request: HttpRequest & { readonly what: string; readonly expect?: readonly number[] }, read: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    const { what, headers, expect = [] } = request;
    this.#headers ??= await this.access.authorization();
    const used = this.#headers;
    const once = (signIn: Readonly<Record<string, string>>): Promise<T> => this.#http.send(method, url, { ...request, headers: { ...headers, ...signIn } }, async (answer) => {
      if ((answer.status >= 200 && answer.status < 300) || expect.includes(answer.status)) return read(answer);
      throw refusalError({ what: `${method} ${what}`, status: answer.status, retryAfter: answer.header("retry-after"), ...(await problemOf(answer)) }, this.access);
    });
    try {
      return await once(used);
    } catch (thrown) {
      if (!(thrown instanceof ExodusError) || thrown.code !== this.access.refused) throw thrown;
      const renewed = this.#headers === used ? await this.access.authorization() : this.#headers;
      if (JSON.stringify(renewed) === JSON.stringify(used)) throw thrown;
      this.#headers = renewed;
      // A stream that was begun cannot be sent again: the caller's next attempt opens it anew.
      if (typeof request.body === "object") throw refusalError({ what: `${method} ${what}`, type: "serverUnavailable" }, this.access);
      return once(renewed);
    }
  }
}

/** Those that the methods belong to: a server that lacks one refuses the whole request (RFC 8620 §3.3). */
function capabilitiesOf(calls: readonly Call[]): readonly string[] {
  return [CORE, ...new Set(calls.map(([method]) => CAPABILITIES[method.split("/")[0] ?? ""] ?? MAIL))];
}

/** By data type, where it is not mail's own. */
const CAPABILITIES: Readonly<Record<string, string>> = { VacationResponse: VACATION, Label: LABELS, Filter: FILTERS };

const PROBLEM = "urn:ietf:params:jmap:error:";

/** Problem details (RFC 7807) of a request that was refused as a whole. */
async function problemOf(answer: HttpAnswer): Promise<{ readonly type?: string; readonly names?: readonly string[] }> {
  if (!/\bjson\b/.test(answer.header("content-type") ?? "")) return {};
  const { type, limit } = membersOf(jsonOf(await answer.text(ERROR_LIMIT)));
  if (typeof type !== "string" || !type.startsWith(PROBLEM)) return {};
  const [named, over] = [nameOf(type.slice(PROBLEM.length)), nameOf(limit)];
  return { ...(named === undefined ? {} : { type: named }), ...(over === undefined ? {} : { names: [over] }) };
}

/** A name of the protocol: letters and digits only, so that nothing else of an answer comes into a message. */
export function nameOf(type: unknown): string | undefined {
  return typeof type === "string" && /^[A-Za-z0-9]{1,60}$/.test(type) ? type : undefined;
}

/** Level 1 of URI templates (RFC 6570), all that RFC 8620 §2 uses. */
function expand(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(values[name] ?? ""));
}
