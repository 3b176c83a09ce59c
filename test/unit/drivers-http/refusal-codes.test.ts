import { describe, expect, it } from "@jest/globals";
import { refusalError as cozyRefusal } from "../../../src/drivers/cozy/error-table.js";
import { refusalCode } from "../../../src/drivers/http/refusal-codes.js";
import { refusalError as matrixRefusal } from "../../../src/drivers/matrix/error-table.js";

const PLACE = { target: "cible", account: "zoe", instance: "zoe.localhost" };

describe("what a status means", () => {
  it.each([[401, "TARGET_CREDENTIAL"], [403, "TARGET_DENIED"], [404, "TARGET_CONTAINER_MISSING"], [418, "TARGET_REFUSED_ITEM"], [429, "TARGET_THROTTLED"], [500, "TARGET_PASSING"], [507, "TARGET_QUOTA_FULL"]] as const)("HTTP %i is %s", (status, code) => {
    expect(refusalCode(status)).toBe(code);
  });

  it("is the server's own where its protocol says so", () => {
    expect([refusalCode(409), refusalCode(409, { own: { 409: "TARGET_PASSING" } })]).toEqual(["TARGET_REFUSED_ITEM", "TARGET_PASSING"]);
  });

  it("is a request to slow down where a server that is not available says when to come back, at every kind of server", () => {
    expect([refusalCode(503), refusalCode(503, { asksToWait: true })]).toEqual(["TARGET_PASSING", "TARGET_THROTTLED"]);
    const answered = { method: "PUT", status: 503, retryAfter: "7" };
    for (const error of [cozyRefusal({ ...answered, detail: "", parameter: undefined }, PLACE), matrixRefusal({ ...answered, errcode: undefined, retryAfterMs: undefined }, PLACE)]) {
      expect([error.code, error.retryAfterMs]).toEqual(["TARGET_THROTTLED", 7_000]);
    }
  });
});
