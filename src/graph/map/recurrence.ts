import ICAL from "ical.js";
import { toInstant } from "../../lib/time-zones.js";
import type { GraphPattern, GraphRecurrence } from "./graph-event.js";

const DAYS: Readonly<Record<string, string>> = { sunday: "SU", monday: "MO", tuesday: "TU", wednesday: "WE", thursday: "TH", friday: "FR", saturday: "SA" };
const INDEX: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 };
const DATE = /^\d{4}-\d{2}-\d{2}/;
const MINUTE = 60_000;

/** How the series tells time: all-day dates, UTC instants, or the wall clock of an IANA zone. */
export type Clock = { readonly allDay: true } | { readonly allDay: false; readonly zone: string };

/**
 * RRULE value (RFC 5545 section 3.3.10) of Graph's `patternedRecurrence`, or undefined for a pattern that the documentation does
 * not name. Source: Graph resources recurrencePattern and recurrenceRange.
 */
export function recurrenceRule(recurrence: GraphRecurrence, clock: Clock): string | undefined {
  const parts = patternParts(recurrence.pattern ?? {});
  if (parts === undefined) return undefined;
  const limit = rangePart(recurrence, clock);
  return [...parts, ...(limit === undefined ? [] : [limit])].join(";");
}

function patternParts(pattern: GraphPattern): readonly string[] | undefined {
  if (!within(pattern.month || 1, 12) || !within(pattern.dayOfMonth || 1, 31)) return undefined;
  const interval = (pattern.interval ?? 1) > 1 ? [`INTERVAL=${String(pattern.interval)}`] : [];
  const days = (pattern.daysOfWeek ?? []).map((day) => DAYS[day.toLowerCase()] ?? "").filter((day) => day !== "");
  const month = `BYMONTH=${String(pattern.month || 1)}`;
  switch (pattern.type) {
    case "daily": return ["FREQ=DAILY", ...interval];
    case "weekly": return ["FREQ=WEEKLY", ...interval, ...(days.length === 0 ? [] : [`BYDAY=${days.join(",")}`]),
      // Graph's default is Sunday, RFC 5545's is Monday: always written.
      `WKST=${DAYS[pattern.firstDayOfWeek?.toLowerCase() ?? "sunday"] ?? "SU"}`];
    case "absoluteMonthly": return ["FREQ=MONTHLY", ...interval, ...dayOfMonth(pattern.dayOfMonth || 1, 28)];
    case "absoluteYearly": return ["FREQ=YEARLY", ...interval, month, ...dayOfMonth(pattern.dayOfMonth || 1, shortestLength(pattern.month || 1))];
    case "relativeMonthly": return days.length === 0 ? undefined : ["FREQ=MONTHLY", ...interval, ...relativeDay(days, pattern.index)];
    case "relativeYearly": return days.length === 0 ? undefined : ["FREQ=YEARLY", ...interval, month, ...relativeDay(days, pattern.index)];
    default: return undefined;
  }
}

/** Graph writes 0 for a month or day that the pattern does not use. */
function within(number: number, most: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= most;
}

/** Days that the month always has: February's 29th is the only one that comes and goes. */
function shortestLength(month: number): number {
  return new Date(Date.UTC(2023, month, 0)).getUTCDate();
}

/**
 * Outlook puts an occurrence on the last day of a month that is too short (CDO `DayOfMonth`, MS-OXOCAL 2.2.1.44.1.5 for 31), where
 * RFC 5545 leaves BYMONTHDAY out: the last of the candidate days that exist is taken instead.
 */
function dayOfMonth(day: number, always: number): readonly string[] {
  if (day <= always) return [`BYMONTHDAY=${String(day)}`];
  if (day >= 31) return ["BYMONTHDAY=-1"];
  const candidates = Array.from({ length: day - always + 1 }, (_, step) => String(always + step));
  return [`BYMONTHDAY=${candidates.join(",")}`, "BYSETPOS=-1"];
}

/** With several days the event falls on the first (second, last …) day of the set: a position, not one occurrence of each day. */
function relativeDay(days: readonly string[], index: string | null | undefined): readonly string[] {
  const nth = INDEX[index ?? "first"] ?? 1;
  const [only] = days;
  return days.length === 1 && only !== undefined ? [`BYDAY=${String(nth)}${only}`] : [`BYDAY=${days.join(",")}`, `BYSETPOS=${String(nth)}`];
}

/** The last day counts whole: UNTIL is its end, in UTC for clock times and a date for all-day series (RFC 5545 section 3.3.10). */
function rangePart(recurrence: GraphRecurrence, clock: Clock): string | undefined {
  const range = recurrence.range ?? {};
  if (range.type === "numbered" && (range.numberOfOccurrences ?? 0) > 0) return `COUNT=${String(range.numberOfOccurrences)}`;
  const endDate = range.type === "endDate" ? DATE.exec(range.endDate ?? "")?.[0] : undefined;
  if (endDate === undefined) return undefined;
  if (clock.allDay) return `UNTIL=${endDate.replaceAll("-", "")}`;
  const end = new Date(toInstant(clock.zone, Date.parse(`${endDate}T23:59:59Z`)));
  return `UNTIL=${end.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "")}`;
}

/** ISO 8601 duration of whole minutes before (negative) or after the start, for an alarm's TRIGGER (RFC 5545 section 3.8.6.3). */
export function alarmTrigger(minutesBefore: number): ICAL.Duration {
  return ICAL.Duration.fromSeconds((-minutesBefore * MINUTE) / 1000);
}
