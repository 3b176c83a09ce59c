import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { retryAfterMs } from "../../lib/backoff.js";
import { UNENCODED } from "../http/body-hash.js";
import { HttpClient, type HttpAccess, type HttpAnswer, type StreamBody } from "../http/client.js";
import { Cookies } from "../http/cookies.js";
import { multipart, type FileForm } from "../http/multipart.js";
import { refusalCode } from "../http/refusal-codes.js";
import { isOver, pathOf, toldBy, tokenIn, wordsIn, type Told } from "./told.js";

/** What is read of the product: NetframeHQ/netframe-core at 33e11bf. Its pages' own forms, under a person's session: any release may change them. */
export interface NetframeAccess extends HttpAccess {
  /** Address of the instance, which is a host of its own (app/Http/Middleware/CheckInstance.php). */
  readonly base: URL;
  readonly mail: string;
  readonly password: string;
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What it is called in messages; a path may hold dates and ids. */
  readonly action: string;
  /** "json": nothing but JSON is an answer; "page": a page is one too. */
  readonly wants: "json" | "page";
  readonly body?: (token: string) => { readonly content: string | StreamBody; readonly contentType: string };
  readonly signal: AbortSignal;
}

const CONNECTIONS = 2;
/** As the pages' script sends it (resources/js/bootstrap.js; axios). */
const SCRIPT = { accept: "application/json, text/plain, */*", "x-requested-with": "XMLHttpRequest" } as const;
const FORM = "application/x-www-form-urlencoded;charset=UTF-8";

/** One person's session at an instance. */
export class NetframeClient {
  readonly #http: HttpClient;
  readonly #cookies = new Cookies();
  #token: Promise<string> | undefined;

  constructor(readonly access: NetframeAccess) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  /** Signed in; the token against forged requests goes with each form (app/Http/Middleware/VerifyCsrfToken.php: all but `login`). */
  async token(signal: AbortSignal): Promise<string> {
    const signing = (this.#token ??= this.#signIn(signal));
    try {
      return await signing;
    } catch (thrown) {
      if (this.#token === signing) this.#token = undefined;
      throw thrown;
    }
  }

  /** A page or JSON that is read; its answer whatever the status. */
  get(path: string, action: string, signal: AbortSignal, wants: Call["wants"] = "page"): Promise<Told> {
    return this.#told({ method: "GET", path, action, wants, signal });
  }

  /** A form of the pages; its answer whatever the status. */
  post(path: string, action: string, fields: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Told> {
    const body = (token: string): ReturnType<NonNullable<Call["body"]>> => ({ content: new URLSearchParams({ ...fields, _token: token }).toString(), contentType: FORM });
    return this.#told({ method: "POST", path, action, wants: "json", body, signal });
  }

  /** A file in a form, streamed. `open` is asked anew after a session that ended. */
  upload(path: string, action: string, form: (token: string) => FileForm, signal: AbortSignal): Promise<Told> {
    const body = (token: string): ReturnType<NonNullable<Call["body"]>> => {
      const { contentType, ...content } = multipart(form(token));
      return { content, contentType };
    };
    return this.#told({ method: "POST", path, action, wants: "json", body, signal });
  }

  /** A page or a file that is read as it comes, whatever its size; `read` is given a success alone. Undefined where there is no such thing. */
  async read<T>(path: string, action: string, signal: AbortSignal, read: (answer: HttpAnswer) => Promise<T>): Promise<T | undefined> {
    const { base } = this.access;
    for (let attempt = 0; ; attempt += 1) {
      const signing = this.token(signal);
      const held = this.#token;
      await signing;
      const headers = { accept: "*/*", ...UNENCODED, ...this.#cookies.header() };
      const done = await this.#http.send<{ readonly value: T } | { readonly told: Told }>("GET", new URL(path, base), { headers, signal }, async (answer) => {
        this.#cookies.take(answer);
        return answer.status === 200 ? { value: await read(answer) } : { told: await toldBy(answer, retryAfterMs(answer.header("retry-after"), Date.now())) };
      });
      if ("value" in done) return done.value;
      if (done.told.status === 404) return undefined;
      if (!isOver(done.told, "page", base)) throw this.refusal(done.told, action);
      if (attempt > 0) throw this.error("TARGET_PASSING", `${action}: the session ended at once`);
      if (this.#token === held) this.#token = undefined;
    }
  }

  /** JSON of an answer that is a success. @throws ExodusError for any other, by its status. */
  jsonOf(told: Told, action: string): unknown {
    if (told.status >= 200 && told.status < 300 && told.json !== undefined) return told.json;
    throw this.refusal(told, action);
  }

  refusal(told: Told, action: string): ExodusError {
    const { status, location, waitMs } = told;
    // A front's page in the product's place, or an answer that is none.
    if (status < 300) return this.error("TARGET_PASSING", `${action}: no JSON`);
    if (status < 400) return this.error("TARGET_DENIED", `${action}: sent on to ${pathOf(location, this.access.base)}`);
    return this.error(refusalCode(status, { asksToWait: waitMs !== undefined }), [`${action}: HTTP ${status}`, wordsIn(told)].filter((part) => part !== "").join(": "), waitMs);
  }

  error(code: ErrorCode, reason: string, waitMs?: number): ExodusError {
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, reason }, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** A session that ends before its token was read is begun again, once. */
  async #signIn(signal: AbortSignal): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      await this.#login(signal);
      // Any page has the token; this one is there where channels are (`checkAppActive:channel`).
      const page = await this.#send({ method: "GET", path: "channels/edit", action: "channels/edit", wants: "page", signal });
      if (attempt === 0 && isOver(page, "page", this.access.base)) continue;
      const token = page.status === 200 ? tokenIn(page.text) : undefined;
      if (token === undefined) throw page.status === 200 ? this.error("TARGET_PASSING", "channels/edit: a page without a token") : this.refusal(page, "channels/edit");
      return token;
    }
  }

  /** app/Http/Controllers/AuthController.php, `login`: sent on when it went well, and the same page with its words when not. */
  async #login(signal: AbortSignal): Promise<void> {
    this.#cookies.clear();
    const { base, mail, password } = this.access;
    const login = { method: "POST", path: "login", action: "login", wants: "page", signal } as const;
    const told = await this.#send(login, { content: new URLSearchParams({ email: mail, password }).toString(), contentType: FORM });
    // Maintenance, or something else in front: it says nothing of the password.
    if (told.status === 200 && tokenIn(told.text) === undefined) throw this.error("TARGET_PASSING", "login: not the product's page");
    if (told.status === 200) throw this.error("TARGET_CREDENTIAL", `login: ${told.alert === "" ? "the page comes again" : told.alert}`);
    if (told.status >= 400) throw this.refusal(told, "login");
    if (new URL(told.location ?? "", base).host !== base.host) throw this.error("TARGET_DENIED", `login: sent on to ${pathOf(told.location, base)}; is "url" the instance's own address?`);
  }

  /** A session that ended, or a token that is not its own, is told before anything is done (middleware comes before controllers): signed in again, and asked again once. */
  async #told(call: Call): Promise<Told> {
    const { base } = this.access;
    for (let attempt = 0; ; attempt += 1) {
      const signing = this.token(call.signal);
      const held = this.#token;
      const token = await signing;
      const told = await this.#send(call, call.body?.(token));
      if (!isOver(told, call.wants, base)) return told;
      if (attempt > 0) throw this.error("TARGET_PASSING", `${call.action}: the session ended at once`);
      if (this.#token === held) this.#token = undefined;
    }
  }

  #send({ method, path, wants, signal }: Call, body?: { readonly content: string | StreamBody; readonly contentType: string }): Promise<Told> {
    const headers = { ...(wants === "json" ? SCRIPT : { accept: "text/html" }), ...(body === undefined ? {} : { "content-type": body.contentType }), ...this.#cookies.header() };
    return this.#http.send(method, new URL(path, this.access.base), { headers, body: body?.content, signal }, async (answer) => {
      this.#cookies.take(answer);
      return toldBy(answer, retryAfterMs(answer.header("retry-after"), Date.now()));
    });
  }
}
