import { ExodusError } from "../../core/errors.js";
import { CERTIFICATE_CODES } from "../../lib/certificate-codes.js";

/** Where a request went, for messages. */
export interface HttpPlace {
  /** Name of the target. */
  readonly target: string;
  readonly account: string;
}

/** Codes of Node and undici for a connection that could not be made at all. */
const NO_WAY = new Set([
  ...CERTIFICATE_CODES, "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT", "ERR_SSL_WRONG_VERSION_NUMBER", "EPROTO",
]);

/** Codes of undici for a server that says nothing to a request that it has, and for one that stops within its answer. */
export const NO_ANSWER = "UND_ERR_HEADERS_TIMEOUT";
export const ANSWER_STOPPED = "UND_ERR_BODY_TIMEOUT";

export interface Waited {
  /** The server spoke to us before, so a refused connection is a restart and not a wrong address. */
  readonly answered: boolean;
  /** How long it was waited for, in milliseconds. */
  readonly silences: Readonly<Record<typeof NO_ANSWER | typeof ANSWER_STOPPED, number>>;
}

/** A request that got no answer, or no whole one. */
export function connectionError(thrown: unknown, { target, account }: HttpPlace, { answered, silences }: Waited): ExodusError {
  if (thrown instanceof ExodusError) return thrown;
  const code = String((thrown as NodeJS.ErrnoException).code ?? (thrown as Error).name);
  if (code === NO_ANSWER || code === ANSWER_STOPPED) return new ExodusError("TARGET_SILENT", { params: { target, account, seconds: Math.round(silences[code] / 1_000) }, cause: thrown });
  const lost = NO_WAY.has(code) || (code === "ECONNREFUSED" && !answered);
  return new ExodusError(lost ? "TARGET_UNREACHABLE" : "TARGET_CONNECTION", { params: { target, account, reason: code }, cause: thrown });
}
