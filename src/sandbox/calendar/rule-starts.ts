import { DAY_MS, modulo } from "./recurrence.js";

/** One RRULE or EXRULE in jCal form (RFC 7265 section 3.6.10): "freq", "byday" …; one value or a list of them. */
export type RuleParts = Readonly<Record<string, unknown>>;

/** Periods without any start after which a rule is taken for one that never falls (FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30): more than any real rule waits. */
const MOST_EMPTY: Readonly<Record<string, number>> = { YEARLY: 1_000, MONTHLY: 5_000, WEEKLY: 20_000, DAILY: 20_000 };
const MOST_EMPTY_BELOW_DAY = 100_000;
/** Starts of one period that BYSETPOS may choose from. */
const MOST_IN_PERIOD = 100_000;
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const STEP_MS: Readonly<Record<string, number>> = { HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1000 };

/** A day with its place in year and month. */
interface Day {
  readonly at: number;
  readonly year: number;
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

/**
 * Wall-clock starts of a rule (RFC 5545 section 3.3.10, table of page 44), oldest first, none before `start`. COUNT and UNTIL are the caller's.
 * Endless for an endless rule; ends by itself where a rule never falls. ical.js is not asked: it lets leap days slide, knows BYWEEKNO
 * in part only, and never comes back from a rule that cannot fall.
 */
export function* ruleStarts(parts: RuleParts, start: number): Generator<number> {
  const rule = new Rule(parts, start);
  const most = MOST_EMPTY[rule.freq] ?? MOST_EMPTY_BELOW_DAY;
  let empty = 0;
  for (let period = 0; empty < most && period < Number.MAX_SAFE_INTEGER;) {
    let found = false;
    const { from, days } = rule.period(period);
    if (Number.isNaN(from) || from > 8e15) return;
    for (const at of rule.chosen(rule.startsOn(days, from))) {
      if (at < start) continue;
      found = true;
      yield at;
    }
    if (rule.excessive) return;
    empty = found ? 0 : empty + 1;
    period = rule.next(period, from, days.length > 0);
  }
}

class Rule {
  readonly freq: string;
  readonly interval: number;
  /** BYSETPOS would have to choose from more starts than are made. */
  excessive = false;
  readonly #wkst: number;
  readonly #start: Day;
  readonly #months: readonly number[];
  readonly #weeks: readonly number[];
  readonly #yearDays: readonly number[];
  readonly #monthDays: readonly number[];
  readonly #days: readonly { readonly nth: number; readonly weekday: number }[];
  readonly #setPos: readonly number[];

  constructor(readonly parts: RuleParts, readonly first: number) {
    const numbers = (name: string): readonly number[] => this.#list(name).map(Number).filter((number) => Number.isInteger(number));
    this.freq = String(parts["freq"] ?? "").toUpperCase();
    this.interval = Math.max(1, Math.floor(Number(parts["interval"] ?? 1)) || 1);
    const wkst = this.#list("wkst")[0]?.toUpperCase() ?? "MO";
    // ical.js writes WKST as a number, 1 = Sunday.
    this.#wkst = WEEKDAYS.includes(wkst) ? WEEKDAYS.indexOf(wkst) : (Number(wkst) + 6) % 7 || 0;
    this.#start = dayAt(first);
    this.#setPos = numbers("bysetpos");
    this.#weeks = numbers("byweekno");
    this.#yearDays = numbers("byyearday");
    const days = this.#list("byday").flatMap((text) => {
      const [, nth = "", name = ""] = /^([+-]?\d*)([A-Za-z]{2})$/.exec(text) ?? [];
      return WEEKDAYS.includes(name.toUpperCase()) ? [{ nth: Number(nth), weekday: WEEKDAYS.indexOf(name.toUpperCase()) }] : [];
    });
    const [months, monthDays] = [numbers("bymonth"), numbers("bymonthday")];
    const dayless = this.#yearDays.length + monthDays.length + days.length === 0;
    const own = { nth: 0, weekday: this.#start.weekday };
    this.#months = this.freq === "YEARLY" && dayless && months.length + this.#weeks.length === 0 ? [this.#start.month] : months;
    this.#monthDays = dayless && this.#weeks.length === 0 && ["YEARLY", "MONTHLY"].includes(this.freq) ? [this.#start.date] : monthDays;
    this.#days = dayless && (this.freq === "WEEKLY" || this.#weeks.length > 0) ? [own] : days;
  }

  #list(name: string): readonly string[] {
    return [this.parts[name] ?? []].flat().map(String);
  }

  /** Where the n-th period begins, and its days that the rule allows. */
  period(index: number): { readonly from: number; readonly days: readonly Day[] } {
    const step = index * this.interval;
    const { year, month, at, weekday } = this.#start;
    const inStep = STEP_MS[this.freq];
    if (inStep !== undefined) return this.#allowed(this.first + step * inStep, 1);
    if (this.freq === "DAILY") return this.#allowed(at + step * DAY_MS, 1);
    if (this.freq === "WEEKLY") return this.#allowed(at - ((weekday - this.#wkst + 7) % 7) * DAY_MS + step * 7 * DAY_MS, 7);
    if (this.freq === "MONTHLY") return this.#allowed(Date.UTC(year, month - 1 + step), monthLength(year, month + step));
    if (this.freq !== "YEARLY") return { from: Number.NaN, days: [] };
    if (this.#weeks.length === 0) return this.#allowed(Date.UTC(year + step, 0), yearLength(year + step));
    const from = this.#firstWeek(year + step);
    return this.#allowed(from, Math.round((this.#firstWeek(year + step + 1) - from) / DAY_MS));
  }

  #allowed(from: number, length: number): { readonly from: number; readonly days: readonly Day[] } {
    if (Number.isNaN(from)) return { from, days: [] };
    const midnight = from - modulo(from);
    return { from, days: Array.from({ length }, (_, offset) => dayAt(midnight + offset * DAY_MS)).filter((day) => this.#allows(day, from)) };
  }

  #allows(day: Day, from: number): boolean {
    const length = monthLength(day.year, day.month);
    const ofYear = Math.round((day.at - Date.UTC(day.year, 0)) / DAY_MS) + 1;
    const among = (wanted: readonly number[], position: number, all: number): boolean => wanted.length === 0 || wanted.some((one) => (one > 0 ? one : all + one + 1) === position);
    if (this.#months.length > 0 && !this.#months.includes(day.month)) return false;
    if (!among(this.#monthDays, day.date, length) || !among(this.#yearDays, ofYear, yearLength(day.year))) return false;
    if (this.#weeks.length > 0 && this.freq === "YEARLY") {
      const weeks = Math.round((this.#firstWeek(new Date(from + 7 * DAY_MS).getUTCFullYear() + 1) - from) / DAY_MS / 7);
      if (!among(this.#weeks, Math.floor((day.at - from) / DAY_MS / 7) + 1, weeks)) return false;
    }
    return this.#days.length === 0 || this.#days.some(({ nth, weekday }) => weekday === day.weekday && (nth === 0 || this.#isNth(day, nth, ofYear, length)));
  }

  /** Of the month, or of the year where the rule is yearly without months. */
  #isNth(day: Day, nth: number, ofYear: number, monthDays: number): boolean {
    const inYear = this.freq === "YEARLY" && this.#months.length === 0;
    const [position, all] = inYear ? [ofYear, yearLength(day.year)] : [day.date, monthDays];
    return nth > 0 ? Math.ceil(position / 7) === nth : Math.ceil((all - position + 1) / 7) === -nth;
  }

  /** Monday (or WKST) of the first week with four days in the year. */
  #firstWeek(year: number): number {
    const fourth = Date.UTC(year, 0, 4);
    return fourth - ((new Date(fourth).getUTCDay() - this.#wkst + 7) % 7) * DAY_MS;
  }

  /** Starts on the days of a period, in order. */
  *startsOn(days: readonly Day[], from: number): Generator<number> {
    const at = STEP_MS[this.freq] === undefined ? new Date(this.first) : new Date(from);
    const [hours, minutes, seconds] = [
      this.#times("byhour", at.getUTCHours(), this.freq === "HOURLY" || this.freq === "MINUTELY" || this.freq === "SECONDLY"),
      this.#times("byminute", at.getUTCMinutes(), this.freq === "MINUTELY" || this.freq === "SECONDLY"), this.#times("bysecond", at.getUTCSeconds(), this.freq === "SECONDLY"),
    ];
    for (const day of days) for (const hour of hours) for (const minute of minutes) for (const second of seconds) yield day.at + ((hour * 60 + minute) * 60 + second) * 1000;
  }

  /** BYHOUR and its like: a limit below their own frequency, else the times themselves. */
  #times(name: string, own: number, limit: boolean): readonly number[] {
    const told = [...new Set(this.#list(name).map(Number))].filter((number) => Number.isInteger(number)).sort((a, b) => a - b);
    if (told.length === 0) return [own];
    return limit ? (told.includes(own) ? [own] : []) : told;
  }

  *chosen(starts: Generator<number>): Generator<number> {
    if (this.#setPos.length === 0) {
      yield* starts;
      return;
    }
    const all: number[] = [];
    for (const start of starts) {
      this.excessive = all.length >= MOST_IN_PERIOD;
      if (this.excessive) return;
      all.push(start);
    }
    const positions = new Set(this.#setPos.map((position) => (position > 0 ? position - 1 : all.length + position)));
    for (const position of [...positions].sort((a, b) => a - b)) {
      const start = all[position];
      if (start !== undefined) yield start;
    }
  }

  /** The next period; those of a day that the rule does not allow are passed over at once. */
  next(index: number, from: number, allowed: boolean): number {
    const step = STEP_MS[this.freq];
    if (step === undefined || allowed) return index + 1;
    return Math.max(index + 1, Math.ceil((from - modulo(from) + DAY_MS - this.first) / (step * this.interval)));
  }
}

function dayAt(local: number): Day {
  const date = new Date(local);
  return { at: local - modulo(local), year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate(), weekday: date.getUTCDay() };
}

/** `month` from 1; it may lie beyond the year. */
function monthLength(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function yearLength(year: number): number {
  return Math.round((Date.UTC(year + 1, 0) - Date.UTC(year, 0)) / DAY_MS);
}
