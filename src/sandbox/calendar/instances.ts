import ICAL from "ical.js";
import type { SeriesJson } from "./from-ics.js";

const DAY_MS = 86_400_000;
const MOST = 5_000;
const DAY_CODES: Readonly<Record<string, string>> = { sunday: "SU", monday: "MO", tuesday: "TU", wednesday: "WE", thursday: "TH", friday: "FR", saturday: "SA" };
const ORDINALS: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 };

interface Pattern {
  readonly type: string;
  readonly interval: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly daysOfWeek: readonly string[];
  readonly firstDayOfWeek: string;
  readonly index: string;
}

/** Occurrences and exceptions of a series (or the single event) that touch a window; cancelled occurrences left out. */
export function instancesBetween(series: SeriesJson, from: number, to: number): readonly Record<string, unknown>[] {
  const { master, exceptions } = series;
  const start = instant(master, "start");
  const length = instant(master, "end") - start;
  const inWindow = (event: Record<string, unknown>): boolean => instant(event, "start") < to && instant(event, "end") > from;
  if (master["type"] !== "seriesMaster") return inWindow(master) ? [master] : [];
  const cancelled = new Set((master["cancelledOccurrences"] as string[]).map((id) => id.slice(-10)));
  const changed = new Set(exceptions.map((exception) => String(exception["x-original-day"])));
  const found: Record<string, unknown>[] = [];
  for (const at of starts(master, to)) {
    const day = new Date(at).toISOString().slice(0, 10);
    const event = {
      ...master, id: `${String(master["id"])}.${day}`, type: "occurrence", seriesMasterId: master["id"], recurrence: null, originalStart: `${new Date(at).toISOString().slice(0, 19)}Z`,
      start: { dateTime: `${new Date(at).toISOString().slice(0, 19)}.0000000`, timeZone: "UTC" }, end: { dateTime: `${new Date(at + length).toISOString().slice(0, 19)}.0000000`, timeZone: "UTC" },
    };
    if (!cancelled.has(day) && !changed.has(day) && inWindow(event)) found.push(event);
  }
  return [...found, ...exceptions.filter(inWindow)];
}

/** UTC starts of a series up to `to`; the wall clock of the series' zone is kept through its rule. */
function* starts(master: Record<string, unknown>, to: number): Generator<number> {
  const { pattern, range } = master["recurrence"] as { pattern: Pattern; range: Record<string, unknown> };
  const first = ICAL.Time.fromString(String((master["start"] as { dateTime: string }).dateTime).slice(0, 19), undefined as never);
  const rule = ICAL.Recur.fromString(ruleText(pattern));
  const iterator = rule.iterator(first);
  const last = range["type"] === "endDate" ? Date.parse(`${String(range["endDate"])}T00:00:00Z`) + DAY_MS : Infinity;
  const count = range["type"] === "numbered" ? Number(range["numberOfOccurrences"]) : MOST;
  for (let made = 0; made < count; made += 1) {
    const next = iterator.next() as ICAL.Time | null;
    if (next === null) return;
    const at = Date.UTC(next.year, next.month - 1, next.day, next.hour, next.minute, next.second);
    if (at >= last || at >= to) return;
    yield at;
  }
}

function ruleText({ type, interval, month, dayOfMonth, daysOfWeek, firstDayOfWeek, index }: Pattern): string {
  const days = daysOfWeek.map((day) => DAY_CODES[day] ?? "MO").join(",");
  const start = `INTERVAL=${interval};WKST=${DAY_CODES[firstDayOfWeek] ?? "MO"}`;
  switch (type) {
    case "daily": return `FREQ=DAILY;${start}`;
    case "weekly": return `FREQ=WEEKLY;${start};BYDAY=${days}`;
    case "absoluteMonthly": return `FREQ=MONTHLY;${start};BYMONTHDAY=${dayOfMonth}`;
    case "relativeMonthly": return `FREQ=MONTHLY;${start};BYDAY=${days};BYSETPOS=${ORDINALS[index] ?? 1}`;
    case "absoluteYearly": return `FREQ=YEARLY;${start};BYMONTH=${month};BYMONTHDAY=${dayOfMonth}`;
    default: return `FREQ=YEARLY;${start};BYMONTH=${month};BYDAY=${days};BYSETPOS=${ORDINALS[index] ?? 1}`;
  }
}

function instant(event: Record<string, unknown>, name: "start" | "end"): number {
  return Date.parse(`${String((event[name] as { dateTime: string }).dateTime).slice(0, 19)}Z`);
}
