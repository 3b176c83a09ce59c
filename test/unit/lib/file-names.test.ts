import fc from "fast-check";
import { describe, expect, it } from "@jest/globals";
import { decodeFileName, encodeFileName, NAME_BYTES, shortFileName } from "../../../src/lib/file-names.js";

/** Any sequence of UTF-16 code units, lone surrogates and the characters of the rule often. */
const names = fc.array(fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  fc.constantFrom("%", "/", "\\", ":", ".", " ", "\u0000", "\u007f", "A", "F", "0", "é", "💧", "\ud800", "\udc00", "\ud83d"),
), { maxLength: 40 }).map((units) => units.join(""));

describe("the percent rule", () => {
  it("is undone exactly, whatever the name", () => {
    fc.assert(fc.property(names, (name) => decodeFileName(encodeFileName(name)) === name), { numRuns: 5_000 });
  });

  it("never gives two names one component", () => {
    fc.assert(fc.property(names, names, (a, b) => a === b || encodeFileName(a) !== encodeFileName(b)), { numRuns: 2_000 });
  });

  it("writes nothing that a file system refuses", () => {
    fc.assert(fc.property(names, (name) => {
      const written = encodeFileName(name);
      return written !== "" && written !== "." && written !== ".." && written.isWellFormed() && !/[/\\:*?"<>|\u0000-\u001f\u007f]|[. ]$/.test(written);
    }), { numRuns: 2_000 });
  });

  it.each([
    ["a/b", "a%2Fb"], ["100%", "100%25"], ["fin.", "fin%2E"], ["fin ", "fin%20"], [".", "%2E"], ["..", "%2E%2E"], ["é/ü", "é%2Fü"], ["\ud800", "%ED%A0%80"], [":\ud800", "%3A%ED%A0%80"],
    ["q?*\"<>|\\", "q%3F%2A%22%3C%3E%7C%5C"], ["tab\t\u007f", "tab%09%7F"], ["...", "..%2E"], ["plain.txt", "plain.txt"],
  ])("writes %j as %s", (name, written) => expect(encodeFileName(name)).toBe(written));
});

describe("shortening", () => {
  it("keeps what fits", () => expect(shortFileName("é".repeat(125) + ".txt")).toBe("é".repeat(125) + ".txt"));

  it("cuts on a character, keeps the extension, tells two names apart and is stable", () => {
    for (const letter of ["x", "é", "漢", "💧"]) {
      const [a, b] = [shortFileName(`${letter.repeat(300)}1.docx`), shortFileName(`${letter.repeat(300)}2.docx`)];
      expect(Buffer.byteLength(a)).toBeLessThanOrEqual(NAME_BYTES);
      expect(a).toMatch(/~[0-9a-f]{8}\.docx$/);
      expect(a.isWellFormed()).toBe(true);
      expect(a).not.toBe(b);
      expect(shortFileName(`${letter.repeat(300)}1.docx`)).toBe(a);
    }
  });

  it("cuts no percent sequence in two", () => {
    for (let start = 0; start < 3; start += 1) expect(shortFileName("a".repeat(start) + "%2F".repeat(120))).toMatch(/^a*(%2F)+~[0-9a-f]{8}$/);
  });
});
