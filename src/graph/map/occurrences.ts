import type { GraphPattern, GraphRecurrence } from "./graph-event.js";
import { recurrenceRule } from "./recurrence.js";

const DAY = 86_400_000;
const NAMES = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const POSITIONS: Readonly<Record<string, number>> = { first: 0, second: 1, third: 2, fourth: 3, last: -1 };
/** Periods in a row without an occurrence after which a pattern is taken for one that never falls. */
const MOST_EMPTY = 1_000;

/**
 * Wall-clock starts of a series, oldest first, as epoch ms of the digits, by the words of Graph's recurrencePattern and recurrenceRange. Endless for an
 * endless series: the caller stops. The pattern alone counts, `start` itself is no occurrence unless it meets it.
 */
export function* occurrences(recurrence: GraphRecurrence, start: number): Generator<number> {
  if (recurrenceRule(recurrence, { allDay: true }) === undefined) {
    yield start;
    return;
  }
  const { pattern, range } = recurrence;
  const first = Math.floor(start / DAY) * DAY;
  const ended = range?.type === "endDate" ? Date.parse(range.endDate?.slice(0, 10) ?? "") : Number.NaN;
  const numbered = range?.type === "numbered" ? range.numberOfOccurrences ?? 0 : 0;
  let [made, empty] = [0, 0];
  for (let period = 0; empty < MOST_EMPTY; period += 1) {
    const days = daysOf(pattern ?? {}, first, period);
    // The calendar of ECMAScript ends in the year 275760.
    if (days === undefined) return;
    const due = days.filter((day) => day >= first);
    empty = due.length > 0 ? 0 : empty + 1;
    for (const day of due) {
      if (day > ended || (numbered > 0 && made >= numbered)) return;
      made += 1;
      yield day + start - first;
    }
  }
}

/** Days of the n-th period (day, week, month or year, `interval` apart) from the one that holds the start. */
function daysOf(pattern: GraphPattern, first: number, period: number): readonly number[] | undefined {
  const from = new Date(first);
  const step = period * Math.max(1, pattern.interval ?? 1);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth()];
  if (pattern.type === "daily") return valid([first + step * DAY]);
  if (pattern.type === "weekly") return valid(week(pattern, first, first + step * 7 * DAY));
  const yearly = pattern.type === "absoluteYearly" || pattern.type === "relativeYearly";
  const start = yearly ? Date.UTC(year + step, (pattern.month || 1) - 1) : Date.UTC(year, month + step);
  if (Number.isNaN(start)) return undefined;
  const length = new Date(Date.UTC(new Date(start).getUTCFullYear(), new Date(start).getUTCMonth() + 1, 0)).getUTCDate();
  // A day that the month lacks falls on its last one (see `recurrenceRule`).
  if (pattern.type === "absoluteMonthly" || pattern.type === "absoluteYearly") return valid([start + (Math.min(pattern.dayOfMonth || 1, length) - 1) * DAY]);
  const set = Array.from({ length }, (_, offset) => start + offset * DAY).filter((day) => named(pattern.daysOfWeek ?? []).includes(new Date(day).getUTCDay()));
  return valid([set.at(POSITIONS[pattern.index ?? "first"] ?? 0)].filter((day) => day !== undefined));
}

function valid(days: readonly number[]): readonly number[] | undefined {
  return days.some((day) => !(Math.abs(day) < 8.64e15 - 7 * DAY)) ? undefined : days;
}

function week(pattern: GraphPattern, first: number, within: number): readonly number[] {
  const told = named(pattern.daysOfWeek ?? []);
  const days = told.length > 0 ? told : [new Date(first).getUTCDay()];
  const starts = NAMES.indexOf(pattern.firstDayOfWeek?.toLowerCase() ?? "sunday");
  const weekStart = within - ((new Date(within).getUTCDay() - Math.max(0, starts) + 7) % 7) * DAY;
  return Array.from({ length: 7 }, (_, offset) => weekStart + offset * DAY).filter((day) => days.includes(new Date(day).getUTCDay()));
}

function named(days: readonly string[]): readonly number[] {
  return days.map((day) => NAMES.indexOf(day.toLowerCase())).filter((day) => day >= 0);
}
