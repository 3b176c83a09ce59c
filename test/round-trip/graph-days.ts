import fc from "fast-check";
import type { GraphPattern } from "../../src/graph/map/graph-event.js";

const DAY = 86_400_000;
const NAMES = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Does Outlook's pattern fall on this day? Written from the Graph documentation alone, day by day, without any rule library. */
export function falls(pattern: GraphPattern, first: number, day: number): boolean {
  const date = new Date(day);
  const start = new Date(first);
  const interval = pattern.interval ?? 1;
  const months = (date.getUTCFullYear() - start.getUTCFullYear()) * 12 + date.getUTCMonth() - start.getUTCMonth();
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const inSet = (at: number) => (pattern.daysOfWeek ?? []).includes(NAMES[new Date(at).getUTCDay()] ?? "");
  const relative = () => {
    const set: number[] = [];
    for (let each = 1; each <= length; each += 1) if (inSet(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), each))) set.push(each);
    const index = ["first", "second", "third", "fourth"].indexOf(pattern.index ?? "first");
    return (index === -1 ? set.at(-1) : set[index]) === date.getUTCDate();
  };
  const yearly = date.getUTCMonth() + 1 === pattern.month && (date.getUTCFullYear() - start.getUTCFullYear()) % interval === 0;
  switch (pattern.type) {
    case "daily": return ((day - first) / DAY) % interval === 0;
    case "weekly": {
      const weekStart = NAMES.indexOf(pattern.firstDayOfWeek ?? "sunday");
      const week = (at: number) => at - ((new Date(at).getUTCDay() - weekStart + 7) % 7) * DAY;
      return inSet(day) && ((week(day) - week(first)) / (7 * DAY)) % interval === 0;
    }
    case "absoluteMonthly": return months % interval === 0 && date.getUTCDate() === Math.min(pattern.dayOfMonth ?? 1, length);
    case "absoluteYearly": return yearly && date.getUTCDate() === Math.min(pattern.dayOfMonth ?? 1, length);
    case "relativeMonthly": return months % interval === 0 && relative();
    default: return yearly && relative();
  }
}

const days = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 });
const index = fc.constantFrom("first", "second", "third", "fourth", "last");
/** Each of Graph's six patterns. */
export const pattern: fc.Arbitrary<GraphPattern> = fc.oneof(
  fc.record({ type: fc.constant("daily"), interval: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ type: fc.constant("weekly"), interval: fc.integer({ min: 1, max: 4 }), daysOfWeek: days, firstDayOfWeek: fc.constantFrom("sunday", "monday") }),
  fc.record({ type: fc.constant("absoluteMonthly"), interval: fc.integer({ min: 1, max: 5 }), dayOfMonth: fc.integer({ min: 1, max: 31 }) }),
  fc.record({ type: fc.constant("relativeMonthly"), interval: fc.integer({ min: 1, max: 5 }), daysOfWeek: days, index }),
  fc.record({ type: fc.constant("absoluteYearly"), interval: fc.integer({ min: 1, max: 2 }), month: fc.integer({ min: 1, max: 12 }), dayOfMonth: fc.integer({ min: 1, max: 28 }) }),
  fc.record({ type: fc.constant("absoluteYearly"), interval: fc.constant(1), month: fc.constant(2), dayOfMonth: fc.constant(29) }),
  fc.record({ type: fc.constant("relativeYearly"), interval: fc.integer({ min: 1, max: 2 }), month: fc.integer({ min: 1, max: 12 }), daysOfWeek: days, index }),
);

/** First day from one on, on which a pattern falls whatever its interval. */
export function firstDay(rule: GraphPattern, from: number): number {
  for (let day = from; day < from + 2000 * DAY; day += DAY) if (falls({ ...rule, interval: 1 }, day, day)) return day;
  return from;
}
