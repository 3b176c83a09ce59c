import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { distinctName, mailboxName, NAME_LEVELS, plainName } from "../../../src/drivers/imap/mailbox-names.js";

describe("mailboxName", () => {
  it("leaves ordinary names alone, accents, ampersands and dots included", () => {
    for (const name of ["Éléments envoyés", "Achats & marchés", "v1.2", "etc.", "🗳️", " espace "]) {
      expect(mailboxName(name, "/", 0)).toEqual({ name, altered: false, cut: false });
    }
  });

  it.each([
    ["a/b", "/", "a／b"], ["a.b", ".", "a．b"], ["a/b", ".", "a/b"], ["100%*", "/", "100％＊"], ["a\tb\u007f", "/", "a␉b␡"], ["..", "/", "．．"], ["~x", "/", "～x"], ["a~x", "/", "a~x"], ["#x", "/", "＃x"],
  ])("writes %j under separator %j as %j", (name, separator, written) => {
    expect(mailboxName(name, separator, 0).name).toBe(written);
  });

  it("gives every character that Cyrus refuses its twin once the plain name was refused, and leaves it before", () => {
    const name = "[Marchés] \"a\" <b>; c|d {e} ^f` \\g !?";
    expect([mailboxName(name, "/", 0).name, mailboxName(name, "/", 3).name]).toEqual([name, "[Marchés] ＂a＂ ＜b＞； c｜d ｛e｝ ＾f｀ ＼g !?"]);
  });

  it("cuts what is too long at a whole character and keeps two long names apart", () => {
    const [one, two] = ["un", "deux"].map((end) => mailboxName("é🗳".repeat(100) + end, "/", 0));
    expect(one?.cut).toBe(true);
    expect(one?.name).not.toBe(two?.name);
    expect(one?.name.isWellFormed()).toBe(true);
  });

  it("is undone by plainName at every level, and never holds the separator", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 30 }), fc.constantFrom("/", ".", "^"), fc.constantFrom(...NAME_LEVELS), (name, separator, level) => {
      const written = mailboxName(name, separator, level);
      expect(written.name).not.toContain(separator);
      expect(written.name).not.toMatch(/[\u0000-\u001f\u007f*%]/);
      if (!written.cut) expect(plainName(written.name)).toBe(name);
    }), { numRuns: 1_000 });
  });

  it("gives a taken name another form, the same each time", () => {
    const name = mailboxName("Dossier", "/", 0);
    expect(distinctName(name, "id-1")).toEqual(distinctName(name, "id-1"));
    expect(distinctName(name, "id-1").name).not.toBe(distinctName(name, "id-2").name);
  });
});
