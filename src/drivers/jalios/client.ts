import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { retryAfterMs } from "../../lib/backoff.js";
import { HttpClient, type HttpAccess, type HttpAnswer } from "../http/client.js";
import { jsonOf } from "../http/json.js";
import { leavesOpen, mayHaveArrived, OWN_CONNECTION } from "../http/lost-answers.js";
import { codeOf, isPage, toldBy, type Aim } from "./refusals.js";

export interface JaliosAccess extends HttpAccess {
  /** Address of the site; ends with "/". */
  readonly site: URL;
  /** Of a technical member, made in the administration. */
  readonly key: string;
}

/** Form fields by the names of the edit form. */
export type Fields = Readonly<Record<string, string>>;

/** What became of a content that was sent: the answer to POST says 201 and names it in no documented way; any other is no proof of either. */
export interface Sent {
  readonly created: boolean;
  /** Where the new content is (RFC 9110 section 15.3.2), if the answer says so: to be looked at before it is believed. */
  readonly location: string | undefined;
  /** What is known, for whoever has to look. */
  readonly reason: string;
}

const ANSWER_LIMIT = 32 * 1024 * 1024;
/** Of an answer that is read for its words alone. */
const BEGINNING = 64 * 1024;
const CONNECTIONS = 2;

/**
 * JPlatform's Open API. Sources: the help of one's own platform at `<site>/rest/doc`, version 10.0.7; departement-loire-atlantique/zelli@95b69c4, src/app:
 * Interceptors/jcms-backend.interceptor.ts and services/jcms-client.service.ts.
 */
export class JaliosClient {
  readonly #http: HttpClient;

  constructor(readonly access: JaliosAccess) {
    this.#http = new HttpClient(access, CONNECTIONS);
  }

  /** Undefined for 404. @throws ExodusError by `codeOf`, TARGET_PASSING for what is no JSON. */
  async read(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const text = await this.text(path, query, signal);
    const value = text === undefined ? undefined : jsonOf(text);
    if (text !== undefined && value === undefined) throw this.error("TARGET_PASSING", `GET ${plain(path)}: ${toldBy(text) || "no JSON"}`);
    return value;
  }

  /** The same, in whatever form. */
  text(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string | undefined> {
    const aim = path === "WhoAmI" ? "who" : "read";
    return this.#http.send("GET", this.#url(path, query), { headers: this.#headers(), signal }, async (answer) => {
      if (answer.status === 404 && aim === "read") return undefined;
      if (answer.status !== 200) throw await this.#refusal(aim, `GET ${plain(path)}`, answer);
      return answer.text(ANSWER_LIMIT);
    });
  }

  /** @throws ExodusError what surely was not taken. */
  async create(type: string, fields: Fields, signal: AbortSignal): Promise<Sent> {
    const action = `POST data/${type}`;
    try {
      return await this.#post(`data/${type}`, fields, signal, async (answer) => {
        const { status } = answer;
        if (status === 201) return { created: true, location: answer.header("location"), reason: `${action}: HTTP 201` };
        // A success that is no 201, or a page that it leads to, proves nothing either.
        if (status >= 400 && !leavesOpen(status)) throw await this.#refusal("write", action, answer);
        return { created: false, location: undefined, reason: await reasonOf(action, answer) };
      });
    } catch (thrown) {
      if (!mayHaveArrived(thrown)) throw thrown;
      return { created: false, location: undefined, reason: `${action}: ${String(thrown.params["reason"] ?? thrown.code)}` };
    }
  }

  /** A change may be made twice. Answers whether a page came back, as something before the platform sends one. */
  change(id: string, fields: Fields, signal: AbortSignal): Promise<{ readonly page: boolean }> {
    return this.#post(`data/${id}`, fields, signal, async (answer) => {
      if (answer.status >= 300) throw await this.#refusal("write", "POST data/<id>", answer);
      return { page: isPage(await beginningOf(answer)) };
    });
  }

  error(code: ErrorCode, reason: string): ExodusError {
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, reason } });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #post<T>(path: string, fields: Fields, signal: AbortSignal, read: (answer: HttpAnswer) => Promise<T>): Promise<T> {
    const headers = { ...this.#headers(), "content-type": "application/x-www-form-urlencoded; charset=UTF-8", "x-jcms-csrf-header": "1", ...OWN_CONNECTION };
    return this.#http.send("POST", this.#url(path, {}), { headers, body: new URLSearchParams(fields).toString(), signal }, read);
  }

  #url(path: string, query: Readonly<Record<string, string>>): URL {
    const url = new URL(`rest/${path}`, this.access.site);
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  /** The key never stands in an address, which logs and proxies keep. */
  #headers(): Record<string, string> {
    return { accept: "application/json", "jaliosjcms-authkey": this.access.key };
  }

  async #refusal(aim: Aim, action: string, answer: HttpAnswer): Promise<ExodusError> {
    const wait = retryAfterMs(answer.header("retry-after"), Date.now());
    const code = codeOf({ aim, status: answer.status, asksToWait: wait !== undefined });
    const { target, account } = this.access;
    return new ExodusError(code, { params: { target, account, reason: await reasonOf(action, answer) }, ...(wait === undefined ? {} : { retryAfterMs: wait }) });
  }
}

async function reasonOf(action: string, answer: HttpAnswer): Promise<string> {
  const told = toldBy(await beginningOf(answer));
  return `${action}: HTTP ${answer.status}${told === "" ? "" : `: ${told}`}`;
}

async function beginningOf(answer: HttpAnswer): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.body) {
    pieces.push(piece);
    if (pieces.reduce((sum, { byteLength }) => sum + byteLength, 0) > BEGINNING) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Identifiers tell nobody what was asked. */
function plain(path: string): string {
  return path.replace(/^data\/.*/, "data/<id>");
}
