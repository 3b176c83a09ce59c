import { describe, expect, it } from "@jest/globals";
import { toInstant } from "../../../src/lib/time-zones.js";
import type { GraphRecurrence } from "../../../src/graph/map/graph-event.js";
import { inferredZone } from "../../../src/graph/map/inferred-zone.js";

const WEEK = 7 * 86_400_000;
const weekly = (day: string): GraphRecurrence => ({ pattern: { type: "weekly", interval: 1, daysOfWeek: [day], firstDayOfWeek: "monday" }, range: { type: "noEnd" } });
/** A year of Mondays at a wall-clock hour of a zone. */
const mondays = (zone: string, hour: number): number[] => Array.from({ length: 60 }, (_, week) => toInstant(zone, Date.UTC(2026, 0, 5, hour) + week * WEEK));

describe("the zone of a series of which the source tells no rules", () => {
  it.each(["Europe/Paris", "America/New_York", "Australia/Sydney", "Pacific/Noumea"])("of %s: one in which every occurrence falls as listed", (zone) => {
    const listed = mondays(zone, 9);
    const found = inferredZone(weekly("monday"), listed[0] ?? 0, listed);
    expect(found?.exact).toBe(true);
    const hours = new Set(listed.map((instant) => new Intl.DateTimeFormat("en-GB", { timeZone: found?.iana, weekday: "long", hour: "2-digit", minute: "2-digit" }).format(instant)));
    expect([...hours]).toEqual([expect.stringContaining("Monday")]);
  });

  it("is France's where that fits", () => {
    const listed = mondays("Europe/Madrid", 9);
    expect(inferredZone(weekly("monday"), listed[0] ?? 0, listed)).toEqual({ iana: "Europe/Paris", exact: true });
  });

  it("is UTC where the clock never changes, unless the day says otherwise", () => {
    const at = (hour: number) => Array.from({ length: 60 }, (_, week) => Date.UTC(2026, 0, 5, hour) + week * WEEK);
    expect(inferredZone(weekly("monday"), at(9)[0] ?? 0, at(9))).toEqual({ iana: "UTC", exact: true });
    // Monday at one in the morning of UTC is Sunday evening in the Americas.
    const sunday = inferredZone(weekly("sunday"), at(1)[0] ?? 0, at(1));
    expect(sunday?.exact).toBe(true);
    expect(new Intl.DateTimeFormat("en-GB", { timeZone: sunday?.iana, weekday: "long" }).format(at(1)[0])).toBe("Sunday");
  });

  it("is the nearest one where none fits all", () => {
    const listed = mondays("Europe/Paris", 9);
    const odd = [...listed.slice(0, 40), ...listed.slice(40).map((instant) => instant + 17 * 60_000)];
    expect(inferredZone(weekly("monday"), odd[0] ?? 0, odd)).toEqual({ iana: "Europe/Paris", exact: false });
  });

  it("is none where no occurrence fits the rule anywhere", () => {
    expect(inferredZone(weekly("thursday"), Date.UTC(2026, 0, 5, 9), [Date.UTC(2026, 0, 5, 9)])).toBeUndefined();
  });
});
