import type { ErrorCode } from "../../core/errors/catalog.js";

/** What a status says where the server's own protocol says nothing else (RFC 9110 section 15; 429: RFC 6585; 507: RFC 4918). */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "TARGET_CREDENTIAL", 403: "TARGET_DENIED", 404: "TARGET_CONTAINER_MISSING", 408: "TARGET_PASSING", 429: "TARGET_THROTTLED", 507: "TARGET_QUOTA_FULL",
};

/** Of a status that is no success. */
export function refusalCode(status: number): ErrorCode {
  return BY_STATUS[status] ?? (status >= 500 ? "TARGET_PASSING" : "TARGET_REFUSED_ITEM");
}
