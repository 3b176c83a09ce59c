import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { CERTIFICATE_CODES } from "../../lib/certificate-codes.js";
import type { Status } from "./response.js";
import { NO_ANSWER, TIMEOUT_MS } from "./wire.js";

/** Response codes (RFC 5804 section 1.3), by what stands before the slash. */
const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  QUOTA: "TARGET_QUOTA_FULL",
  TRYLATER: "TARGET_THROTTLED",
  "ENCRYPT-NEEDED": "TARGET_MECHANISM",
  "AUTH-TOO-WEAK": "TARGET_MECHANISM",
  "TRANSITION-NEEDED": "TARGET_CREDENTIAL",
  REFERRAL: "TARGET_UNREACHABLE",
  NONEXISTENT: "TARGET_CONTAINER_MISSING",
};

/** James has no response code for it: a command, with its script, is one line to it (apache/james-project 19fd2ec1, ManageSieveServerFactory: 8,000 characters). */
const TOO_LONG = /line length exceeded/i;

/** Node's codes of a connection that could not be made; all others broke one that stood. */
const UNREACHABLE = new Set([
  ...CERTIFICATE_CODES, "ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "NO_GREETING", "NO_STARTTLS", "STARTTLS_INJECTION",
]);

export interface ErrorPlace {
  readonly target: string;
  readonly account: string;
  /** Who signs in. */
  readonly user?: string;
  /** How long an answer was waited for. */
  readonly timeoutMs?: number;
}

/** A refusal in the catalogue's terms; `otherwise` when its code tells nothing. The server's words are bounded; they name scripts and lines, never a message. */
export function refusal({ word, code, args, text }: Status, place: ErrorPlace, otherwise: ErrorCode): ExodusError {
  const named = BY_CODE[code?.split("/", 1)[0] ?? ""] ?? (TOO_LONG.test(text) ? "TARGET_SCRIPT_LONG" : undefined);
  const reason = `${code === undefined ? "" : `(${[code, ...args].join(" ")}) `}${text}`.slice(0, 300);
  return new ExodusError(named ?? (word === "BYE" ? "TARGET_CONNECTION" : otherwise), { params: { ...place, user: place.user ?? place.account, reason, offered: "-", mechanism: "PLAIN" } });
}

/** What a socket threw. */
export function socketError(thrown: unknown, { target, account, timeoutMs = TIMEOUT_MS }: ErrorPlace): ExodusError {
  if (thrown instanceof ExodusError) return thrown;
  // What no server of this protocol says.
  if (thrown instanceof RangeError && !("code" in thrown)) return new ExodusError("TARGET_PASSING", { params: { target, account, reason: `RFC 5804: ${thrown.message}` }, cause: thrown });
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === NO_ANSWER) return new ExodusError("TARGET_SILENT", { params: { target, account, seconds: Math.round(timeoutMs / 1_000) }, cause: thrown });
  return new ExodusError(UNREACHABLE.has(code ?? "") ? "TARGET_UNREACHABLE" : "TARGET_CONNECTION", { params: { target, account, reason: (code ?? message).slice(0, 300) }, cause: thrown });
}
