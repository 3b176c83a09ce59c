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

/** A request that got no answer. `answered`: the server spoke to us before, so a refused connection is a restart and not a wrong address. */
export function connectionError(thrown: unknown, { target, account }: HttpPlace, answered: boolean): ExodusError {
  if (thrown instanceof ExodusError) return thrown;
  const code = String((thrown as NodeJS.ErrnoException).code ?? (thrown as Error).name);
  const lost = NO_WAY.has(code) || (code === "ECONNREFUSED" && !answered);
  return new ExodusError(lost ? "TARGET_UNREACHABLE" : "TARGET_CONNECTION", { params: { target, account, reason: code }, cause: thrown });
}
