import { z } from "zod";
import { ExodusError } from "../../core/errors.js";
import { retryAfterMs } from "../../lib/backoff.js";
import { HttpClient, type HttpAccess, type HttpAnswer, type StreamBody } from "../http/client.js";
import { Cookies } from "../http/cookies.js";
import { jsonOf } from "../http/json.js";
import { multipart } from "../http/multipart.js";
import { meaningOf, type Meaning } from "./refusals.js";

/** What is read of the vendor's client: npm `jamespot-user-api` 1.3.135. `Network` is its class in dist/jamespot-user-api.js, types are below dist/src. */
export interface JamespotAccess extends HttpAccess {
  /** Address of the platform. */
  readonly base: URL;
  readonly mail: string;
  readonly password: string;
}

export interface Call {
  /** Object and function: `/api-front/<o>/<f>` (`Network.getUrl`). */
  readonly o: string;
  readonly f: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

/** `jFileLittle` (src/types/file.d.ts). */
export const UploadedFile = z.object({ id: z.coerce.number(), title: z.string(), size: z.coerce.number() });
export type UploadedFile = z.infer<typeof UploadedFile>;

/** `ApiWrapper` (src/types/utils.d.ts); messages are a text in places, and some functions have no result. */
const Envelope = z.object({
  error: z.coerce.number(), errorMsg: z.string().nullish().catch(undefined), messages: z.array(z.object({ msg: z.string() })).catch([]), result: z.unknown().optional(),
});
/** `jUserView`, of which the id alone is used. */
const SignedIn = z.object({ id: z.coerce.number(), title: z.string().default("") });
/** Twenty articles with their texts. */
const ANSWER_LIMIT = 64 * 1024 * 1024;
const CONNECTIONS = 4;

type Told = { readonly value: unknown } | { readonly refusal: Meaning & { readonly retryAfter: string | undefined } };
type Body = { readonly content: string | StreamBody; readonly contentType: string };

/** One account's session at a platform, over the interface of the product's own pages. */
export class JamespotClient {
  readonly #http: HttpClient;
  readonly #cookies = new Cookies();
  #me: Promise<z.infer<typeof SignedIn>> | undefined;
  /** Nothing has gone well since the sign-in: a refusal is no ended session. */
  #fresh = false;
  #sessions = 0;

  constructor(readonly access: JamespotAccess) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  /** Who signs in: posts are theirs. */
  async me(signal: AbortSignal): Promise<z.infer<typeof SignedIn>> {
    const signing = (this.#me ??= this.#signIn(signal));
    try {
      return await signing;
    } catch (thrown) {
      if (this.#me === signing) this.#me = undefined;
      throw thrown;
    }
  }

  /** @throws ExodusError by what `meaningOf` makes of a refusal; TARGET_PASSING for an answer of another form. */
  async call<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
    const told = await this.#told(call, () => jsonBody(call.body));
    if ("refusal" in told) throw this.#refused(call, told);
    return this.#read(schema, call, told.value);
  }

  /** Undefined where the platform refuses, as it does for what is not there: no document tells by which number. */
  async seen<T>(schema: z.ZodType<T>, call: Call): Promise<T | undefined> {
    const told = await this.#told(call, () => jsonBody(call.body));
    if (!("refusal" in told)) return this.#read(schema, call, told.value);
    const error = this.#refused(call, told);
    if (error.errorClass === "throttled" || error.errorClass === "retryable") throw error;
    return undefined;
  }

  /** With a token of its own, as `Network.postCSRF` asks one before each change that needs it. */
  changed<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
    return this.inOneSession(async () => {
      const tokenCSRF = await this.call(z.string(), { o: "misc", f: "tokenCSRF", signal: call.signal });
      return this.call(schema, { ...call, body: { ...call.body, tokenCSRF } });
    }, call.signal);
  }

  /** What is done with a token: it may be the session's, so that where the session ended on the way and the platform refused, all is done again with another. */
  async inOneSession<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.me(signal);
    const session = this.#sessions;
    try {
      return await work();
    } catch (thrown) {
      if (session === this.#sessions || !(thrown instanceof ExodusError) || !thrown.errorClass.startsWith("permanent")) throw thrown;
      return await work();
    }
  }

  /** Under which files are uploaded that what is written with it then has. */
  token(signal: AbortSignal): Promise<string> {
    return this.call(z.string(), { o: "misc", f: "token", signal });
  }

  /** `JFileApi.upload`; undefined for one that is too large. `open` is asked anew after a session that ended. */
  async upload(token: string, file: { readonly name: string; readonly mediaType: string; readonly size: number }, open: () => AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<UploadedFile | undefined> {
    const call = { o: "file", f: "create", signal };
    const told = await this.#told(call, () => {
      const { contentType, ...content } = multipart({ fields: { attrName: FIELD, token, format: "raw-little" }, file: { ...file, field: FIELD, bytes: open() } });
      return { content, contentType };
    });
    if (!("refusal" in told)) return this.#read(UploadedFile, call, told.value);
    if (told.refusal.tooLarge) return undefined;
    throw this.#refused(call, told);
  }

  error(code: ConstructorParameters<typeof ExodusError>[0], reason: string): ExodusError {
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, reason } });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #signIn(signal: AbortSignal): Promise<z.infer<typeof SignedIn>> {
    this.#cookies.clear();
    const { mail, password } = this.access;
    const call = { o: "user", f: "signIn", signal };
    const told = await this.#send(call, jsonBody({ mail, password, format: "raw-view" }));
    if ("refusal" in told) throw this.#refused(call, told);
    this.#fresh = true;
    this.#sessions += 1;
    return this.#read(SignedIn, call, told.value);
  }

  /** Which error tells of a session that ended is written nowhere: after any refusal it is signed in again once, unless the session has just begun. */
  async #told(call: Call, body: () => Body): Promise<Told> {
    await this.me(call.signal);
    const first = await this.#send(call, body());
    if (!("refusal" in first)) this.#fresh = false;
    if (!("refusal" in first) || !first.refusal.mayBeSession || this.#fresh) return first;
    this.#me = undefined;
    await this.me(call.signal);
    return this.#send(call, body());
  }

  /** `Referer`: "the endpoints are secure by referrer" (README.md); by its value in Jamespot/jamespot-langchain-tools@957c860, src/utils/WindowNode.ts. */
  #send({ o, f, signal }: Call, { content, contentType }: Body): Promise<Told> {
    const { base } = this.access;
    const headers = { accept: "application/json", "content-type": contentType, referer: new URL("/ng/wall", base).href, ...this.#cookies.header() };
    return this.#http.send("POST", new URL(`/api-front/${o}/${f}`, base), { headers, body: content, signal }, (answer) => this.#answered(`${o}/${f}`, answer));
  }

  async #answered(action: string, answer: HttpAnswer): Promise<Told> {
    this.#cookies.take(answer);
    const envelope = Envelope.safeParse(jsonOf(await answer.text(ANSWER_LIMIT)));
    if (envelope.success && envelope.data.error === 0 && answer.status < 300) return { value: envelope.data.result };
    const { error, errorMsg, messages } = envelope.data ?? { messages: [] };
    const words = [errorMsg ?? "", ...messages.map(({ msg }) => msg)];
    return { refusal: { ...meaningOf({ action, status: answer.status, error, words }), retryAfter: answer.header("retry-after") } };
  }

  #refused({ signal }: Call, { refusal: { code, reason, retryAfter } }: Extract<Told, { readonly refusal: unknown }>): ExodusError {
    signal.throwIfAborted();
    const { target, account } = this.access;
    const wait = retryAfterMs(retryAfter, Date.now());
    return new ExodusError(code, { params: { target, account, reason }, ...(wait === undefined ? {} : { retryAfterMs: wait }) });
  }

  #read<T>(schema: z.ZodType<T>, { o, f }: Call, value: unknown): T {
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    throw this.error("TARGET_PASSING", `${o}/${f}: an answer of another form`);
  }
}

/** The name that an attachment of an article is uploaded under (jamespot-langchain-tools, README.md, "Manual File Attachment Workflow"). */
const FIELD = "file";

/** As `Network._formatPostOptions` sends it: JSON in a text, which is what browsers then call it. */
function jsonBody(body: object = {}): Body {
  return { content: JSON.stringify(body), contentType: "text/plain;charset=UTF-8" };
}
