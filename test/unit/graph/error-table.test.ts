import { describe, expect, it } from "@jest/globals";
import { graphError } from "../../../src/graph/client/error-table.js";
import { retryAfterMs } from "../../../src/lib/backoff.js";

const NOW = Date.parse("2026-11-24T00:00:00Z");
const answer = (status: number, code: string, headers: Record<string, string> = {}) => graphError({
  status, path: "/users/a/messages", permission: "Mail.Read", headers: { get: (name) => headers[name] ?? null },
  body: code === "" ? "<html>proxy</html>" : JSON.stringify({ error: { code, message: "m" } }),
}, NOW);

describe("Graph's errors, row by row", () => {
  it.each([
    [401, "InvalidAuthenticationToken", "GRAPH_TOKEN", "fatal-config"],
    [403, "ErrorAccessDenied", "GRAPH_CONSENT", "permanent-container"],
    [403, "Authorization_RequestDenied", "GRAPH_CONSENT", "permanent-container"],
    [403, "accessDenied", "GRAPH_CONSENT", "permanent-container"],
    [403, "", "GRAPH_CONSENT", "permanent-container"],
    [404, "MailboxNotEnabledForRESTAPI", "GRAPH_NO_MAILBOX", "permanent-container"],
    [404, "ResourceNotFound", "GRAPH_NO_MAILBOX", "permanent-container"],
    [404, "ErrorItemNotFound", "GRAPH_NOT_FOUND", "permanent-item"],
    [404, "itemNotFound", "GRAPH_NOT_FOUND", "permanent-item"],
    [410, "resyncRequired", "GRAPH_DELTA_EXPIRED", "permanent-container"],
    [410, "SyncStateNotFound", "GRAPH_DELTA_EXPIRED", "permanent-container"],
    [400, "SyncStateInvalid", "GRAPH_DELTA_EXPIRED", "permanent-container"],
    [423, "resourceLocked", "GRAPH_LOCKED", "permanent-container"],
    [403, "notAllowed", "GRAPH_LOCKED", "permanent-container"],
    [429, "TooManyRequests", "GRAPH_THROTTLED", "throttled"],
    [429, "ApplicationThrottled", "GRAPH_THROTTLED", "throttled"],
    [503, "serviceNotAvailable", "GRAPH_THROTTLED", "throttled"],
    [504, "timeout", "GRAPH_THROTTLED", "throttled"],
    [509, "activityLimitReached", "GRAPH_THROTTLED", "throttled"],
    [500, "generalException", "GRAPH_PASSING", "retryable"],
    [502, "", "GRAPH_PASSING", "retryable"],
    [500, "ErrorContentConversionFailed", "GRAPH_REFUSED", "permanent-item"],
    [403, "ErrorQuotaExceeded", "GRAPH_MAILBOX_FULL", "permanent-container"],
    [400, "ErrorInvalidRequest", "GRAPH_REFUSED", "permanent-item"],
  ])("%i %s is %s (%s)", (status, code, becomes, errorClass) => {
    expect(answer(status, code)).toMatchObject({ code: becomes, errorClass });
  });

  it("tells OneNote's refusal of applications from that of a bad token", () => {
    const refused = (message: string) => graphError({ status: 401, path: "/onenote", permission: "-", headers: { get: () => null }, body: JSON.stringify({ error: { code: "40001", message } }) }, NOW).code;
    expect([refused("this API will no longer support app-only tokens"), refused("The request does not contain a valid authentication token.")]).toEqual(["GRAPH_APPLICATION", "GRAPH_TOKEN"]);
  });

  it("keeps the request id and the permission that is missing", () => {
    const error = answer(403, "ErrorAccessDenied", { "request-id": "abc-123" });
    expect([error.describe("en"), error.remedy("fr")]).toEqual([expect.stringContaining("abc-123"), expect.stringContaining("Mail.Read")]);
  });

  it("reads Retry-After as seconds, as zero, as a date, and as nothing", () => {
    expect([answer(429, "x", { "retry-after": "7" }), answer(429, "x", { "retry-after": "0" })].map((error) => error.retryAfterMs)).toEqual([7_000, 0]);
    expect(retryAfterMs("Tue, 24 Nov 2026 00:00:09 GMT", NOW)).toBe(9_000);
    expect(retryAfterMs("Mon, 23 Nov 2026 00:00:00 GMT", NOW)).toBe(0);
    expect([retryAfterMs(null, NOW), retryAfterMs("", NOW), retryAfterMs("soon", NOW)]).toEqual([undefined, undefined, undefined]);
  });
});
