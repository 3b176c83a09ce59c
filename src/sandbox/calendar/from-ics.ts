import { endOf, eventJson, graphInstant, utcOf, type EventContext, type GraphEvent } from "./event-json.js";
import { readIcs, type IcsEvent, type IcsProperty, type IcsTime, type Warn } from "./ics-file.js";
import { instanceId, instanceUid } from "./instance-id.js";
import { occurrenceDays } from "./occurrence-days.js";
import { dayText, graphRecurrence, lastStart, modulo, type GraphRecurrence } from "./recurrence.js";
import { ruleStarts, type RuleParts } from "./rule-starts.js";
import type { Zone } from "./zones.js";

/** A single event, or a series with its changed and cancelled occurrences. */
export interface Series {
  /** `type` singleInstance or seriesMaster. */
  readonly master: GraphEvent;
  /** Absent for a single event. */
  readonly recurrence: GraphRecurrence | undefined;
  /** Zone in which the rule runs, and the time of day of its occurrences (ms). */
  readonly zone: Zone;
  readonly timeOfDay: number;
  /** By the day (yyyy-MM-dd, in the series' zone) of the occurrence that they replace. */
  readonly exceptions: ReadonlyMap<string, GraphEvent>;
  /** Days of the occurrences that are left out, in order. */
  readonly cancelled: ReadonlySet<string>;
}

/** Occurrences served one by one when no pattern fits: a rule that goes on longer, or for more years without an end, is cut here, and a warning tells it. */
const MOST_SINGLES = 150;
const MOST_LOOKED = 100_000;
const LONGEST_MS = 40 * 366 * 86_400_000;

/**
 * One .ics file → what the calendar serves. The layout's rule is one series a file; a file with several UIDs gives several.
 *
 * What Graph cannot represent is served in the nearest honest shape, each time with a warning:
 * - RDATE, EXRULE, several RRULEs, and rules outside the six patterns (sub-daily, BYYEARDAY, BYWEEKNO, several month days, a month day that some
 *   months lack …): every occurrence is a single event with the same `iCalUId`;
 * - DTSTART off its own rule ("counts as the first occurrence", RFC 5545 section 3.8.5.3): a single event beside the series, which starts at the first day that fits;
 * - overrides without their master (an invitation to one occurrence): single events; RANGE=THISANDFUTURE: one changed occurrence;
 * - alarms after the first, DTSTART missing or unreadable: left out.
 *
 * Text that is no iCalendar gives nothing but a warning; this function throws nothing that a file's content can cause.
 */
export function seriesFromIcs(text: string, floating: Zone, context: EventContext, warn: Warn): readonly Series[] {
  const found: Series[] = [];
  try {
    for (const group of readIcs(text, floating, warn)) found.push(...seriesOf(group, context, found.length, warn));
  } catch (thrown) {
    // ical.js throws its own ParserError and plain errors alike: whatever a file provokes ends here as a warning.
    warn(`not readable as iCalendar: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  return found;
}

/** Events of one UID: a master with its changed occurrences; masters that wrongly share a UID are series of their own. */
function seriesOf(group: readonly IcsEvent[], context: EventContext, before: number, warn: Warn): readonly Series[] {
  const [master, ...others] = group.filter((event) => event.first("recurrence-id") === undefined);
  if (group.some((event) => event.first("recurrence-id")?.parameters["range"] !== undefined)) warn("RANGE=THISANDFUTURE is served as one changed occurrence");
  if (group.some((event) => event.alarms.length > 1)) warn("only the first alarm is served");
  if (master === undefined) return group.flatMap((event, index) => single(event, idAt(context, before + index), context, warn));
  const found = [...seriesOfMaster(master, group.filter((event) => event.first("recurrence-id") !== undefined), context, before, warn)];
  for (const other of others) found.push(...seriesOfMaster(other, [], context, before + found.length, warn));
  return found;
}

function seriesOfMaster(master: IcsEvent, changes: readonly IcsEvent[], context: EventContext, before: number, warn: Warn): readonly Series[] {
  const start = master.time("dtstart");
  if (start === undefined) {
    warn("VEVENT without a readable DTSTART");
    return [];
  }
  const [rrule, ...more] = master.all("rrule");
  const dates = master.times("rdate");
  const foreign = more.length + master.all("exrule").length > 0 || dates.length > 0;
  if (rrule === undefined && !foreign) return single(master, idAt(context, before), context, warn);
  const recurrence = foreign || rrule === undefined ? undefined : graphRecurrence(rrule, start);
  if (recurrence !== undefined) return recurring(master, start, recurrence, changes, before, context, warn);
  warn("the recurrence has no Graph pattern: its occurrences are served as single events");
  return singles(master, start, changes, before, context, warn);
}

function single(event: IcsEvent, id: string, context: EventContext, warn: Warn, at?: IcsTime): readonly Series[] {
  const start = at ?? event.time("dtstart");
  if (start === undefined) {
    warn("VEVENT without a readable DTSTART");
    return [];
  }
  const made = eventJson(event, start, id, context, { type: "singleInstance", seriesMasterId: null, recurrence: null });
  const moved = at === undefined ? made : { ...made, end: made.start + lengthOf(event) };
  return [{ master: moved, recurrence: undefined, zone: start.zone, timeOfDay: modulo(start.local), exceptions: new Map(), cancelled: new Set() }];
}

function recurring(master: IcsEvent, start: IcsTime, told: GraphRecurrence, changes: readonly IcsEvent[], before: number, context: EventContext, warn: Warn): readonly Series[] {
  const id = idAt(context, before);
  const [firstDay] = occurrenceDays(told);
  const timeOfDay = modulo(start.local);
  const offRule = firstDay !== undefined && firstDay + timeOfDay !== start.local;
  const alone = told.range.type === "numbered" && told.range.numberOfOccurrences === 1;
  if (firstDay === undefined || (offRule && alone)) {
    warn("the recurrence never falls but on its first date: it is served as a single event");
    return singles(master, start, changes, before, context, warn);
  }
  // DTSTART counts as one of COUNT.
  const recurrence = { ...told, range: { ...told.range, startDate: dayText(firstDay), numberOfOccurrences: Math.max(0, told.range.numberOfOccurrences - (offRule ? 1 : 0)) } };
  const first: IcsTime = { ...start, local: firstDay + timeOfDay };
  const json = eventJson(master, first, id, context, { type: "seriesMaster", seriesMasterId: null, recurrence });
  const dayOf = (time: IcsTime): string => dayText(time.isDate || start.isDate ? time.local : start.zone.toLocal(utcOf(time)));
  const exceptions = new Map<string, GraphEvent>();
  for (const change of changes) {
    const original = change.time("recurrence-id");
    const moved = change.time("dtstart");
    if (original === undefined || moved === undefined) {
      warn("changed occurrence without a readable date");
      continue;
    }
    const day = dayOf(original);
    const at = utcOf({ ...start, local: Date.parse(`${day}T00:00:00Z`) + timeOfDay });
    const extra = { type: "exception", seriesMasterId: id, recurrence: null, originalStart: graphInstant(at), iCalUId: instanceUid(change.text("uid") || id, day) };
    exceptions.set(day, eventJson(change, moved, instanceId(id, day), context, extra));
  }
  const cancelled = new Set(master.times("exdate").map(dayOf).sort());
  const series = { master: { ...json, end: json.start + lengthOf(master) }, recurrence, zone: start.zone, timeOfDay, exceptions, cancelled };
  const startDay = dayText(start.local);
  if (!offRule || cancelled.has(startDay) || exceptions.has(startDay)) return [series];
  warn("DTSTART is no date of its own rule: it is served as a single event beside the series");
  return [series, ...single(master, idAt(context, before + 1), context, warn)];
}

/** Length of an event's first occurrence, ms. */
function lengthOf(event: IcsEvent): number {
  const start = event.time("dtstart");
  return start === undefined ? 0 : Math.max(0, endOf(event, start) - utcOf(start));
}

/** Each occurrence of a set that no pattern describes, changed ones included, as events of their own. */
function singles(master: IcsEvent, start: IcsTime, changes: readonly IcsEvent[], before: number, context: EventContext, warn: Warn): readonly Series[] {
  const onClock = (time: IcsTime): number => (time.isDate || start.isDate ? time.local : start.zone.toLocal(utcOf(time)));
  const left = new Set(master.times("exdate").map(onClock));
  const days = new Set(master.times("exdate").filter(({ isDate }) => isDate).map(({ local }) => dayText(local)));
  const replaced = new Map(changes.flatMap((change) => {
    const original = change.time("recurrence-id");
    return original === undefined ? [] : [[onClock(original), change] as const];
  }));
  const set = recurrenceSet(master, start, onClock, (local) => left.has(local) || days.has(dayText(local)));
  if (set.cut) warn("the rule goes on beyond the occurrences that are served");
  if (set.locals.length === 0) warn("no occurrence is left of a recurrence: nothing is served");
  return set.locals.flatMap((local, index) => {
    const change = replaced.get(local);
    const id = idAt(context, before + index);
    return change === undefined ? single(master, id, context, warn, { ...start, local }) : single(change, id, context, warn);
  });
}

/** DTSTART, RDATE and what the rules make, without what EXRULE and `isLeft` take out (RFC 5545 section 3.8.5), in order and no more than are served. */
function recurrenceSet(master: IcsEvent, start: IcsTime, onClock: (time: IcsTime) => number, isLeft: (local: number) => boolean): { readonly locals: readonly number[]; readonly cut: boolean } {
  const excluded = master.all("exrule").map((rule) => bounded(rule, start));
  const included = [...master.all("rrule").map((rule) => bounded(rule, start)), { starts: [start.local, ...master.times("rdate").map(onClock)].sort((a, b) => a - b)[Symbol.iterator](), endless: false }];
  const found: number[] = [];
  let looked = 0;
  for (const { at, endless } of merged(included)) {
    // EXRULE may take away whatever an endless rule makes.
    if ((looked += 1) > MOST_LOOKED) return { locals: found, cut: true };
    if (found.at(-1) === at || isLeft(at) || excluded.some((rule) => reaches(rule, at))) continue;
    if (found.length >= MOST_SINGLES || (endless && at > start.local + LONGEST_MS)) return { locals: found, cut: true };
    found.push(at);
  }
  return { locals: found, cut: false };
}

interface Starts {
  readonly starts: Iterator<number>;
  /** Neither COUNT nor UNTIL ends them. */
  readonly endless: boolean;
}

/** Starts of a rule up to its COUNT or UNTIL; DTSTART counts as the first, even off the rule. */
function bounded(rule: IcsProperty, start: IcsTime): Starts {
  const parts = (typeof rule.values[0] === "object" && rule.values[0] !== null ? rule.values[0] : {}) as RuleParts;
  const count = Number(parts["count"] ?? 0);
  const told = typeof parts["until"] === "string" ? lastStart(parts["until"], start) : Infinity;
  const until = Number.isNaN(told) ? Infinity : told;
  return { endless: !(count > 0) && until === Infinity, starts: limited(ruleStarts(parts, start.local), start.local, count > 0 ? count : Infinity, until) };
}

function* limited(starts: Iterable<number>, first: number, count: number, until: number): Generator<number> {
  let made = 0;
  for (const at of starts) {
    if (made === 0 && at !== first) made += 1;
    made += 1;
    if (made > count || at > until) return;
    yield at;
  }
}

/** Several ordered sequences as one; the least first. */
function* merged(sources: readonly Starts[]): Generator<{ readonly at: number; readonly endless: boolean }> {
  const heads = sources.map(({ starts, endless }) => ({ starts, endless, head: starts.next() }));
  for (;;) {
    const [first] = heads.filter(({ head }) => head.done !== true).sort((a, b) => Number(a.head.value) - Number(b.head.value));
    if (first === undefined) return;
    yield { at: Number(first.head.value), endless: first.endless };
    first.head = first.starts.next();
  }
}

/** Whether an ordered sequence comes by a value; what lies before is left behind. */
function reaches(rule: Starts & { seen?: number }, at: number): boolean {
  for (let steps = 0; (rule.seen === undefined || rule.seen < at) && steps < MOST_LOOKED; steps += 1) {
    const next = rule.starts.next();
    rule.seen = next.done === true ? Infinity : next.value;
  }
  return rule.seen === at;
}

/** The file's first event has the file's id, the others one made from it. */
function idAt(context: EventContext, position: number): string {
  return position === 0 ? context.id : instanceId(context.id, `#${position}`);
}
