import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { CERTIFICATE_CODES } from "../../lib/certificate-codes.js";
import type { Status } from "./response.js";

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

/** Node's codes of a connection that could not be made; all others broke one that stood. */
const UNREACHABLE = new Set([
  ...CERTIFICATE_CODES, "ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "NO_GREETING", "NO_STARTTLS", "STARTTLS_INJECTION",
]);

export interface ErrorPlace {
  readonly target: string;
  readonly account: string;
  /** Who signs in. */
  readonly user?: string;
}

/** A refusal in the catalogue's terms; `otherwise` when its code tells nothing. The server's words are bounded; they name scripts and lines, never a message. */
export function refusal({ word, code, args, text }: Status, place: ErrorPlace, otherwise: ErrorCode): ExodusError {
  const named = BY_CODE[code?.split("/", 1)[0] ?? ""];
  const reason = `${code === undefined ? "" : `(${[code, ...args].join(" ")}) `}${text}`.slice(0, 300);
  return new ExodusError(named ?? (word === "BYE" ? "TARGET_CONNECTION" : otherwise), { params: { ...place, user: place.user ?? place.account, reason, offered: "-", mechanism: "PLAIN" } });
}

/** What a socket threw. */
export function socketError(thrown: unknown, { target, account }: ErrorPlace): ExodusError {
  if (thrown instanceof ExodusError) return thrown;
  const { code, message } = thrown as NodeJS.ErrnoException;
  return new ExodusError(UNREACHABLE.has(code ?? "") ? "TARGET_UNREACHABLE" : "TARGET_CONNECTION", { params: { target, account, reason: (code ?? message).slice(0, 300) }, cause: thrown });
}
