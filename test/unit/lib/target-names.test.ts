import fc from "fast-check";
import { describe, expect, it } from "@jest/globals";
import { mailboxName } from "../../../src/drivers/imap/mailbox-names.js";
import { leastEncoded } from "../../../src/drivers/webdav/names.js";
import { encodeFileName, shortFileName } from "../../../src/lib/file-names.js";
import { rulesOf, WINDOWS_RESERVED, type NameLimits } from "../../../src/lib/name-rules.js";
import { foldedName, MEASURES, sourceName, targetName } from "../../../src/lib/target-names.js";
import { HOSTILE_NAMES } from "../../../src/kit/conformance/hostile-names.js";
import { corpusNames, useCorpus } from "../../corpora.js";
import { firstEncodeFileName, firstLeastEncoded, firstMailboxName, firstShortFileName } from "./names-as-first-written.js";

const names = fc.array(fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  fc.constantFrom("%", "/", "\\", ":", ".", " ", "~", "#", "*", "\u0000", "\u007f", "A", "F", "0", "é", "e\u0301", "\u0301", "각", "\u1100\u1161", "💧", "\ud800", "\udc00", "\u201b", "／", "␉", "CON", ".dav"),
), { maxLength: 30 }).map((parts) => parts.join(""));

const limits: fc.Arbitrary<NameLimits> = fc.record({
  forbidden: fc.constantFrom(/[/\u0000]/, /[\\/:*?"<>|\u0000-\u001f]/, /[^A-Za-z0-9._%~-]/u), leading: fc.constantFrom(/[ .~]/, /[#]/), trailing: fc.constantFrom(/[. ]/, /[~]/),
  reserved: fc.constantFrom(WINDOWS_RESERVED, /^\.git$/i), most: fc.constantFrom(60, 255, 400), unit: fc.constantFrom("bytes" as const, "characters" as const, "utf16" as const),
}).chain((found) => fc.constantFrom(found, { ...found, form: "NFC" as const }, { ...found, form: "NFD" as const }));

const corpus = useCorpus("names");
/** Hostile names of our own, and those of the corpus where it is there. */
function listed(): readonly string[] {
  const own = HOSTILE_NAMES.map(({ name }) => name);
  if (!corpus.present) return own;
  const { authored, naughty } = corpusNames(corpus);
  return [...own, ...authored, ...naughty];
}

function expectAllowed(name: string, given: NameLimits): void {
  const { name: written, cut } = targetName(name, rulesOf(given));
  expect(written).not.toBe("");
  expect([...written].some((char) => given.forbidden.test(char)) || !written.isWellFormed()).toBe(false);
  expect(MEASURES[given.unit](written)).toBeLessThanOrEqual(given.most);
  expect(given.reserved?.test(written) === true && !cut).toBe(false);
  if (given.form !== undefined && !cut) expect(written.normalize(given.form)).toBe(written);
  if (!cut) expect(sourceName(written, rulesOf(given))).toBe(name);
}

describe("names for a target", () => {
  it("are allowed there, and read back as they were unless they were cut", () => {
    fc.assert(fc.property(names, limits, expectAllowed), { numRuns: 1_500 });
  });

  it("never meet: two names of a folder stay two, the long ones by a hash", () => {
    fc.assert(fc.property(names, names, limits, (a, b, given) => a === b || targetName(a, rulesOf(given)).name !== targetName(b, rulesOf(given)).name), { numRuns: 1_000 });
  });

  it(`hold for our hostile names and every one of ${corpus.title}`, () => {
    const all = listed();
    expect(all.length).toBeGreaterThan(20);
    for (const name of all) for (const given of fc.sample(limits, { numRuns: 5, seed: 7 })) expectAllowed(name, given);
  });

  it("that differ in case or form alone fold to one", () => {
    for (const [a, b] of [["Rapport", "rapport"], ["re\u0301serve", "réserve"]] as const) expect(foldedName(a)).toBe(foldedName(b));
    expect(foldedName("a")).not.toBe(foldedName("b"));
  });
});

describe("what was migrated already keeps its name", () => {
  const same = (name: string): void => {
    expect(encodeFileName(name)).toBe(firstEncodeFileName(name));
    expect(shortFileName(encodeFileName(name))).toBe(firstShortFileName(firstEncodeFileName(name)));
    expect(leastEncoded(name)).toBe(firstLeastEncoded(name));
    for (const separator of ["/", "."]) for (const level of [0, 1, 2] as const) expect(mailboxName(name, separator, level)).toEqual(firstMailboxName(name, separator, level));
  };

  it("whatever it is called", () => fc.assert(fc.property(names, same), { numRuns: 1_000 }));
  it("however long it is", () => fc.assert(fc.property(fc.array(names, { minLength: 5, maxLength: 20 }).map((parts) => parts.join("")), same), { numRuns: 1_000 }));
  it(`and each of ${corpus.title}`, () => listed().forEach(same));
});
