import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { RRuleTemporal } from "rrule-temporal";
import { eventToIcs } from "../../../src/graph/map/event-to-ics.js";
import type { GraphEvent, GraphRange, GraphRecurrence } from "../../../src/graph/map/graph-event.js";
import { falls, firstDay, pattern } from "../../round-trip/graph-days.js";
import { toInstant } from "../../../src/lib/time-zones.js";

const DAY = 86_400_000;
const WINDOWS: Readonly<Record<string, string>> = {
  "Europe/Paris": "Romance Standard Time", "America/Martinique": "America/Martinique", "Indian/Reunion": "Indian/Reunion", "Pacific/Noumea": "Pacific/Noumea", "America/Miquelon": "America/Miquelon",
};

const HORIZON = Date.UTC(2031, 0, 1);

function expected(recurrence: GraphRecurrence, first: number): readonly number[] {
  const { type, endDate, numberOfOccurrences } = recurrence.range ?? {};
  const limit = type === "endDate" ? Date.parse(endDate ?? "") : HORIZON;
  const found: number[] = [];
  for (let day = first; day <= limit && found.length < Math.min(40, type === "numbered" ? numberOfOccurrences ?? 0 : 40); day += DAY) {
    if (falls(recurrence.pattern ?? {}, first, day)) found.push(day);
  }
  return found;
}

function unfolded(ics: string, name: string): string {
  return ics.slice(ics.indexOf("BEGIN:VEVENT")).replace(/\r\n /g, "").split("\r\n").find((line) => new RegExp(`^${name}[;:]`).test(line)) ?? "";
}

function event(recurrence: GraphRecurrence, zone: string, local: number, allDay: boolean): GraphEvent {
  const stamp = (at: number) => ({ dateTime: new Date(at).toISOString().replace("Z", "0000"), timeZone: "UTC" });
  const start = allDay ? local : toInstant(zone, local);
  return {
    id: "series", type: "seriesMaster", subject: "s", isAllDay: allDay, originalStartTimeZone: WINDOWS[zone] ?? zone, originalEndTimeZone: WINDOWS[zone] ?? zone,
    start: stamp(start), end: stamp(start + (allDay ? DAY : 1_800_000)), recurrence,
  };
}

describe("recurrence, against a day by day reading of the pattern and an independent rule engine", () => {
  it("gives the same instants across summer time, for every pattern and range", () => {
    fc.assert(fc.property(
      pattern, fc.constantFrom(...Object.keys(WINDOWS)), fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 47 }),
      fc.oneof(fc.constant("noEnd"), fc.constant("endDate"), fc.constant("numbered")), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 900 }), fc.boolean(),
      (rule, zone, offset, halfHours, type, count, length, allDay) => {
        const first = firstDay(rule, Date.UTC(2023, 0, 1) + offset * DAY);
        const range: GraphRange = { type, startDate: new Date(first).toISOString().slice(0, 10), endDate: new Date(first + length * DAY).toISOString().slice(0, 10), numberOfOccurrences: count };
        const recurrence = { pattern: rule, range };
        const time = allDay ? 0 : halfHours * 1_800_000;
        // A start in the hour that the spring change skips has no instant of its own to compare.
        fc.pre(allDay || zone !== "Europe/Paris" && zone !== "America/Miquelon" || time < 3_600_000 || time >= 4 * 3_600_000);
        const wanted = expected(recurrence, first).map((day) => (allDay ? day : toInstant(zone, day + time)));
        const mapped = eventToIcs({ event: event(recurrence, zone, first + time, allDay) }, {});
        const lines = ["DTSTART", "RRULE"].map((name) => unfolded(mapped?.ics ?? "", name));
        // The oracle wants a zone for dates too.
        const text = lines.join("\n").replace(/DTSTART;VALUE=DATE:(\d{8})/, "DTSTART;TZID=UTC:$1T000000").replace(/UNTIL=(\d{8})(?=;|$)/m, "UNTIL=$1T000000Z");
        const oracle = new RRuleTemporal({ rruleString: text });
        const found: number[] = [];
        for (const one of oracle.all((_, position) => position < wanted.length + 1)) if (one.epochMilliseconds < HORIZON - 2 * DAY && found.length < 40) found.push(one.epochMilliseconds);
        expect(found).toEqual(wanted.filter((instant) => instant < HORIZON - 2 * DAY));
      },
    ), { numRuns: 250 });
  });

  it("starts where the pattern does when the source's start is off it", () => {
    const recurrence = { pattern: { type: "weekly", interval: 1, daysOfWeek: ["friday"], firstDayOfWeek: "monday" }, range: { type: "numbered", numberOfOccurrences: 3 } };
    const mapped = eventToIcs({ event: event(recurrence, "Europe/Paris", Date.UTC(2026, 2, 25, 9), false) });
    expect(mapped?.ics).toContain("DTSTART;TZID=Europe/Paris:20260327T090000");
    expect(mapped?.ics).toContain("DTEND;TZID=Europe/Paris:20260327T093000");
  });

  it("takes the 28th of February for the 29th in common years, also where it was cancelled", () => {
    const recurrence = { pattern: { type: "absoluteYearly", interval: 1, month: 2, dayOfMonth: 29 }, range: { type: "numbered", numberOfOccurrences: 4 } };
    const mapped = eventToIcs({ event: { ...event(recurrence, "Europe/Paris", Date.UTC(2025, 1, 28, 9), false), cancelledOccurrences: ["OID.series.2027-02-28"] } });
    expect(mapped?.ics).toContain("EXDATE;TZID=Europe/Paris:20270228T090000");
    expect(mapped?.losses).toEqual([]);
  });

  it("keeps the first occurrence of a pattern that nobody documented, and says so", () => {
    const mapped = eventToIcs({ event: event({ pattern: { type: "hijri" }, range: { type: "noEnd" } }, "Europe/Paris", Date.UTC(2026, 2, 25, 9), false) });
    expect(mapped?.ics).not.toContain("RRULE:FREQ=D");
    expect(mapped?.losses.map((loss) => loss.reason)).toContain("calendar.unknown-recurrence");
  });
});
