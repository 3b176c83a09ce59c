import { z } from "zod";
import { ExodusError } from "../../core/errors.js";
import { retryAfterMs } from "../../lib/backoff.js";
import { UNENCODED, type BodyHash } from "../http/body-hash.js";
import { HttpClient, type HttpAccess, type HttpAnswer, type StreamBody } from "../http/client.js";
import { jsonOf } from "../http/json.js";
import { OWN_CONNECTION } from "../http/lost-answers.js";
import { contentOf, NOTHING } from "./content.js";
import { answerOf, insteadOfBytes, isPage, LOGIN, type Answered, type Refusal } from "./refusals.js";

/**
 * Sources: the vendor's page "WApi Interface" (https://pegasus.wimi.pro/wapi-doc-api); classes made of it by a public program (praftr/wimi-api-client@c6e4535,
 * src/Request), which name each request and its fields; and programs of third parties: pywimi 0.3 (PyPI, 2018), ArnaudGardille/sync-wimi@5446791,
 * VincentChaye/terra_website@20037da, lib/wimi.ts. Which says what: docs/targets/wimi.md, "Ways in".
 */
export interface WimiAccess extends HttpAccess {
  readonly base: URL;
  /** Where bytes are sent and fetched. */
  readonly files: URL;
  /** Name of the organisation's account. */
  readonly accountName: string;
  readonly login: string;
  readonly password: string;
  readonly appToken: string;
}

/** Numbers of what the request is about, beside account and user. */
export type Identification = Readonly<Record<string, number | string | readonly number[]>>;

export interface Call {
  readonly target: string;
  readonly identification?: Identification;
  readonly data?: object;
  /** On a connection of its own: a request that must not be sent twice. */
  readonly alone?: boolean;
  readonly signal: AbortSignal;
}

/** auth.user.Login, "Output" (tests/Generator/ScrapperTest.php of the client); members of user and account as terra_website reads them, of a project as sync-wimi does. */
const SignedIn = z.object({
  user: z.object({ user_id: z.coerce.number() }), account: z.object({ account_id: z.coerce.number() }),
  projects: z.array(z.object({ project_id: z.coerce.number(), name: z.string() })).nullish(), need_double_authentification: z.boolean().nullish(),
});

export interface Project {
  readonly id: number;
  readonly name: string;
}

interface Session {
  readonly token: string;
  readonly identification: { readonly account_id: number; readonly user_id: number };
  readonly projects: readonly Project[];
  readonly until: number;
}

const API_VERSION = "1.2";
/** A token lives 720 minutes (terra_website): asked anew before. */
const SESSION_MS = 10 * 60 * 60_000;
/** A folder of fifty thousand names. */
const ANSWER_LIMIT = 64 * 1024 * 1024;
const CONNECTIONS = 6;
/** Numbers begin above it. */
const NO_FILE = 0;

/** One service account's session, shared by all that is written for whichever account. */
export class WimiClient {
  readonly #http: HttpClient;
  #session: Promise<Session> | undefined;

  constructor(readonly access: WimiAccess, private readonly now: () => number = Date.now) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  /** @throws ExodusError by what `answerOf` makes of a refusal; TARGET_PASSING for an answer of another form. */
  async call<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
    const { data } = await this.#told(call.target, call.signal, (session) => {
      const body = JSON.stringify(this.#envelope(call, session));
      const headers = call.alone === true ? { ...JSON_HEADERS, ...OWN_CONNECTION } : JSON_HEADERS;
      return this.#http.send("POST", this.access.base, { headers, body, signal: call.signal }, (answer) => this.#answered(call.target, answer));
    });
    return this.#read(schema, call.target, data);
  }

  /**
   * Sends bytes: the envelope travels in a header, percent-encoded (pywimi, the only program that sends a file). `open` is asked anew
   * after a session that ended.
   */
  async upload(call: Call, size: number, open: () => AsyncIterable<Uint8Array>): Promise<void> {
    await this.#told(call.target, call.signal, (session) => {
      const headers = { accept: "application/json", "x-wimi-wapi": encodeURIComponent(JSON.stringify(this.#envelope(call, session))) };
      const body: StreamBody = { size, bytes: open() };
      return this.#http.send("POST", this.access.files, { headers, body, signal: call.signal }, (answer) => this.#answered(call.target, answer));
    });
  }

  /**
   * What bytes a file has, compared with those that are looked for: read as a stream, no further than they go. The envelope is the body (pywimi, sync-wimi).
   * Other bytes that are a page may be the file's own, or of maintenance: then they are read again, once the host has answered in the interface's form.
   */
  async download(call: Call, wanted: BodyHash): Promise<BodyHash> {
    const first = await this.#content(call, wanted);
    if (first.sha256 === wanted.sha256 || !isPage(first.head)) return first;
    await this.#speaks(call);
    return this.#content(call, wanted);
  }

  /** Who signs in, and the workspaces that they see; `anew` after something was made. */
  async projects(signal: AbortSignal, anew = false): Promise<readonly Project[]> {
    if (anew) this.#session = undefined;
    return (await this.#current(signal)).projects;
  }

  /** Numbers of account and user. */
  async me(signal: AbortSignal): Promise<Session["identification"]> {
    return (await this.#current(signal)).identification;
  }

  error(code: ConstructorParameters<typeof ExodusError>[0], reason: string): ExodusError {
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, reason } });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** One sign-in for all who wait for it. */
  async #current(signal: AbortSignal): Promise<Session> {
    const signing = (this.#session ??= this.#signIn(signal));
    try {
      const session = await signing;
      if (this.now() < session.until) return session;
    } catch (thrown) {
      if (this.#session === signing) this.#session = undefined;
      throw thrown;
    }
    if (this.#session === signing) this.#session = undefined;
    return this.#current(signal);
  }

  async #signIn(signal: AbortSignal): Promise<Session> {
    const { accountName, login, password, appToken } = this.access;
    const header = { target: LOGIN, identification: { account_name: accountName }, auth: { login, password }, api_version: API_VERSION, app_token: appToken, msg_key: LOGIN };
    const body = JSON.stringify({ header, body: { data: { list_projects: true } } });
    const told = await this.#http.send("POST", this.access.base, { headers: JSON_HEADERS, body, signal }, (answer) => this.#answered(LOGIN, answer));
    if ("code" in told) throw this.#refused(told, signal);
    const { user, account, projects, need_double_authentification: second } = this.#read(SignedIn, LOGIN, told.data);
    if (second === true) throw this.error("TARGET_SECOND_FACTOR", `${LOGIN}: need_double_authentification`);
    if (told.token === undefined || told.token === "") throw this.error("TARGET_PASSING", `${LOGIN}: no token`);
    return {
      token: told.token, identification: { account_id: account.account_id, user_id: user.user_id },
      projects: (projects ?? []).map(({ project_id: id, name }) => ({ id, name })), until: this.now() + SESSION_MS,
    };
  }

  /** Which refusal tells of a session that ended is written nowhere: whether it has is asked by a request that nothing else can refuse, and then signed in again once. */
  async #told(target: string, signal: AbortSignal, send: (session: Session) => Promise<Answered | Refused>): Promise<Answered> {
    const session = await this.#current(signal);
    const first = await send(session);
    if (!("code" in first)) return first;
    if (!first.mayBeSession || (await this.#lasts(session, signal))) throw this.#refused(first, signal);
    if ((await this.#session) === session) this.#session = undefined;
    const second = await send(await this.#current(signal));
    if ("code" in second) throw this.#refused(second, signal);
    return second;
  }

  async #content(call: Call, wanted: BodyHash): Promise<BodyHash & { readonly head: string }> {
    let found = { ...NOTHING, head: "" };
    await this.#told(call.target, call.signal, (session) => {
      const body = JSON.stringify(this.#envelope(call, session));
      return this.#http.send("POST", this.access.files, { headers: { ...JSON_HEADERS, ...UNENCODED }, body, signal: call.signal }, async (answer) => {
        if (answer.status !== 200) return this.#answered(call.target, answer);
        found = await contentOf(answer.body, wanted.size);
        // A refusal comes with the same status as bytes do.
        const refusal = found.sha256 === wanted.sha256 ? undefined : insteadOfBytes(call.target, found.head);
        return refusal === undefined ? { token: undefined, data: undefined } : { ...refusal, retryAfter: undefined };
      });
    });
    return found;
  }

  /** Of the host of files: whatever it says of a file that cannot be is in the body (vendor's page), and a page of maintenance is not. */
  async #speaks({ target, identification, signal }: Call): Promise<void> {
    const body = JSON.stringify(this.#envelope({ target, identification: { ...identification, file_id: NO_FILE }, signal }, await this.#current(signal)));
    const told = await this.#http.send("POST", this.access.files, { headers: JSON_HEADERS, body, signal }, (answer) => this.#answered(target, answer));
    if ("code" in told && !told.mayBeSession) throw this.#refused(told, signal);
  }

  async #lasts(session: Session, signal: AbortSignal): Promise<boolean> {
    const target = "main.user.GetSelf";
    const body = JSON.stringify(this.#envelope({ target, signal }, session));
    const told = await this.#http.send("POST", this.access.base, { headers: JSON_HEADERS, body, signal }, (answer) => this.#answered(target, answer));
    if ("code" in told && !told.mayBeSession) throw this.#refused(told, signal);
    return !("code" in told);
  }

  #envelope({ target, identification, data }: Call, session: Session): object {
    const header = { target, identification: { ...session.identification, ...identification }, api_version: API_VERSION, app_token: this.access.appToken, msg_key: target, token: session.token };
    return { header, body: { data: data ?? {} } };
  }

  async #answered(target: string, answer: HttpAnswer): Promise<Answered | Refused> {
    const told = answerOf(target, answer.status, jsonOf(await answer.text(ANSWER_LIMIT)));
    return "code" in told ? { ...told, retryAfter: answer.header("retry-after") } : told;
  }

  #refused({ code, reason, retryAfter }: Refused, signal: AbortSignal): ExodusError {
    signal.throwIfAborted();
    const { target, account } = this.access;
    const wait = retryAfterMs(retryAfter, Date.now());
    return new ExodusError(code, { params: { target, account, reason }, ...(wait === undefined ? {} : { retryAfterMs: wait }) });
  }

  #read<T>(schema: z.ZodType<T>, target: string, data: unknown): T {
    const read = schema.safeParse(data);
    if (read.success) return read.data;
    throw this.error("TARGET_PASSING", `${target}: an answer of another form`);
  }
}

type Refused = Refusal & { readonly retryAfter: string | undefined };
const JSON_HEADERS = { "content-type": "application/json; charset=utf8", accept: "application/json" } as const;
