import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import ICAL from "ical.js";
import { seriesFromIcs } from "../../../src/sandbox/calendar/from-ics.js";
import { instancesBetween } from "../../../src/sandbox/calendar/instances.js";
import { occurrenceDays } from "../../../src/sandbox/calendar/occurrence-days.js";
import { dayText } from "../../../src/sandbox/calendar/recurrence.js";
import { namedZone, UTC } from "../../../src/sandbox/calendar/zones.js";
import { useCorpus } from "../../corpora.js";

const corpus = useCorpus("ics");
const CONTEXT = { id: "FILE", addresses: new Set(["a@b.example"]), owner: { name: "A", address: "a@b.example" }, changeKey: "k", modified: "2026-01-01T00:00:00Z" };
const WIDE = { from: Date.UTC(1990, 0, 1), to: Date.UTC(2030, 0, 1) };

(corpus.present ? describe : describe.skip)(`calendars of ${corpus.title}`, () => {
  it("each file ends in a served event or a warning", async () => {
    const silent: string[] = [];
    let events = 0;
    for (const name of (await readdir(corpus.dir)).filter((entry) => entry.endsWith(".ics"))) {
      const warnings: string[] = [];
      const all = seriesFromIcs(await readFile(path.join(corpus.dir, name), "utf8"), namedZone("Europe/Paris") ?? UTC, CONTEXT, (reason) => warnings.push(reason));
      for (const series of all) expect(instancesBetween(series, WIDE).every(({ start, end }) => Number.isFinite(start) && end >= start)).toBe(true);
      expect(new Set(all.map(({ master }) => master.id)).size).toBe(all.length);
      if (all.length + warnings.length === 0) silent.push(name);
      events += all.length;
    }
    expect(silent).toEqual([]);
    expect(events).toBeGreaterThan(200);
  });

  it("a Graph pattern falls on the days of the rule that it comes from", async () => {
    let compared = 0;
    for (const name of (await readdir(corpus.dir)).filter((entry) => entry.endsWith(".ics"))) {
      const warnings: string[] = [];
      const text = await readFile(path.join(corpus.dir, name), "utf8");
      const [series, ...others] = seriesFromIcs(text, UTC, CONTEXT, (reason) => warnings.push(reason));
      const rule = /^RRULE:(.*)$/m.exec(text.slice(text.indexOf("BEGIN:VEVENT")).replace(/\r?\n[ \t]/g, ""))?.[1]?.trim();
      if (series?.recurrence === undefined || others.length > 0 || rule === undefined || warnings.length > 0) continue;
      const days = first(series.recurrence, 30);
      const local = series.zone.toLocal(series.master.start);
      const iterator = ICAL.Recur.fromString(rule.replace(/;?UNTIL=[^;]*/, "")).iterator(ICAL.Time.fromString(new Date(local).toISOString().slice(0, 19), undefined as never));
      const expected = days.map(() => (iterator.next() as ICAL.Time).toString().slice(0, 10));
      expect({ name, days }).toEqual({ name, days: expected });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(20);
  });
});

function first(recurrence: Parameters<typeof occurrenceDays>[0], most: number): string[] {
  const days: string[] = [];
  for (const day of occurrenceDays(recurrence)) {
    if (days.length >= most) break;
    days.push(dayText(day));
  }
  return days;
}
