import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { below, decodeSegment, encodeSegment, nameOf, parentOf, samePath } from "../../../src/drivers/dav/paths.js";
import { leastEncoded, spellings } from "../../../src/drivers/webdav/names.js";

describe("names as servers take them", () => {
  it("leaves what every server takes, and a lone percent", () => {
    for (const name of ["Été (1) #2 & [x].txt", "100%.docx", "....txt", " a ", "a\\b".replace("\\", "")]) expect(leastEncoded(name)).toBe(name);
  });

  it("writes what no path holds by the percent rule", () => {
    expect(["a/b", "..", ".", "", "a\tb", "100%25", ".DAV", "a\\b"].map((name) => leastEncoded(name))).toEqual(["a%2Fb", ".%2E", "%2E", "%00", "a%09b", "100%2525", "%2EDAV", "a%5Cb"]);
  });

  it("keeps different names different and never over 255 bytes", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.string({ unit: "grapheme", maxLength: 400 }), (a, b) => {
      const [first, second] = [leastEncoded(a), leastEncoded(b)];
      expect(Buffer.byteLength(first)).toBeLessThanOrEqual(255);
      expect(first).not.toMatch(/[/\u0000]/);
      expect(["", ".", ".."]).not.toContain(first);
      expect(first === second).toBe(a === b);
    }), { numRuns: 1_000 });
  });

  it("offers a stricter spelling for names that Windows refuses", () => {
    expect(spellings("a:b.")).toEqual(["a:b.", "a%3Ab%2E"]);
    expect(spellings("simple")).toEqual(["simple"]);
  });
});

describe("paths", () => {
  it("encodes each segment so that it reads back the same", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      expect(decodeSegment(encodeSegment(name))).toBe(name.toWellFormed());
      expect(nameOf(below("/a", name))).toBe(name.toWellFormed());
    }), { numRuns: 1_000 });
  });

  it("knows the same resource under other encodings", () => {
    expect(samePath("/a%20b/", "/a%20b")).toBe(true);
    expect(samePath("/caf%C3%A9", "/caf%c3%a9/")).toBe(true);
    expect(samePath("/a%2Fb", "/a/b")).toBe(false);
    expect(parentOf("/a/b/")).toBe("/a");
  });
});
