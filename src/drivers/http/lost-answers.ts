import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { CERTIFICATE_CODES } from "../../lib/certificate-codes.js";
import type { CodesByStatus } from "./refusal-codes.js";

/** Codes of Node and undici for a connection that was never made; others may come once the request has left. */
const UNSENT: ReadonlySet<string> = new Set([...CERTIFICATE_CODES, "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT", "ERR_SSL_WRONG_VERSION_NUMBER"]);
/** Of a request that may have arrived. */
const LOST: readonly ErrorCode[] = ["TARGET_CONNECTION", "TARGET_SILENT", "TARGET_UNREACHABLE"];

/** By which a server says that it did nothing (RFC 9110 sections 15.5.9 and 15.6.4). */
export const UNDONE: CodesByStatus = { 408: "TARGET_PASSING", 503: "TARGET_PASSING" };
/** A connection that was kept may be closed by the other side just as it is used: whether the request arrived would not be known. */
export const OWN_CONNECTION = { connection: "close" } as const;

/** Whether what `HttpClient.send` throws is an answer that was lost: the request may have been taken all the same. */
export function mayHaveArrived(thrown: unknown): thrown is ExodusError {
  return thrown instanceof ExodusError && LOST.includes(thrown.code) && !isUnsent(thrown.cause);
}

/** Whether an answer of that status leaves open what was done. */
export function leavesOpen(status: number): boolean {
  return status >= 500 && UNDONE[status] === undefined;
}

function isUnsent(cause: unknown): boolean {
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException;
  return syscall === "connect" || syscall === "getaddrinfo" || UNSENT.has(code ?? "");
}
