import { createSecureContext, rootCertificates } from "node:tls";
import { Agent, request as undiciRequest, type Dispatcher } from "undici";
import { ExodusError } from "../../core/errors.js";
import type { Charge, Outcome, PoolGovernor } from "../../core/governor.js";
import { withOwnSignal } from "../../lib/own-signal.js";
import { retrying } from "../../lib/retry.js";
import { isRefusal, linkOwner, pinnedLink, type AppPool, type GraphApp } from "../sign-in/app-pool.js";
import type { Auth } from "../sign-in/auth.js";
import { clockError } from "../sign-in/auth-errors.js";
import { bodyHead, foreign, jsonBody } from "./answer-body.js";
import { batched, type BatchAnswer, type BatchRequest } from "./batch.js";
import { chargesOf, downloadCharges, ofApp } from "../pace/charges.js";
import { graphError } from "./error-table.js";
import { createExchange } from "./exchange.js";
import { followPages, pageOf } from "./pages.js";
import { quotaOf } from "../pace/quota.js";
import { SelectFallback } from "./select-fallback.js";

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Type that `$select` is of, so that what the cloud is known to lack of it is not asked for. */
  readonly type?: string;
  /** Governor key of what is read, for example "graph:mailbox:<id>"; further keys follow from the path (`chargesOf`). */
  readonly key?: string;
  /** Application permission that the path needs, for the remedy of a denial (`ClientOptions.permissionName` may name another). */
  readonly permission?: string;
  /** Fewer attempts than usual, where a failure leaves another way to ask. */
  readonly attempts?: number;
  readonly signal: AbortSignal;
}

/** One page of a collection (OData JSON format 4.01 §14): links are followed exactly as given. */
export interface Page<T> {
  readonly value: readonly T[];
  readonly nextLink?: string;
  readonly deltaLink?: string;
}

export interface ByteStream {
  /** Announced length in bytes; absent when the answer is chunked. */
  readonly length: number | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface DownloadOptions extends RequestOptions {
  readonly from?: number;
  readonly size?: number;
}

/** Reads Graph v1.0. Every call is governed and retried; errors are `ExodusError`s of the error table. */
export interface GraphClient {
  readonly root: string;
  get<T>(path: string, options: RequestOptions): Promise<T>;
  /** Several small things in one round trip, each answer by itself; limits count each. */
  batch<T>(requests: readonly BatchRequest[]): Promise<readonly PromiseSettledResult<T>[]>;
  /** `path` may be a nextLink or deltaLink. Ends with the page that has no nextLink. Guards against links that repeat. */
  pages<T>(path: string, options: RequestOptions): AsyncIterable<Page<T>>;
  /** Streams an answer's body; the caller must read it to the end or break. A cut body throws GRAPH_TRUNCATED. */
  bytes<T>(path: string, options: RequestOptions, read: (stream: ByteStream) => Promise<T>): Promise<T>;
  /** Where a redirect leads, without following it; undefined when the answer is not a redirect. */
  location(path: string, options: RequestOptions): Promise<string | undefined>;
  /**
   * Streams from a pre-authenticated address: sends no token to it. `from`: first byte wanted (Range, RFC 9110 §14); `size`: bytes of the whole, of
   * which an answer that announces another length is GRAPH_FOREIGN.
   */
  download(url: string, options: DownloadOptions): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly graphRoot: string;
  readonly pool: AppPool;
  readonly governor: PoolGovernor;
  readonly userAgent: string;
  readonly dispatcher: Dispatcher;
  readonly attempts?: number;
  /** The permission that whoever reads needs, by the one that an application needs; the same when absent. */
  readonly permissionName?: (application: string) => string;
  /** What this cloud lacks, and what it refuses. */
  readonly fallback?: SelectFallback;
}

const ATTEMPTS = 6;

/** One pool of connections for sign-in, Graph and downloads; `ca` = PEM certificates to trust beside the system's, read once: to read them for each connection takes tens of milliseconds. */
export function createDispatcher(ca: string | undefined): Agent {
  return new Agent({
    connect: ca === undefined ? {} : { secureContext: createSecureContext({ ca: [ca, ...rootCertificates] }) }, connections: 64, keepAliveTimeout: 20_000, headersTimeout: 120_000, bodyTimeout: 120_000,
  });
}

/** A request with what only a batch has. */
interface Sent extends RequestOptions {
  readonly body?: object;
  readonly charges?: readonly Charge[];
}

/** Reads a good answer; `app` is the application that asked. */
type Reader<T> = (answer: Response, app: GraphApp) => Promise<T>;

export function createGraphClient(options: ClientOptions): GraphClient {
  const { graphRoot, governor, dispatcher, pool, fallback = new SelectFallback(), permissionName = (application) => application } = options;
  const root = `${graphRoot}/v1.0`;
  const exchange = createExchange(options);

  /** One governed attempt: `read` sees a good answer, everything else is thrown by the error table. */
  const attempt = <T>(link: string, wanted: Sent, read: Reader<T>, redirect: "follow" | "manual"): Promise<T> => {
    const { path, pinned } = linkOwner(link, pool);
    const charges = wanted.charges ?? chargesOf({ ...wanted, path });
    return pool.run({ charges, pinned, permission: wanted.permission, key: wanted.key }, async (apps, chosen) => {
      const permit = await governor.acquireAny(apps.map(({ id }) => ofApp(charges, id)), wanted.signal);
      const app = apps[permit.way] ?? pool.main;
      chosen(app);
      let outcome: Outcome = { ok: false };
      let quota: ReturnType<typeof quotaOf>;
      try {
        const result = await withOwnSignal(wanted.signal, (signal) => authorised(app.auth, async (token) => {
          const answer = await exchange(address(root, path, wanted.query), {
            token, signal, redirect, ...(wanted.headers === undefined ? {} : { headers: wanted.headers }), ...(wanted.body === undefined ? {} : { body: wanted.body }),
          });
          quota = quotaOf(answer.headers);
          const redirected = redirect === "manual" && answer.status >= 300 && answer.status < 400;
          if (!answer.ok && !redirected) {
            throw graphError({ status: answer.status, headers: answer.headers, body: await bodyHead(bytesOf(answer)), path: shortPath(path), permission: permissionName(wanted.permission ?? "-") });
          }
          if (isWebPage(answer.headers)) throw foreign(shortPath(path), await bodyHead(bytesOf(answer)));
          return read(answer, app);
        }));
        outcome = { ok: true };
        return result;
      } catch (thrown) {
        const error = connectionError(thrown, wanted.signal);
        outcome = failedOutcome(error);
        throw error;
      } finally {
        permit.release(quota === undefined ? outcome : { ...outcome, quota });
      }
    });
  };
  const call = <T>(path: string, wanted: Sent, read: Reader<T>, redirect: "follow" | "manual" = "follow"): Promise<T> =>
    fallback.ask(wanted, (asked) => retrying(() => attempt(path, asked, read, redirect), { attempts: wanted.attempts ?? options.attempts ?? ATTEMPTS, signal: wanted.signal }));

  const get = <T>(path: string, wanted: RequestOptions): Promise<T> => call(path, wanted, (answer) => jsonBody<T>(bytesOf(answer), shortPath(path)));
  return {
    root,
    get,
    batch: (requests) => batched(requests, {
      post: (body, charges, wanted) => call("/$batch", { ...wanted, body, charges }, (answer) => jsonBody<BatchAnswer>(bytesOf(answer), "/$batch")),
      single: ({ path, options: alone }) => get(path, alone),
      elsewhere: (error) => pool.apps.length > 1 && isRefusal(error),
      address: ({ path, options: { query } }) => address("", path, query),
    }),
    pages: (path, wanted) => followPages(path, wanted, shortPath(path), (link, page) => call(link, page, async (answer, app) => (
      pageOf(await jsonBody(bytesOf(answer), shortPath(path)), shortPath(path), (next) => pinnedLink(next, app, pool))
    ))),
    bytes: (path, wanted, read) => call(path, wanted, (answer) => read(streamOf(answer, shortPath(path)))),
    location: (path, wanted) => call(path, wanted, async (answer) => {
      await answer.body?.cancel();
      return answer.headers.get("location") ?? undefined;
    }, "manual"),
    download: (url, wanted) => download(options, url, wanted),
    close: () => dispatcher.close(),
  };
}

/** A 401 may be a token that just ran out: one fresh token, then the refusal stands. */
async function authorised<T>(auth: Auth, use: (token: string) => Promise<T>): Promise<T> {
  const token = await auth.token();
  try {
    return await use(token);
  } catch (thrown) {
    if (!isStaleToken(thrown)) throw thrown;
  }
  try {
    return await use(await auth.token(token));
  } catch (thrown) {
    // A fresh token that is refused is one that is not valid yet, when the clocks differ.
    throw (isStaleToken(thrown) ? clockError(auth.driftMs ?? 0, thrown) : undefined) ?? thrown;
  }
}

function isStaleToken(thrown: unknown): boolean {
  return thrown instanceof ExodusError && thrown.code === "GRAPH_TOKEN";
}

/** One attempt: where it breaks off, the caller resumes. The permit is held until the last byte. */
async function* download({ dispatcher, governor, pool, permissionName, userAgent }: ClientOptions, url: string, wanted: DownloadOptions): AsyncIterable<Uint8Array> {
  const from = wanted.from ?? 0;
  const charges = downloadCharges(wanted.key);
  const permit = await governor.acquireAny([ofApp(charges, pool.ownerOf({ charges, pinned: undefined, permission: wanted.permission, key: wanted.key }).id)], wanted.signal);
  let outcome: Outcome = { ok: false };
  try {
    const answer = await undiciRequest(url, { dispatcher, signal: wanted.signal, headers: { "user-agent": userAgent, ...(from > 0 ? { range: `bytes=${from}-` } : {}) } });
    const header = (name: string): string | null => (answer.headers[name] === undefined ? null : String(answer.headers[name]));
    if (answer.statusCode !== 200 && answer.statusCode !== 206) {
      throw graphError({ status: answer.statusCode, headers: { get: header }, body: await bodyHead(answer.body as AsyncIterable<Uint8Array>), path: "download", permission: permissionName?.("Files.Read.All") ?? "Files.Read.All" });
    }
    const whole = wholeLength(answer.statusCode, header);
    if (whole === undefined ? isWebPage({ get: header }) : wanted.size !== undefined && whole !== wanted.size) throw foreign("download", await bodyHead(answer.body as AsyncIterable<Uint8Array>));
    const length = header("content-encoding") === null ? header("content-length") : null;
    const body = measured(answer.body as AsyncIterable<Uint8Array>, length === null ? undefined : Number(length));
    // A server that ignores Range answers 200 from the start.
    yield* skipping(body, answer.statusCode === 200 ? from : 0);
    outcome = { ok: true };
  } catch (thrown) {
    const error = connectionError(thrown, wanted.signal);
    outcome = failedOutcome(error);
    throw error;
  } finally {
    permit.release(outcome);
  }
}

/** @throws ExodusError GRAPH_TRUNCATED for a body that stops short of its announced length. */
async function* measured(bytes: AsyncIterable<Uint8Array>, length: number | undefined): AsyncIterable<Uint8Array> {
  let seen = 0;
  for await (const chunk of bytes) {
    seen += chunk.length;
    yield chunk;
  }
  if (length !== undefined && seen < length) throw new ExodusError("GRAPH_TRUNCATED", { params: { path: "download" } });
}

/** Bytes of the whole that an answer belongs to; undefined when it does not say so. */
function wholeLength(status: number, header: (name: string) => string | null): number | undefined {
  const text = status === 206 ? /\/(\d+)$/.exec(header("content-range") ?? "")?.[1] : header("content-encoding") === null ? header("content-length") : null;
  return text === undefined || text === null ? undefined : Number(text);
}

async function* skipping(bytes: AsyncIterable<Uint8Array>, count: number): AsyncIterable<Uint8Array> {
  let left = count;
  for await (const chunk of bytes) {
    if (left >= chunk.length) left -= chunk.length;
    else {
      yield left === 0 ? chunk : chunk.subarray(left);
      left = 0;
    }
  }
}

function streamOf(answer: Response, path: string): ByteStream {
  const header = answer.headers.get("content-length");
  const length = header === null ? undefined : Number(header);
  return { length, bytes: wholeBody(answer, length, path) };
}

async function* wholeBody(answer: Response, length: number | undefined, path: string): AsyncIterable<Uint8Array> {
  let seen = 0;
  for await (const chunk of bytesOf(answer) ?? []) {
    seen += chunk.length;
    yield chunk;
  }
  // A compressed answer's length is that of its coded form.
  if (length !== undefined && seen !== length && answer.headers.get("content-encoding") === null) throw new ExodusError("GRAPH_TRUNCATED", { params: { path } });
}

/** The library declares the browser's stream, which is no iterable there; Node's is. */
function bytesOf({ body }: Response): AsyncIterable<Uint8Array> | null {
  return body as unknown as AsyncIterable<Uint8Array> | null;
}

/** Graph names each of its answers ("request-id"; concepts/best-practices-concept, "Reliability and support"): a page without that is a proxy's, whatever its status. */
function isWebPage(headers: { get(name: string): string | null }): boolean {
  return /^text\/html\b/i.test(headers.get("content-type") ?? "") && headers.get("request-id") === null;
}

function failedOutcome({ errorClass, retryAfterMs }: ExodusError): Outcome {
  return { ok: false, throttled: errorClass === "throttled", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function connectionError(thrown: unknown, signal: AbortSignal): ExodusError {
  if (thrown instanceof ExodusError) return thrown;
  if (signal.aborted) return new ExodusError("INTERRUPTED", { cause: thrown });
  const cause = (thrown as { cause?: { code?: string; message?: string } }).cause;
  const reason = cause?.code ?? cause?.message ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return new ExodusError("GRAPH_CONNECTION", { params: { reason }, cause: thrown });
}

function address(root: string, path: string, query: RequestOptions["query"]): string {
  const url = path.startsWith("https://") ? path : `${root}${path}`;
  if (query === undefined) return url;
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  return `${url}${url.includes("?") ? "&" : "?"}${text}`;
}

/** Path for messages: no host, no query, identifiers cut short. */
function shortPath(path: string): string {
  const { pathname } = new URL(path, "https://graph.invalid");
  return pathname.replace(/^\/v1\.0/, "").split("/").map((part) => (part.length > 40 ? `${part.slice(0, 12)}…` : part)).join("/");
}
