import type ICAL from "ical.js";

const DAYS: Readonly<Record<string, string>> = { SU: "sunday", MO: "monday", TU: "tuesday", WE: "wednesday", TH: "thursday", FR: "friday", SA: "saturday" };
const NAMES = Object.keys(DAYS);
const INDEXES: Readonly<Record<string, string>> = { "1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last" };

export interface GraphRecurrence {
  readonly pattern: Record<string, unknown>;
  readonly range: Record<string, unknown>;
}

/**
 * iCalendar rule → Graph `patternedRecurrence` (api-reference/v1.0/resources/recurrencepattern and recurrencerange). Undefined for what the
 * six pattern types cannot say (sub-daily rules, several month days, BYSETPOS on other than a set of week days, BYYEARDAY, BYWEEKNO).
 */
export function graphRecurrence(rule: ICAL.Recur, start: ICAL.Time, timeZone: string): GraphRecurrence | undefined {
  const pattern = patternOf(rule, start);
  if (pattern === undefined) return undefined;
  return {
    pattern: { interval: rule.interval, month: 0, dayOfMonth: 0, daysOfWeek: [], firstDayOfWeek: DAYS[NAMES[((rule.wkst as number | undefined) ?? 2) - 1] ?? "MO"] ?? "monday", index: "first", ...pattern },
    range: rangeOf(rule, start, timeZone),
  };
}

function patternOf(rule: ICAL.Recur, start: ICAL.Time): Record<string, unknown> | undefined {
  const part = (name: string): (string | number)[] => ((rule.parts as Record<string, (string | number)[]>)[name] ?? []);
  if (["BYHOUR", "BYMINUTE", "BYSECOND", "BYYEARDAY", "BYWEEKNO"].some((name) => part(name).length > 0)) return undefined;
  const days = part("BYDAY").map(String);
  const plain = days.every((day) => /^[A-Z]{2}$/.test(day));
  const weekdays = days.map((day) => DAYS[day.slice(-2)] ?? "");
  const monthDays = part("BYMONTHDAY").map(Number);
  const months = part("BYMONTH").map(Number);
  const position = part("BYSETPOS").map(String);
  if (monthDays.length > 1 || months.length > 1 || position.length > 1 || monthDays.some((day) => day < 1)) return undefined;
  const dayOfMonth = monthDays[0] ?? start.day;
  const month = months[0] ?? start.month;
  switch (rule.freq) {
    case "DAILY":
      if (months.length + monthDays.length > 0) return undefined;
      if (days.length > 0) return rule.interval === 1 && plain ? { type: "weekly", daysOfWeek: weekdays } : undefined;
      return { type: "daily" };
    case "WEEKLY":
      return months.length + monthDays.length > 0 || !plain ? undefined : { type: "weekly", daysOfWeek: days.length > 0 ? weekdays : [DAYS[NAMES[start.dayOfWeek() - 1] ?? "MO"]] };
    case "MONTHLY":
      if (months.length > 0) return undefined;
      return days.length === 0 ? { type: "absoluteMonthly", dayOfMonth } : relative("relativeMonthly", days, position, monthDays);
    case "YEARLY":
      if (days.length === 0) return { type: "absoluteYearly", dayOfMonth, month };
      return months.length === 0 ? undefined : withMonth(relative("relativeYearly", days, position, monthDays), month);
    default:
      return undefined;
  }
}

/** "2MO", or a set of days with BYSETPOS. */
function relative(type: string, days: readonly string[], position: readonly string[], monthDays: readonly number[]): Record<string, unknown> | undefined {
  if (monthDays.length > 0) return undefined;
  const ordinals = new Set(days.map((day) => /^([+-]?\d+)/.exec(day)?.[1]?.replace("+", "") ?? ""));
  const [ordinal = ""] = ordinals;
  if (ordinals.size > 1 || (ordinal !== "" && (days.length > 1 || position.length > 0))) return undefined;
  const index = INDEXES[ordinal === "" ? (position[0] ?? "") : ordinal];
  return index === undefined ? undefined : { type, index, daysOfWeek: days.map((day) => DAYS[day.slice(-2)] ?? "") };
}

function withMonth(pattern: Record<string, unknown> | undefined, month: number): Record<string, unknown> | undefined {
  return pattern === undefined ? undefined : { ...pattern, month };
}

function rangeOf(rule: ICAL.Recur, start: ICAL.Time, timeZone: string): Record<string, unknown> {
  const base = { startDate: day(start), recurrenceTimeZone: timeZone, endDate: "0001-01-01", numberOfOccurrences: 0 };
  if (rule.count !== null && rule.count !== undefined) return { ...base, type: "numbered", numberOfOccurrences: rule.count };
  if (rule.until === null || rule.until === undefined) return { ...base, type: "noEnd" };
  const zone = start.zone;
  const until = rule.until.isDate || zone === null || zone === undefined ? rule.until : rule.until.convertToZone(zone);
  return { ...base, type: "endDate", endDate: day(until) };
}

export function day(time: ICAL.Time): string {
  return `${String(time.year).padStart(4, "0")}-${String(time.month).padStart(2, "0")}-${String(time.day).padStart(2, "0")}`;
}
