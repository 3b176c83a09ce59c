import type { ErrorCode } from "../../core/errors/catalog.js";

export type CodesByStatus = Readonly<Record<number, ErrorCode>>;

/** What a status says where the server's own protocol says nothing else (RFC 9110 section 15; 429: RFC 6585; 507: RFC 4918). */
const BY_STATUS: CodesByStatus = {
  401: "TARGET_CREDENTIAL", 403: "TARGET_DENIED", 404: "TARGET_CONTAINER_MISSING", 408: "TARGET_PASSING", 429: "TARGET_THROTTLED", 507: "TARGET_QUOTA_FULL",
};

/** Of a status that is no success. `own`: what the server's own protocol says; `asksToWait`: with Retry-After, 503 is no outage but a request to slow down (RFC 9110 section 15.6.4). */
export function refusalCode(status: number, { own = {}, asksToWait = false }: { readonly own?: CodesByStatus; readonly asksToWait?: boolean } = {}): ErrorCode {
  if (status === 503 && asksToWait) return "TARGET_THROTTLED";
  return own[status] ?? BY_STATUS[status] ?? (status >= 500 ? "TARGET_PASSING" : "TARGET_REFUSED_ITEM");
}
