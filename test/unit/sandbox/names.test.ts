import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeName, encodeName } from "../../../src/sandbox/tenant/names.js";

describe("names of a tenant folder", () => {
  it.each([
    ["Interventions/Astreintes", "Interventions%2FAstreintes"], ["100 %", "100 %25"], ["fin.", "fin%2E"], ["fin ", "fin%20"], [".", "%2E"], ["..", "%2E%2E"], ["a\tb\u007f", "a%09b%7F"],
    ["Été — n° 1", "Été — n° 1"], ['\\:*?"<>|', "%5C%3A%2A%3F%22%3C%3E%7C"],
  ])("%j is written %j", (name, written) => {
    expect(encodeName(name)).toBe(written);
    expect(decodeName(written)).toBe(name);
  });

  it("reads any percent sequence and leaves an invalid one as it stands", () => {
    expect(decodeName("%C3%A9t%c3%a9")).toBe("été");
    expect(decodeName("50%ZZ %E9 %25%E9%2F %")).toBe("50%ZZ %E9 %%E9/ %");
  });

  it("comes back for every name, in characters that every file system holds", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      const written = encodeName(name);
      expect(decodeName(written)).toBe(name);
      expect([...written].every((character) => character >= " " && !'/\\:*?"<>|\u007f'.includes(character))).toBe(true);
      expect(written).not.toMatch(/[. ]$/);
    }), { numRuns: 1_000 });
  });
});
