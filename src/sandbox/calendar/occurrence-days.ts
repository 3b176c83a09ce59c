import { DAY_MS, DAY_NAMES, modulo, type GraphPattern, type GraphRecurrence } from "./recurrence.js";

const POSITIONS: Readonly<Record<string, number>> = { first: 0, second: 1, third: 2, fourth: 3 };
/** A rule that never falls (an impossible month) must not be walked for ever. */
const MOST_PERIODS = 40_000;

/**
 * Days on which a recurrence falls, in order, as local midnights (epoch ms). The meaning of the six patterns is that of
 * api-reference/v1.0/resources/recurrencepattern; a day of the month that a month lacks falls on its last day, as in Outlook.
 */
export function* occurrenceDays({ pattern, range }: GraphRecurrence): Generator<number> {
  const start = Date.parse(`${range.startDate}T00:00:00Z`);
  const last = range.type === "endDate" ? Date.parse(`${range.endDate}T00:00:00Z`) : Infinity;
  const most = range.type === "numbered" ? range.numberOfOccurrences : Infinity;
  let made = 0;
  for (let period = 0; period < MOST_PERIODS; period += 1) {
    for (const day of daysOf(pattern, start, period)) {
      if (day < start) continue;
      if (day > last || made >= most) return;
      made += 1;
      yield day;
    }
  }
}

/** Days of the n-th period (day, week, month or year, `interval` apart) from the one that holds the start. */
function daysOf(pattern: GraphPattern, start: number, period: number): readonly number[] {
  const from = new Date(start);
  const step = period * pattern.interval;
  switch (pattern.type) {
    case "daily":
      return [start + step * DAY_MS];
    case "weekly":
      return week(pattern, start + step * 7 * DAY_MS);
    case "absoluteMonthly":
      return [monthDay(from.getUTCFullYear(), from.getUTCMonth() + step, pattern.dayOfMonth)];
    case "relativeMonthly":
      return weekdayInMonth(pattern, from.getUTCFullYear(), from.getUTCMonth() + step);
    case "absoluteYearly":
      return [monthDay(from.getUTCFullYear() + step, pattern.month - 1, pattern.dayOfMonth)];
    case "relativeYearly":
      return weekdayInMonth(pattern, from.getUTCFullYear() + step, pattern.month - 1);
  }
}

function week({ daysOfWeek, firstDayOfWeek }: GraphPattern, within: number): readonly number[] {
  const back = (new Date(within).getUTCDay() - DAY_NAMES.indexOf(firstDayOfWeek) + 7) % 7;
  const first = within - modulo(within) - back * DAY_MS;
  return Array.from({ length: 7 }, (_, offset) => first + offset * DAY_MS).filter((day) => daysOfWeek.includes(DAY_NAMES[new Date(day).getUTCDay()] ?? ""));
}

function monthDay(year: number, month: number, day: number): number {
  return Date.UTC(year, month, Math.min(day, new Date(Date.UTC(year, month + 1, 0)).getUTCDate()));
}

function weekdayInMonth({ daysOfWeek, index }: GraphPattern, year: number, month: number): readonly number[] {
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const days = Array.from({ length }, (_, offset) => Date.UTC(year, month, offset + 1)).filter((day) => daysOfWeek.includes(DAY_NAMES[new Date(day).getUTCDay()] ?? ""));
  const day = index === "last" ? days.at(-1) : days[POSITIONS[index] ?? 0];
  return day === undefined ? [] : [day];
}
