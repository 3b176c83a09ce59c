import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { RRuleTemporal } from "rrule-temporal";
import { ruleStarts } from "../../../src/sandbox/calendar/rule-starts.js";
import { seriesFromIcs } from "../../../src/sandbox/calendar/from-ics.js";
import { UTC } from "../../../src/sandbox/calendar/zones.js";

const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const list = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[] | undefined> => fc.option(fc.uniqueArray(one, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 2 });

/** Rules as they are met: parts that RFC 5545 allows with their frequency. */
const rule: fc.Arbitrary<Record<string, unknown>> = fc.constantFrom("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY").chain((freq) => fc.record({
  freq: fc.constant(freq), interval: fc.integer({ min: 1, max: 4 }), wkst: fc.constantFrom("MO", "SU"),
  bymonth: list(fc.integer({ min: 1, max: 12 })),
  bymonthday: freq === "WEEKLY" ? fc.constant(undefined) : list(fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: -5, max: -1 }))),
  byday: list(freq === "MONTHLY" ? fc.tuple(fc.constantFrom("", "1", "2", "-1"), fc.constantFrom(...WEEKDAYS)).map((parts) => parts.join("")) : fc.constantFrom(...WEEKDAYS)),
  byhour: list(fc.integer({ min: 0, max: 23 })),
})).map((parts) => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)));

function text(parts: Readonly<Record<string, unknown>>): string {
  return Object.entries(parts).map(([name, value]) => `${name.toUpperCase()}=${[value].flat().join(",")}`).join(";");
}

function first(starts: Iterable<number>, most: number, last: number): readonly number[] {
  const found: number[] = [];
  for (const start of starts) {
    if (found.length >= most || start > last) break;
    found.push(start);
  }
  return found;
}

describe("starts of a rule", () => {
  it("are those of an independent rule engine", () => {
    fc.assert(fc.property(rule, fc.integer({ min: 0, max: 700 }), (parts, offset) => {
      const start = Date.UTC(2023, 0, 1, 9, 30) + offset * 86_400_000;
      const last = start + 900 * 86_400_000;
      const oracle = new RRuleTemporal({ rruleString: `DTSTART:${new Date(start).toISOString().replace(/[-:]/g, "").slice(0, 15)}Z\nRRULE:${text(parts)}`, cache: false });
      const wanted: number[] = [];
      try {
        oracle.all((date) => date.epochMilliseconds <= last && wanted.length < 8 && wanted.push(date.epochMilliseconds) > 0);
      } catch (thrown) {
        // Its guard against rules that seldom or never fall.
        fc.pre(!String(thrown).includes("Maximum"));
        throw thrown;
      }
      expect(first(ruleStarts(parts, start), wanted.length < 8 ? 9 : 8, last)).toEqual(wanted);
    }), { numRuns: 120 });
  });

  it.each([
    // Examples of RFC 5545 section 3.8.5.3.
    [{ freq: "YEARLY", byweekno: 20, byday: "MO" }, "1997-05-12T09:00:00Z", ["1997-05-12", "1998-05-11", "1999-05-17"]],
    [{ freq: "YEARLY", interval: 3, byyearday: [1, 100, 200] }, "1997-01-01T09:00:00Z", ["1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01"]],
    [{ freq: "YEARLY", interval: 4, bymonth: 11, byday: "TU", bymonthday: [2, 3, 4, 5, 6, 7, 8] }, "1996-11-05T09:00:00Z", ["1996-11-05", "2000-11-07", "2004-11-02"]],
    [{ freq: "MONTHLY", byday: ["MO", "TU", "WE", "TH", "FR"], bysetpos: -2 }, "1997-09-29T09:00:00Z", ["1997-09-29", "1997-10-30", "1997-11-27"]],
    [{ freq: "YEARLY", byday: "20MO" }, "1997-05-19T09:00:00Z", ["1997-05-19", "1998-05-18", "1999-05-17"]],
    // A leap day comes in leap years only.
    [{ freq: "YEARLY" }, "1996-02-29T00:00:00Z", ["1996-02-29", "2000-02-29", "2004-02-29"]],
  ])("%j", (parts, start, days) => {
    expect(first(ruleStarts(parts, Date.parse(start)), days.length, Infinity).map((at) => new Date(at).toISOString().slice(0, 10))).toEqual(days);
  });
});

describe("recurrences without a Graph pattern", () => {
  const served = (lines: readonly string[]) => {
    const warnings: string[] = [];
    const text = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:u", ...lines, "END:VEVENT", "END:VCALENDAR"].join("\r\n");
    const all = seriesFromIcs(text, UTC, { id: "FILE", addresses: new Set(), owner: { name: "A", address: "a@b.example" }, changeKey: "k", modified: "2026-01-01T00:00:00Z" }, (reason) => warnings.push(reason));
    return { days: all.map(({ master, recurrence }) => `${new Date(master.start).toISOString().slice(0, 10)}${recurrence === undefined ? "" : ` ${recurrence.range.numberOfOccurrences}×`}`), warnings };
  };

  it("leave out what EXRULE takes away", () => {
    expect(served(["DTSTART:20260102T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=8", "EXRULE:FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR"]).days).not.toContain("2026-02-13");
  });

  it("serve a DTSTART off its own rule beside the series; it counts as one of COUNT", () => {
    const { days, warnings } = served(["DTSTART:20260106T090000Z", "RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=4"]);
    expect(days).toEqual(["2026-01-09 3×", "2026-01-06"]);
    expect(warnings).toEqual(["DTSTART is no date of its own rule: it is served as a single event beside the series"]);
  });

  it("serve nothing where EXDATE takes away the one date that there was", () => {
    expect(served(["DTSTART;VALUE=DATE:20041031", "EXDATE;VALUE=DATE:20041031", "RRULE:FREQ=YEARLY;COUNT=1;BYMONTH=11;BYDAY=4SU"]).days).toEqual([]);
  });

  it("are not cut by years where they have an end", () => {
    const { days, warnings } = served(["DTSTART:19960229T090000Z", "RRULE:FREQ=YEARLY;COUNT=9"]);
    expect(days.at(-1)).toBe("2028-02-29");
    expect(warnings).toEqual(["the recurrence has no Graph pattern: its occurrences are served as single events"]);
  });
});
