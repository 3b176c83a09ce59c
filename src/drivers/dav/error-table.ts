import { ExodusError, type ErrorDetail } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import { retryAfterMs } from "../../lib/backoff.js";
import type { HttpPlace } from "../http/errors.js";
import { refusalCode, type CodesByStatus } from "../http/refusal-codes.js";

/** What a status means for a resource; RFC 9110 section 15 and RFC 4918 section 11 unless said otherwise. */
const OWN: CodesByStatus = {
  // PUT, MKCOL, MOVE below a collection that is not there (RFC 4918 sections 9.3.1, 9.7.1, 9.9.4).
  409: "TARGET_CONTAINER_MISSING",
  // Somebody else changed it between our reading and our writing: reading again settles it.
  412: "TARGET_PASSING",
  423: "TARGET_PASSING",
  425: "TARGET_PASSING",
};
/** Preconditions named in an error body that weigh more than their status (usually 403 or 409). */
const BY_CONDITION: Readonly<Record<string, ErrorCode>> = {
  // RFC 4331 section 6.
  "{DAV:}quota-not-exceeded": "TARGET_QUOTA_FULL",
  "{DAV:}sufficient-disk-space": "TARGET_QUOTA_FULL",
  // RFC 4791 section 5.3.2.1, RFC 6352 section 6.3.2.1: the resource itself is refused.
  "{urn:ietf:params:xml:ns:caldav}supported-calendar-data": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}valid-calendar-data": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}valid-calendar-object-resource": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}supported-calendar-component": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}no-uid-conflict": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}max-resource-size": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}min-date-time": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}max-date-time": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}max-instances": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:caldav}max-attendees-per-instance": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:carddav}supported-address-data": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:carddav}valid-address-data": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:carddav}no-uid-conflict": "TARGET_REFUSED_ITEM",
  "{urn:ietf:params:xml:ns:carddav}max-resource-size": "TARGET_REFUSED_ITEM",
};
/** Methods that make or move containers: a refusal concerns the container. */
const CONTAINER_METHODS = new Set(["MKCOL", "MKCALENDAR"]);

/** What the server answered; `conditions` are the children of its `DAV:error` body (RFC 4918 section 16), by Clark name. */
export interface Refusal {
  readonly method: string;
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly conditions: readonly string[];
  /** `DAV:responsedescription` (RFC 4918 section 14.25). */
  readonly description?: string | undefined;
}

/** Who speaks to whom, and how they signed in (RFC 7617, RFC 6750). */
export interface SignedInPlace extends HttpPlace {
  readonly user: string;
  readonly scheme: Scheme;
}

export const SCHEMES = ["basic", "bearer"] as const;
export type Scheme = (typeof SCHEMES)[number];

/** Names method, status and condition; never the address, which holds names of files. */
export function refusalError(refusal: Refusal, { target, account, user, scheme }: SignedInPlace): ExodusError {
  const { method, status, retryAfter, conditions, description = "" } = refusal;
  const named = conditions.map((condition) => BY_CONDITION[condition]).find((code) => code !== undefined);
  const wait = retryAfterMs(retryAfter, Date.now());
  const reason = [`${method}: HTTP ${status}`, ...conditions.map((condition) => condition.replace(/^\{.*\}/, "")), ...(sayable(description) ? [description] : [])].join(", ");
  const detail: ErrorDetail = { params: { target, account, user, reason }, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  if (status === 401) return new ExodusError(signInCode({ account, user, scheme }), detail);
  return new ExodusError(named ?? byStatus(method, status, wait !== undefined), detail);
}

/** Some servers put the address of the resource there. */
function sayable(description: string): boolean {
  return description !== "" && description.length <= 200 && !description.includes("/");
}

function signInCode({ account, user, scheme }: Omit<SignedInPlace, "target">): ErrorCode {
  if (scheme === "bearer") return "TARGET_TOKEN";
  return user === account || user === "" ? "TARGET_CREDENTIAL" : "TARGET_DELEGATION";
}

function byStatus(method: string, status: number, asksToWait: boolean): ErrorCode {
  if (CONTAINER_METHODS.has(method) && [403, 405, 409, 415, 422].includes(status)) return "TARGET_CONTAINER_REFUSED";
  return refusalCode(status, { own: OWN, asksToWait });
}
