import type ICAL from "ical.js";
import { toInstant, toLocal } from "../../lib/time-zones.js";
import type { GraphDateTime, GraphEvent } from "./graph-event.js";
import { addProperty, utcTime } from "./ics-text.js";
import type { LossLog } from "./loss-log.js";
import { occurrences } from "./occurrences.js";
import type { Clock } from "./recurrence.js";
import { wallClock } from "./vtimezone.js";
import { digits, eventZones, instantOf, type EventZones, type Zone, type ZoneOptions } from "./zones.js";

const DAY = 86_400_000;
const UTC: Zone = { iana: "UTC" };

/** Start and end as wall-clock digits (epoch ms) in their zones; for all-day events midnights of dates, end exclusive. */
export interface EventTimes {
  readonly allDay: boolean;
  readonly zones: EventZones;
  readonly start: number;
  /** Absent when the event has no length, or one that only `length` can say. */
  readonly end?: number;
  /** Length in ms of an event that ends when the clock shows an hour for the second time: the wall clock says the first (RFC 5545 section 3.3.5). */
  readonly length?: number;
}

export function clockOf(times: EventTimes): Clock {
  return times.allDay ? { allDay: true } : { allDay: false, zone: times.zones.start.iana };
}

/**
 * Reads an event's times. `series` gives the zones of an override's series: RECURRENCE-ID and DTSTART of one calendar object
 * then stand on one clock. Undefined when the event has no readable start.
 */
export function eventTimes(event: GraphEvent, options: ZoneOptions, log: LossLog, series?: EventTimes): EventTimes | undefined {
  const zones = series?.zones ?? eventZones(event, options, log);
  if (event.start === null || event.start === undefined) return undefined;
  return event.isAllDay === true ? allDayTimes(event, event.start, zones, options, log) : clockTimes(event, event.start, zones, options, log);
}

/** Graph's all-day events are dates: midnight to midnight, end exclusive, whatever the zone says (Graph event: isAllDay). */
function allDayTimes(event: GraphEvent, from: GraphDateTime, zones: EventZones, options: ZoneOptions, log: LossLog): EventTimes | undefined {
  const start = dateOf(from, zones.start, options, log);
  if (start === undefined) return undefined;
  const end = event.end ? dateOf(event.end, zones.end, options, log) : undefined;
  return withFirstOccurrence(event, { allDay: true, zones, start, end: end === undefined || end <= start ? start + DAY : end });
}

function dateOf(value: GraphDateTime, zone: Zone, options: ZoneOptions, log: LossLog): number | undefined {
  const local = digits(value.dateTime);
  const instant = instantOf(value, options);
  if (local === undefined || instant === undefined || local % DAY === 0) return local;
  const there = toLocal(zone.iana, instant);
  if (there % DAY !== 0) log.add("start", "approximated", "calendar.all-day-shifted", "source");
  return Math.floor(there / DAY) * DAY;
}

function clockTimes(event: GraphEvent, from: GraphDateTime, zones: EventZones, options: ZoneOptions, log: LossLog): EventTimes | undefined {
  const startsAt = instantOf(from, options);
  if (startsAt === undefined) return undefined;
  const endsAt = event.end ? instantOf(event.end, options) : undefined;
  if (endsAt !== undefined && endsAt < startsAt) log.add("end", "dropped", "calendar.end-before-start", "source");
  const repeated = !isSaid(zones.start, startsAt);
  if (repeated) log.add("start.timeZone", "approximated", "calendar.repeated-hour", "tool");
  // A series repeats on its clock all the same.
  if (repeated && !event.recurrence) return clockTimes(event, from, { start: UTC, end: UTC }, options, log);
  const start = toLocal(zones.start.iana, startsAt);
  if (endsAt === undefined || endsAt <= startsAt) return withFirstOccurrence(event, { allDay: false, zones, start });
  // Where the start cannot be said, an end on the clock would make the event, and every occurrence after it, an hour longer.
  const end = !repeated && isSaid(zones.end, endsAt) ? { end: toLocal(zones.end.iana, endsAt) } : { length: endsAt - startsAt };
  return withFirstOccurrence(event, { allDay: false, zones, start, ...end });
}

/** Whether the wall clock of a zone says this instant, and not the one an hour before that shows the same digits. */
function isSaid({ iana }: Zone, instant: number): boolean {
  return toInstant(iana, toLocal(iana, instant)) === instant;
}

/** RFC 5545 section 3.8.5.3 counts DTSTART as an occurrence even when the rule does not meet it: start where the rule does. */
function withFirstOccurrence(event: GraphEvent, times: EventTimes): EventTimes {
  if (!event.recurrence) return times;
  const first = occurrences(event.recurrence, times.start).next();
  if (first.done === true || first.value === times.start) return times;
  const moved = first.value - times.start;
  return { ...times, start: first.value, ...(times.end === undefined ? {} : { end: times.end + moved }) };
}

/** Adds a date or date-time property in the event's own form: DATE, UTC, or wall clock with TZID. */
export function addTime(component: ICAL.Component, name: string, local: number, allDay: boolean, zone: Zone): void {
  if (allDay) {
    const date = wallClock(local);
    date.isDate = true;
    addProperty(component, name, date);
  } else if (zone.iana === "UTC") addProperty(component, name, utcTime(local));
  else addProperty(component, name, wallClock(local), { tzid: zone.iana });
}

/** Wall-clock start of the occurrence that an exception replaces, from its `originalStart` (always UTC). */
export function originalLocal(exception: GraphEvent, series: EventTimes, options: ZoneOptions, log: LossLog): number | undefined {
  const told = Date.parse(exception.originalStart ?? "");
  if (Number.isNaN(told)) {
    log.add("exceptionOccurrences.originalStart", "approximated", "calendar.exception-start", "source");
    return startLocal(exception, series, options);
  }
  if (!series.allDay) return toLocal(series.zones.start.iana, told);
  // An all-day series' original start is told as midnight, of UTC or of its zone.
  const local = told % DAY === 0 ? told : toLocal(series.zones.start.iana, told);
  return Math.floor(local / DAY) * DAY;
}

/** Wall-clock start of a plain occurrence, on the clock of its series. */
export function startLocal(occurrence: GraphEvent, series: EventTimes, options: ZoneOptions): number | undefined {
  const instant = occurrence.start ? instantOf(occurrence.start, options) : undefined;
  if (instant === undefined) return undefined;
  return series.allDay ? Math.floor(instant / DAY) * DAY : toLocal(series.zones.start.iana, instant);
}

/** Instant of a wall-clock start, for windows and comparisons. */
export function instantOfLocal(local: number, times: EventTimes): number {
  return times.allDay ? local : toInstant(times.zones.start.iana, local);
}
