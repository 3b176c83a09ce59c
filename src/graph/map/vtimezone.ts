import ICAL from "ical.js";
import { offsetAt, transitions, type Transition } from "../../lib/time-zones.js";
import { addX } from "./ics-text.js";

const DAY = 86_400_000;
/** Years in which the tz database's present rule is read off; a zone that follows one keeps it for ever. */
const RULE_YEARS = [2030, 2031, 2032, 2033, 2034, 2035, 2036, 2037] as const;
const LAST = Date.UTC(2038, 0, 1);
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;

/** One half of a yearly rule: "the last Sunday of March at 02:00 local, from +1 h to +2 h". */
interface YearlyTurn {
  readonly month: number;
  readonly weekday: number;
  /** 1 to 4, or -1 for the last one of the month. */
  readonly nth: number;
  readonly timeOfDay: number;
  readonly before: number;
  readonly after: number;
}

/**
 * VTIMEZONE (RFC 5545 section 3.6.5) of an IANA zone, right from `from` on (epoch ms) and, when the zone follows a yearly rule,
 * for ever; otherwise its changes are listed up to `to` or 2038. Observances carry the wall-clock onset in the offset before.
 * `windowsName` is kept as a property of ours, so that nothing of the source's name is lost.
 */
export function vtimezone(zone: string, from: number, to: number, windowsName?: string): ICAL.Component {
  // Not later than the years that tell the present rule: what begins after them follows it too.
  const start = Date.UTC(Math.min(new Date(from).getUTCFullYear(), RULE_YEARS[0]) - 1, 0, 1);
  const all = changes(zone, start);
  const rule = yearlyRule(all);
  const ruleFrom = rule === undefined ? Number.POSITIVE_INFINITY : firstRuleYear(all, rule, new Date(start).getUTCFullYear());
  const listed = all.filter((turn) => localYear(turn) < ruleFrom && turn.at < to + 370 * DAY);
  const component = new ICAL.Component("vtimezone");
  component.addPropertyWithValue("tzid", zone);
  if (windowsName !== undefined) addX(component, "x-o365-original-tz", windowsName);
  // RFC 5545 asks for an onset before every use: the offset at the window's start, as of its first day.
  const opening = offsetAt(zone, start);
  component.addSubcomponent(observance("standard", [start + opening], opening, opening));
  for (const group of grouped(listed, all)) component.addSubcomponent(group);
  if (rule !== undefined && new Date(to).getUTCFullYear() + 1 >= ruleFrom) {
    for (const turn of all.filter((candidate) => localYear(candidate) === ruleFrom)) {
      const half = yearlyTurn(turn, rule.find((one) => one.after === turn.after)?.nth ?? -1);
      component.addSubcomponent(observance(half.after > half.before ? "daylight" : "standard", [turn.at + turn.before], half.before, half.after, half));
    }
  }
  return component;
}

/** Scanning decades of a zone costs some milliseconds and a mailbox's events share a few zones and years. */
const scanned = new Map<string, readonly Transition[]>();

function changes(zone: string, start: number): readonly Transition[] {
  const key = `${zone} ${String(start)}`;
  const kept = scanned.get(key) ?? transitions(zone, start, LAST);
  if (scanned.size >= 200) scanned.clear();
  scanned.set(key, kept);
  return kept;
}

function yearlyTurn(turn: Transition, nth: number): YearlyTurn {
  const local = new Date(turn.at + turn.before);
  return { month: local.getUTCMonth() + 1, weekday: local.getUTCDay(), nth, timeOfDay: (turn.at + turn.before) % DAY, before: turn.before, after: turn.after };
}

function localYear(turn: Transition): number {
  return new Date(turn.at + turn.before).getUTCFullYear();
}

function isNth(turn: Transition, nth: number): boolean {
  const local = new Date(turn.at + turn.before);
  const day = local.getUTCDate();
  const length = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  return nth === -1 ? day + 7 > length : Math.ceil(day / 7) === nth;
}

/** The two turns of the present rule, or undefined when the years differ in more than their calendar. */
function yearlyRule(all: readonly Transition[]): readonly YearlyTurn[] | undefined {
  const years = RULE_YEARS.map((year) => all.filter((turn) => localYear(turn) === year));
  const model = years[0];
  if (model?.length !== 2) return undefined;
  const rule: YearlyTurn[] = [];
  for (const position of [0, 1]) {
    const turns = years.flatMap((year) => year[position] ?? []);
    const nth = [-1, 1, 2, 3, 4].find((candidate) => turns.every((turn) => isNth(turn, candidate)));
    const first = turns[0];
    if (nth === undefined || first === undefined) return undefined;
    rule.push(yearlyTurn(first, nth));
  }
  return years.every((year) => follows(year, rule)) ? rule : undefined;
}

function follows(year: readonly Transition[], rule: readonly YearlyTurn[]): boolean {
  return year.length === rule.length && year.every((turn, position) => {
    const half = rule[position];
    if (half === undefined || !isNth(turn, half.nth)) return false;
    const here = yearlyTurn(turn, half.nth);
    return here.month === half.month && here.weekday === half.weekday && here.timeOfDay === half.timeOfDay
      && here.before === half.before && here.after === half.after;
  });
}

function firstRuleYear(all: readonly Transition[], rule: readonly YearlyTurn[], firstYear: number): number {
  let year: number = RULE_YEARS[0];
  while (year - 1 >= firstYear && follows(all.filter((turn) => localYear(turn) === year - 1), rule)) year -= 1;
  return year;
}

/** Changes outside any rule, one observance for each pair of offsets, further onsets as RDATE. */
function grouped(listed: readonly Transition[], all: readonly Transition[]): readonly ICAL.Component[] {
  const groups = new Map<string, { readonly kind: "daylight" | "standard"; readonly before: number; readonly after: number; readonly onsets: number[] }>();
  for (const turn of listed) {
    const next = all[all.indexOf(turn) + 1];
    const kind = turn.after > turn.before && next !== undefined && next.after < next.before && next.at - turn.at < 330 * DAY ? "daylight" : "standard";
    const key = `${kind} ${String(turn.before)} ${String(turn.after)}`;
    const group = groups.get(key) ?? { kind, before: turn.before, after: turn.after, onsets: [] };
    group.onsets.push(turn.at + turn.before);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ kind, onsets, before, after }) => observance(kind, onsets, before, after));
}

function observance(kind: "daylight" | "standard", onsets: readonly number[], before: number, after: number, rule?: YearlyTurn): ICAL.Component {
  const component = new ICAL.Component(kind);
  const [first = 0] = onsets;
  component.addPropertyWithValue("dtstart", wallClock(first));
  if (rule !== undefined) {
    const byDay = `${String(rule.nth)}${WEEKDAYS[rule.weekday] ?? "SU"}`;
    component.addPropertyWithValue("rrule", ICAL.Recur.fromString(`FREQ=YEARLY;BYMONTH=${String(rule.month)};BYDAY=${byDay}`));
  }
  // DTSTART counts as an onset (RFC 5545 section 3.6.5), but ical.js, hence Thunderbird, drops it where RDATE stands: it is repeated.
  if (onsets.length > 1) for (const onset of onsets) component.addPropertyWithValue("rdate", wallClock(onset));
  component.addPropertyWithValue("tzoffsetfrom", ICAL.UtcOffset.fromSeconds(before / 1000));
  component.addPropertyWithValue("tzoffsetto", ICAL.UtcOffset.fromSeconds(after / 1000));
  component.addPropertyWithValue("tzname", offsetName(after));
  return component;
}

/** Numeric names ("+02"), as the tz database itself uses where no abbreviation is in common use: stable across runtimes. */
function offsetName(offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  const rest = Math.round(minutes % 60);
  return `${offset < 0 ? "-" : "+"}${String(Math.floor(minutes / 60)).padStart(2, "0")}${rest === 0 ? "" : String(rest).padStart(2, "0")}`;
}

/** A floating iCalendar time from epoch ms that hold wall-clock digits. */
export function wallClock(local: number): ICAL.Time {
  const at = new Date(local);
  return new ICAL.Time({
    year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(),
    hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds(), isDate: false,
  }, ICAL.Timezone.localTimezone);
}
