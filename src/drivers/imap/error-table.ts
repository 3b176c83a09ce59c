import type { ImapFlowError } from "imapflow";
import { ExodusError, type ErrorDetail } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { CERTIFICATE_CODES } from "../../lib/certificate-codes.js";

/** Response codes of a NO or BAD (RFC 5530 unless said otherwise). */
const BY_RESPONSE_CODE: Readonly<Record<string, ErrorCode>> = {
  OVERQUOTA: "TARGET_QUOTA_FULL",
  AUTHENTICATIONFAILED: "TARGET_CREDENTIAL",
  AUTHORIZATIONFAILED: "TARGET_CREDENTIAL",
  EXPIRED: "TARGET_CREDENTIAL",
  PRIVACYREQUIRED: "TARGET_UNREACHABLE",
  CONTACTADMIN: "TARGET_DENIED",
  NOPERM: "TARGET_DENIED",
  // RFC 3501 §7.1.
  "READ-ONLY": "TARGET_DENIED",
  LIMIT: "TARGET_THROTTLED",
  INUSE: "TARGET_THROTTLED",
  UNAVAILABLE: "TARGET_PASSING",
  SERVERBUG: "TARGET_PASSING",
  CORRUPTION: "TARGET_PASSING",
  EXPUNGEISSUED: "TARGET_PASSING",
  // RFC 3501 §6.3.11: APPEND to a mailbox that does not exist.
  TRYCREATE: "TARGET_CONTAINER_MISSING",
  NONEXISTENT: "TARGET_CONTAINER_MISSING",
  // RFC 7889 §5 names TOOBIG (RFC 4469); APPENDLIMIT is the client library's own, raised before sending.
  TOOBIG: "ITEM_TOO_LARGE",
  APPENDLIMIT: "ITEM_TOO_LARGE",
};

/** Codes of the library (imapflow, `ImapFlowErrorCode`) and of Node for a connection that could not be made. */
const UNREACHABLE = new Set([
  ...CERTIFICATE_CODES, "ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "CONNECT_TIMEOUT", "GREETING_TIMEOUT", "UPGRADE_TIMEOUT", "STARTTLS_INJECTION",
]);
/** The same for one that broke: the command may or may not have been carried out. */
const BROKEN = new Set([
  "NoConnection", "EConnectionClosed", "StateLogout", "ClosedAfterConnectText", "ClosedAfterConnectTLS", "ETIMEOUT", "ETIMEDOUT", "ECONNRESET",
  "EPIPE", "EAI_AGAIN", "DownloadIncomplete", "LockTimeout",
]);

export interface ErrorPlace {
  /** Name of the target, for the message. */
  readonly target: string;
  readonly account: string;
  /** Size of the message being sent, in bytes. */
  readonly size?: number;
  readonly limit?: number;
  /** Who signs in, and what a refusal of the sign-in is called; a wrong password when absent. */
  readonly user?: string;
  readonly refused?: ErrorCode;
}

/** Turns whatever imapflow threw into the catalogue's terms. A refusal that no table names is the item's. */
export function imapError(thrown: unknown, place: ErrorPlace): ExodusError {
  if (thrown instanceof ExodusError) return thrown;
  const error = thrown as ImapFlowError;
  const named = BY_RESPONSE_CODE[error.serverResponseCode?.toUpperCase() ?? ""];
  const code = error.authenticationFailed === true ? signInCode(named, place.refused) : named ?? byConnection(error);
  const detail: ErrorDetail = {
    params: { target: place.target, account: place.account, user: place.user ?? place.account, reason: reasonOf(error), size: place.size ?? 0, limit: place.limit ?? 0 }, cause: thrown,
  };
  return new ExodusError(code, error.throttleReset === undefined ? detail : { ...detail, retryAfterMs: error.throttleReset });
}

/** A sign-in may also fail in passing (UNAVAILABLE, LIMIT): then the credential is not at fault. */
function signInCode(named: ErrorCode | undefined, refused: ErrorCode = "TARGET_CREDENTIAL"): ErrorCode {
  return named === undefined || named === "TARGET_CREDENTIAL" ? refused : named;
}

function byConnection(error: ImapFlowError): ErrorCode {
  const code = error.code ?? "";
  if (code === "ETHROTTLE") return "TARGET_THROTTLED";
  if (error.tlsFailed === true || UNREACHABLE.has(code)) return "TARGET_UNREACHABLE";
  if (BROKEN.has(code)) return "TARGET_CONNECTION";
  if (error.mailboxMissing === true) return "TARGET_CONTAINER_MISSING";
  return error.responseStatus === undefined ? "TARGET_PASSING" : "TARGET_REFUSED_ITEM";
}

/** The server's own words, bounded; they name mailboxes at most, never the message. */
function reasonOf(error: ImapFlowError): string {
  const text = error.responseText ?? error.code ?? error.message;
  const code = error.serverResponseCode === undefined ? "" : `[${error.serverResponseCode}] `;
  // RFC 7628 section 3.2.2: "invalid_token" and the like.
  const { status } = (error as { readonly oauthError?: { readonly status?: unknown } }).oauthError ?? {};
  return `${code}${text}${typeof status === "string" ? ` (${status})` : ""}`.slice(0, 300);
}
