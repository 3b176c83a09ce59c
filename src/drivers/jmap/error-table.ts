import { ExodusError, type ErrorDetail } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { retryAfterMs } from "../../lib/backoff.js";
import type { HttpPlace } from "../http/errors.js";
import { refusalCode, type CodesByStatus } from "../http/refusal-codes.js";

/** What a server answered instead of doing what it was asked: names of the protocol only, never the server's own sentence, which may quote content. */
export interface JmapRefusal {
  /** HTTP method and what for, or the name of the JMAP method. */
  readonly what: string;
  /** Error type: of the whole request (RFC 8620 §3.6.1, without its common beginning), of a method (§3.6.2) or of one object (§5.3). */
  readonly type?: string | undefined;
  /** Of a request that is over a limit (`limit`), or of an object whose properties are wrong. */
  readonly names?: readonly string[];
  /** Of an HTTP answer. */
  readonly status?: number;
  readonly retryAfter?: string | undefined;
}

/** RFC 8620 §3.6.1, §3.6.2, §5.3, §5.4; RFC 8621 §2.5, §4.6 to §4.8. The type weighs more than the status. */
const BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  unknownCapability: "TARGET_UNREACHABLE",
  rateLimit: "TARGET_THROTTLED",
  serverUnavailable: "TARGET_PASSING",
  serverFail: "TARGET_PASSING",
  serverPartialFail: "TARGET_PASSING",
  stateMismatch: "TARGET_PASSING",
  willDestroy: "TARGET_PASSING",
  forbidden: "TARGET_DENIED",
  accountReadOnly: "TARGET_DENIED",
  accountNotFound: "TARGET_NOT_DELEGATED",
  accountNotSupportedByMethod: "TARGET_NOT_DELEGATED",
  fromAccountNotFound: "TARGET_NOT_DELEGATED",
  overQuota: "TARGET_QUOTA_FULL",
};
/** Of the session resource it is told elsewhere (`client.ts`): no container is asked for by an address. */
const OWN: CodesByStatus = { 404: "TARGET_REFUSED_ITEM" };
/** Limits that are of the moment (RFC 8620 §2, §3.6.1): the same request passes later. */
const PASSING_LIMITS = new Set(["maxConcurrentRequests", "maxConcurrentUpload"]);

/** Who signs in, and what a refusal of the sign-in is called; the account itself with a wrong password when absent. */
export interface JmapPlace extends HttpPlace {
  readonly user?: string;
  readonly refused?: ErrorCode;
}

/** A refusal that no table names is the item's. */
export function refusalError({ what, type, names = [], status, retryAfter }: JmapRefusal, { target, account, user = account, refused = "TARGET_CREDENTIAL" }: JmapPlace): ExodusError {
  const wait = retryAfterMs(retryAfter, Date.now());
  const reason = [status === undefined ? what : `${what}: HTTP ${status}`, type, ...names].filter((part) => part !== undefined).join(", ");
  const detail: ErrorDetail = { params: { target, account, user, reason }, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  return new ExodusError(status === 401 ? refused : codeOf({ type, names, status, asked: wait !== undefined }), detail);
}

function codeOf({ type, names, status, asked }: { type: string | undefined; names: readonly string[]; status: number | undefined; asked: boolean }): ErrorCode {
  if (type === "limit" && names.some((name) => PASSING_LIMITS.has(name))) return "TARGET_THROTTLED";
  const named = type === undefined ? undefined : BY_TYPE[type];
  return named ?? (status === undefined ? "TARGET_REFUSED_ITEM" : refusalCode(status, { own: OWN, asksToWait: asked }));
}
