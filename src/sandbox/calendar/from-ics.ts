import ICAL from "ical.js";
import { endOf, eventJson, graphInstant, utcOf, type EventContext, type GraphEvent } from "./event-json.js";
import { readIcs, type IcsEvent, type IcsTime, type Warn } from "./ics-file.js";
import { instanceId, instanceUid } from "./instance-id.js";
import { occurrenceDays } from "./occurrence-days.js";
import { dayText, graphRecurrence, modulo, type GraphRecurrence } from "./recurrence.js";
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

/** Occurrences served one by one when no pattern fits: a rule that goes on longer is cut here, and a warning tells it. */
const MOST_SINGLES = 500;
const LONGEST_MS = 10 * 366 * 86_400_000;

/**
 * One .ics file → what the calendar serves. The layout's rule is one series a file; a file with several UIDs gives several.
 *
 * What Graph cannot represent is served in the nearest honest shape, each time with a warning:
 * - RDATE, EXRULE, several RRULEs, and rules outside the six patterns (sub-daily, BYYEARDAY, BYWEEKNO, several month days, a month day that some
 *   months lack …): every occurrence is a single event with the same `iCalUId`;
 * - DTSTART off its own rule (undefined by RFC 5545 section 3.8.5.3): the series starts at the first day that fits;
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

function seriesOf(group: readonly IcsEvent[], context: EventContext, before: number, warn: Warn): readonly Series[] {
  const master = group.find((event) => event.first("recurrence-id") === undefined);
  if (group.some((event) => event.first("recurrence-id")?.parameters["range"] !== undefined)) warn("RANGE=THISANDFUTURE is served as one changed occurrence");
  if (group.some((event) => event.alarms.length > 1)) warn("only the first alarm is served");
  if (master === undefined) return group.flatMap((event, index) => single(event, idAt(context, before + index), context, warn));
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
  const changes = group.filter((event) => event !== master && event.first("recurrence-id") !== undefined);
  if (recurrence !== undefined) return recurring(master, start, recurrence, changes, idAt(context, before), context, warn);
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

function recurring(master: IcsEvent, start: IcsTime, recurrence: GraphRecurrence, changes: readonly IcsEvent[], id: string, context: EventContext, warn: Warn): readonly Series[] {
  const [firstDay] = occurrenceDays(recurrence);
  if (firstDay === undefined) {
    warn("the recurrence never falls: its first date is served as a single event");
    return single(master, id, context, warn);
  }
  const timeOfDay = modulo(start.local);
  const first: IcsTime = { ...start, local: firstDay + timeOfDay };
  if (first.local !== start.local) warn("DTSTART is no date of its own rule: the series starts at the first date that is");
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
  return [{ master: { ...json, end: json.start + lengthOf(master) }, recurrence, zone: start.zone, timeOfDay, exceptions, cancelled }];
}

/** Length of an event's first occurrence, ms. */
function lengthOf(event: IcsEvent): number {
  const start = event.time("dtstart");
  return start === undefined ? 0 : Math.max(0, endOf(event, start) - utcOf(start));
}

/** Each occurrence of a set that no pattern describes, changed ones included, as events of their own. */
function singles(master: IcsEvent, start: IcsTime, changes: readonly IcsEvent[], before: number, context: EventContext, warn: Warn): readonly Series[] {
  const left = new Set(master.times("exdate").map((time) => time.local));
  const replaced = new Map(changes.map((change) => [change.time("recurrence-id")?.local, change]));
  const locals = new Set<number>([start.local, ...master.times("rdate").map(({ local }) => local)]);
  let cut = false;
  for (const rule of master.all("rrule")) {
    const iterator = ICAL.Recur.fromData(rule.values[0] as never).iterator(ICAL.Time.fromString(new Date(start.local).toISOString().slice(0, 19), undefined as never));
    for (let next = iterator.next() as ICAL.Time | null; next !== null; next = iterator.next() as ICAL.Time | null) {
      const local = Date.UTC(next.year, next.month - 1, next.day, next.hour, next.minute, next.second);
      cut ||= local > start.local + LONGEST_MS || locals.size > MOST_SINGLES;
      if (cut) break;
      locals.add(local);
    }
  }
  if (master.all("exrule").length > 0) warn("EXRULE is not applied");
  if (cut) warn(`only the first ${Math.min(locals.size, MOST_SINGLES)} occurrences are served`);
  return [...locals].sort((a, b) => a - b).slice(0, MOST_SINGLES).filter((local) => !left.has(local)).flatMap((local, index) => {
    const change = replaced.get(local);
    const id = idAt(context, before + index);
    return change === undefined ? single(master, id, context, warn, { ...start, local }) : single(change, id, context, warn);
  });
}

/** The file's first event has the file's id, the others one made from it. */
function idAt(context: EventContext, position: number): string {
  return position === 0 ? context.id : instanceId(context.id, `#${position}`);
}
