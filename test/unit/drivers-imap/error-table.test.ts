import { describe, expect, it } from "@jest/globals";
import { ExodusError } from "../../../src/core/errors.js";
import { imapError } from "../../../src/drivers/imap/error-table.js";
import { formatRef, parseRef } from "../../../src/drivers/imap/ref.js";

const place = { target: "mairie", account: "zoe" };
const no = (serverResponseCode?: string, more: object = {}): Error => Object.assign(new Error("Command failed"), { responseStatus: "NO", responseText: "refused", serverResponseCode, ...more });

describe("imapError", () => {
  it.each([
    [no("OVERQUOTA"), "TARGET_QUOTA_FULL", "permanent-container"],
    [no("overquota"), "TARGET_QUOTA_FULL", "permanent-container"],
    [no("LIMIT"), "TARGET_THROTTLED", "throttled"],
    [no("INUSE"), "TARGET_THROTTLED", "throttled"],
    [no("TRYCREATE"), "TARGET_CONTAINER_MISSING", "permanent-container"],
    [no("UNAVAILABLE"), "TARGET_PASSING", "retryable"],
    [no("AUTHENTICATIONFAILED", { authenticationFailed: true }), "TARGET_CREDENTIAL", "permanent-container"],
    [no(undefined, { authenticationFailed: true }), "TARGET_CREDENTIAL", "permanent-container"],
    [no("UNAVAILABLE", { authenticationFailed: true }), "TARGET_PASSING", "retryable"],
    [no("NOPERM"), "TARGET_DENIED", "permanent-container"],
    [no("TOOBIG"), "ITEM_TOO_LARGE", "permanent-item"],
    [no("CANNOT"), "TARGET_REFUSED_ITEM", "permanent-item"],
    [no(), "TARGET_REFUSED_ITEM", "permanent-item"],
    [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "TARGET_UNREACHABLE", "fatal-config"],
    [Object.assign(new Error("x"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), "TARGET_UNREACHABLE", "fatal-config"],
    [Object.assign(new Error("x"), { code: "ECONNRESET" }), "TARGET_CONNECTION", "retryable"],
    [Object.assign(new Error("x"), { code: "NoConnection" }), "TARGET_CONNECTION", "retryable"],
    [Object.assign(new Error("x"), { code: "ETHROTTLE", throttleReset: 5_000 }), "TARGET_THROTTLED", "throttled"],
    [new Error("strange"), "TARGET_PASSING", "retryable"],
  ])("%#: %s is %s, %s", (thrown, code, errorClass) => {
    const error = imapError(thrown, place);
    expect([error.code, error.errorClass]).toEqual([code, errorClass]);
  });

  it("hands on the wait that the server asked for, and errors that are ours", () => {
    expect(imapError(Object.assign(new Error("x"), { code: "ETHROTTLE", throttleReset: 5_000 }), place).retryAfterMs).toBe(5_000);
    const ours = new ExodusError("TARGET_MAIL_NUL", { params: place });
    expect(imapError(ours, place)).toBe(ours);
  });

  it("fills every place of its sentences", () => {
    expect(imapError(no("OVERQUOTA"), place).describe("fr")).not.toMatch(/[{}]/);
    expect(imapError(no("TOOBIG"), { ...place, size: 10, limit: 5 }).message).toContain("10");
  });
});

describe("message references", () => {
  it("go there and back, and nothing else passes", () => {
    expect(parseRef(formatRef({ uidValidity: 4294967295n, uid: 7 }))).toEqual({ uidValidity: 4294967295n, uid: 7 });
    for (const text of ["", "1", "1.2.3", "a.b", "1.*", "1:2"]) expect(parseRef(text)).toBeUndefined();
  });
});
