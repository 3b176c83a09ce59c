import { ExodusError, type ErrorDetail } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { retryAfterMs } from "../../lib/backoff.js";
import type { HttpPlace } from "../http/errors.js";
import { refusalCode, type CodesByStatus } from "../http/refusal-codes.js";

/** What the server answered: `errcode` of the standard error body (Matrix client-server API, "Standard error response"). */
export interface MatrixRefusal {
  readonly method: string;
  readonly status: number;
  readonly errcode: string | undefined;
  readonly retryAfter: string | undefined;
  /** Deprecated in favour of the header (v1.10), and still all that older servers send. */
  readonly retryAfterMs: number | undefined;
}

/** Matrix client-server API, "Common error codes" and "Other error codes"; the code weighs more than the status. */
const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  M_UNKNOWN_TOKEN: "TARGET_AS_TOKEN",
  M_MISSING_TOKEN: "TARGET_AS_TOKEN",
  M_USER_DEACTIVATED: "TARGET_ACCOUNT_CLOSED",
  M_USER_SUSPENDED: "TARGET_ACCOUNT_CLOSED",
  M_USER_LOCKED: "TARGET_ACCOUNT_CLOSED",
  M_LIMIT_EXCEEDED: "TARGET_THROTTLED",
  // Outside of the namespaces of the registration (application service API, "Server admin style permissions").
  M_EXCLUSIVE: "TARGET_NAMESPACE",
  M_FORBIDDEN: "TARGET_DENIED",
  M_GUEST_ACCESS_FORBIDDEN: "TARGET_DENIED",
  M_TOO_LARGE: "TARGET_REFUSED_ITEM",
  M_BAD_JSON: "TARGET_REFUSED_ITEM",
  M_RESOURCE_LIMIT_EXCEEDED: "TARGET_QUOTA_FULL",
  M_UNSUPPORTED_ROOM_VERSION: "TARGET_ROOM_VERSION",
};
const OWN: CodesByStatus = { 401: "TARGET_AS_TOKEN", 409: "TARGET_PASSING" };

/** Names method, status and code; never the address, which holds names of rooms, nor the server's sentence. */
export function refusalError({ method, status, errcode, retryAfter, retryAfterMs: told }: MatrixRefusal, { target, account }: HttpPlace): ExodusError {
  const wait = retryAfterMs(retryAfter, Date.now()) ?? told;
  const detail: ErrorDetail = { params: { target, account, reason: [`${method}: HTTP ${status}`, errcode].filter((part) => part !== undefined).join(", ") }, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  const code = (errcode === undefined ? undefined : BY_CODE[errcode]) ?? refusalCode(status, { own: OWN, asksToWait: wait !== undefined });
  return new ExodusError(code, detail);
}
