import type { IcsProperty, IcsTime } from "./ics-file.js";

/** `patternedRecurrence` (api-reference/v1.0/resources/recurrencepattern and recurrencerange). */
export interface GraphRecurrence {
  readonly pattern: GraphPattern;
  readonly range: GraphRange;
}

export interface GraphPattern {
  readonly type: "daily" | "weekly" | "absoluteMonthly" | "relativeMonthly" | "absoluteYearly" | "relativeYearly";
  readonly interval: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly daysOfWeek: readonly string[];
  readonly firstDayOfWeek: string;
  readonly index: string;
}

export interface GraphRange {
  readonly type: "numbered" | "endDate" | "noEnd";
  readonly startDate: string;
  readonly endDate: string;
  readonly recurrenceTimeZone: string;
  readonly numberOfOccurrences: number;
}

export const DAY_MS = 86_400_000;
const DAYS: Readonly<Record<string, string>> = { SU: "sunday", MO: "monday", TU: "tuesday", WE: "wednesday", TH: "thursday", FR: "friday", SA: "saturday" };
/** Index = day of week of `Date.getUTCDay`. */
export const DAY_NAMES: readonly string[] = Object.values(DAYS);
const INDEXES: Readonly<Record<string, string>> = { "1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last" };
/** Graph's "no such date" and "no such number" in a range. */
const NO_DATE = "0001-01-01";

type Shape = Pick<GraphPattern, "type"> & Partial<GraphPattern>;

/** One RRULE's parts, each as a list of strings. */
class Rule {
  readonly freq: string;
  readonly interval: number;
  readonly byDay: readonly string[];
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPos: readonly string[];
  /** Sub-daily or week- and year-day parts: none of the six patterns has them. */
  readonly exotic: boolean;

  constructor(readonly parts: Readonly<Record<string, unknown>>) {
    this.freq = String(parts["freq"] ?? "");
    this.interval = Math.max(1, Number(parts["interval"] ?? 1));
    this.byDay = this.list("byday").map((day) => day.toUpperCase());
    this.byMonthDay = this.list("bymonthday").map(Number);
    this.byMonth = this.list("bymonth").map(Number);
    this.bySetPos = this.list("bysetpos");
    this.exotic = ["byhour", "byminute", "bysecond", "byyearday", "byweekno", "rscale", "skip"].some((name) => this.list(name).length > 0);
  }

  list(name: string): readonly string[] {
    return [this.parts[name] ?? []].flat().map(String);
  }
}

/** RRULE → Graph. Undefined for what the six patterns cannot say; the caller then serves the occurrences one by one. */
export function graphRecurrence(rrule: IcsProperty, start: IcsTime): GraphRecurrence | undefined {
  const parts = rrule.values[0];
  if (typeof parts !== "object" || parts === null) return undefined;
  const rule = new Rule(parts as Record<string, unknown>);
  const shape = rule.exotic ? undefined : shapeOf(rule, new Date(start.local));
  if (shape === undefined) return undefined;
  // ical.js writes WKST as a number, 1 = Sunday.
  const wkst = rule.list("wkst")[0] ?? "MO";
  const firstDayOfWeek = DAYS[wkst] ?? DAY_NAMES[Number(wkst) - 1] ?? "monday";
  return { pattern: { interval: rule.interval, month: 0, dayOfMonth: 0, daysOfWeek: [], firstDayOfWeek, index: "first", ...shape }, range: rangeOf(rule, start) };
}

function shapeOf(rule: Rule, start: Date): Shape | undefined {
  const { freq, byDay, byMonthDay, byMonth, bySetPos, interval } = rule;
  const plainDays = byDay.every((day) => DAYS[day] !== undefined);
  const daysOfWeek = byDay.map((day) => DAYS[day.slice(-2)] ?? "");
  if (byMonth.length > 1 || (byMonthDay.length > 1 && clampedDay(rule, start) === undefined)) return undefined;
  switch (freq) {
    case "DAILY":
      if (byMonth.length + byMonthDay.length + bySetPos.length > 0) return undefined;
      if (byDay.length === 0) return { type: "daily" };
      return interval === 1 && plainDays ? { type: "weekly", daysOfWeek } : undefined;
    case "WEEKLY":
      if (byMonth.length + byMonthDay.length + bySetPos.length > 0 || !plainDays) return undefined;
      return { type: "weekly", daysOfWeek: byDay.length > 0 ? daysOfWeek : [DAY_NAMES[start.getUTCDay()] ?? ""] };
    case "MONTHLY":
      if (byMonth.length > 0) return interval === 1 ? yearly(rule, start) : undefined;
      return byDay.length > 0 ? relative("relativeMonthly", rule) : absolute("absoluteMonthly", rule, start);
    case "YEARLY":
      if (byMonth.length > 0 || byDay.length + byMonthDay.length === 0) return yearly(rule, start);
      // A month day without a month means every month's (RFC 5545 section 3.3.10).
      return byDay.length === 0 && interval === 1 ? absolute("absoluteMonthly", rule, start) : undefined;
    default:
      return undefined;
  }
}

function yearly(rule: Rule, start: Date): Shape | undefined {
  const month = rule.byMonth[0] ?? start.getUTCMonth() + 1;
  const shape = rule.byDay.length > 0 ? relative("relativeYearly", rule) : absolute("absoluteYearly", rule, start);
  return shape === undefined ? undefined : { ...shape, month };
}

/**
 * A day that short months lack is skipped by iCalendar and moved to the month's last day by Exchange, so days 29 to 31 have no pattern;
 * "the last day" (-1) is Graph's day 31.
 */
function absolute(type: "absoluteMonthly" | "absoluteYearly", rule: Rule, start: Date): Shape | undefined {
  const clamped = clampedDay(rule, start);
  if (clamped !== undefined) return { type, dayOfMonth: clamped };
  const day = rule.byMonthDay[0] ?? start.getUTCDate();
  if (rule.bySetPos.length > 0 || day === 0 || day < -1) return undefined;
  const month = rule.byMonth[0] ?? start.getUTCMonth() + 1;
  if (day > (type === "absoluteMonthly" ? 28 : shortest(month))) return undefined;
  return { type, dayOfMonth: day === -1 ? 31 : day };
}

/** "The last of the 28th, 29th and 30th that the month has" is Graph's day 30. */
function clampedDay({ freq, byDay, byMonth, byMonthDay, bySetPos }: Rule, start: Date): number | undefined {
  if (byMonthDay.length < 2 || byDay.length > 0 || bySetPos.length !== 1 || bySetPos[0] !== "-1") return undefined;
  const days = [...byMonthDay].sort((a, b) => a - b);
  const always = freq === "MONTHLY" && byMonth.length === 0 ? 28 : shortest(byMonth[0] ?? start.getUTCMonth() + 1);
  return days.every((day, position) => day === always + position) ? days.at(-1) : undefined;
}

/** Days that a month has in every year. */
function shortest(month: number): number {
  return month === 2 ? 28 : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** "2MO", or a set of days with one BYSETPOS. */
function relative(type: "relativeMonthly" | "relativeYearly", { byDay, bySetPos, byMonthDay }: Rule): Shape | undefined {
  if (byMonthDay.length > 0 || bySetPos.length > 1) return undefined;
  const ordinals = new Set(byDay.map((day) => /^[+-]?\d+/.exec(day)?.[0].replace("+", "") ?? ""));
  const [ordinal = ""] = ordinals;
  if (ordinals.size > 1 || (ordinal !== "" && (byDay.length > 1 || bySetPos.length > 0))) return undefined;
  const index = INDEXES[ordinal === "" ? (bySetPos[0] ?? "") : ordinal];
  return index === undefined ? undefined : { type, index, daysOfWeek: byDay.map((day) => DAYS[day.slice(-2)] ?? "") };
}

function rangeOf(rule: Rule, start: IcsTime): GraphRange {
  const base = { startDate: dayText(start.local), recurrenceTimeZone: start.zone.name, endDate: NO_DATE, numberOfOccurrences: 0 };
  const count = Number(rule.parts["count"] ?? 0);
  if (count > 0) return { ...base, type: "numbered", numberOfOccurrences: count };
  const until = rule.parts["until"];
  if (typeof until !== "string") return { ...base, type: "noEnd" };
  return { ...base, type: "endDate", endDate: dayText(lastDay(until, start)) };
}

/** Last wall-clock start that UNTIL allows; a date counts whole. */
export function lastStart(until: string, start: IcsTime): number {
  if (!until.includes("T")) return Date.parse(`${until.slice(0, 10)}T23:59:59Z`);
  const digits = Date.parse(`${until.slice(0, 19)}Z`);
  return until.endsWith("Z") && !start.isDate ? start.zone.toLocal(digits) : digits;
}

/** UNTIL is an instant, the range's end a day of the series' zone: an UNTIL before that day's occurrence ends the series the day before. */
function lastDay(until: string, start: IcsTime): number {
  if (!until.includes("T")) return Date.parse(`${until.slice(0, 10)}T00:00:00Z`);
  const instant = Date.parse(`${until.slice(0, 19)}Z`);
  const local = until.endsWith("Z") ? start.zone.toLocal(instant) : instant;
  const timeOfDay = modulo(start.local);
  return modulo(local) < timeOfDay ? local - DAY_MS : local;
}

/** Milliseconds since the local midnight. */
export function modulo(local: number): number {
  return ((local % DAY_MS) + DAY_MS) % DAY_MS;
}

/** Calendar day of a local time: yyyy-MM-dd. */
export function dayText(local: number): string {
  return new Date(local).toISOString().slice(0, 10);
}
