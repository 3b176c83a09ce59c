import ICAL from "ical.js";
import type { Loss } from "../../core/item.js";
import { EventRecord } from "../../format/records.js";
import { addParticipants } from "./attendees.js";
import { derivedUid } from "./derived-uid.js";
import { addAttachments } from "./event-attachments.js";
import { addDescriptive, addStamps } from "./event-properties.js";
import { addTime, clockOf, eventTimes, instantOfLocal, originalLocal, type EventTimes } from "./event-times.js";
import type { GraphAttachment, GraphEvent } from "./graph-event.js";
import { addProperty, contentLines, unwritable } from "./ics-text.js";
import { LossLog } from "./loss-log.js";
import { cancelledStarts } from "./cancelled-starts.js";
import { recurrenceRule } from "./recurrence.js";
import { vtimezone, wallClock } from "./vtimezone.js";
import { localOffset, type ZoneOptions } from "./zones.js";

const DAY = 86_400_000;
const FAR = Date.UTC(2038, 0, 1);
/** Default limit of the attachments inside one calendar object, in bytes before base64. */
export const ATTACHMENT_LIMIT = 10 * 1024 * 1024;

/** One event or series as read from Graph. */
export interface EventSource {
  /** A single event, or a series master with `cancelledOccurrences`. */
  readonly event: GraphEvent;
  /** Changed occurrences of the series, each with its `originalStart`. */
  readonly exceptions?: readonly GraphEvent[];
  /** Attachments by event id (master, single or exception); file bytes inline, absent when over the limit, null when not readable. */
  readonly attachments?: ReadonlyMap<string, readonly GraphAttachment[]>;
}

export interface EventMapping extends ZoneOptions {
  /** Mail address of the mailbox's owner: his own answer stands apart from the attendees' (Graph responseStatus). */
  readonly ownerMail?: string;
  /** Bytes of attachments inlined in one calendar object; 10 MiB unless told. */
  readonly attachmentLimit?: number;
}

export interface MappedEvent {
  /** One VCALENDAR, CRLF lines folded at 75 octets. */
  readonly ics: string;
  readonly record: EventRecord;
  readonly losses: readonly Loss[];
}

/**
 * Maps a Graph event to one calendar object resource (RFC 4791 section 4.1: every component of one UID together): VTIMEZONEs, the
 * single event or the series' master, then its overrides. Undefined when the event has no readable start.
 * Nothing here sends invitations: target adapters add what keeps their server silent.
 */
export function eventToIcs(source: EventSource, options: EventMapping = {}): MappedEvent | undefined {
  const { event } = source;
  const log = new LossLog();
  const times = eventTimes(event, options, log);
  if (times === undefined) return undefined;
  const uid = event.iCalUId ? event.iCalUId : derivedUid(event.id);
  const build = { uid, source, options, log };
  const main = vevent(event, times, build);
  if (event.recurrence) addSeries(main, event, times, log);
  for (const member of [event, ...(source.exceptions ?? [])].flatMap(unwritable)) log.add(member, "approximated", "text.unwritable");
  const components = [main];
  const spans = [span(event, times)];
  for (const exception of source.exceptions ?? []) {
    const own = eventTimes({ ...exception, recurrence: null }, options, log, times);
    const original = originalLocal(exception, times, options, log);
    if (own === undefined || original === undefined) {
      log.add("exceptionOccurrences", "dropped", "calendar.exception-start", "source");
      continue;
    }
    const override = vevent(exception, own, build);
    addTime(override, "recurrence-id", original, times.allDay, times.zones.start);
    components.push(override);
    spans.push(span(exception, own), { from: instantOfLocal(original, times), to: instantOfLocal(original, times) });
  }
  return { ics: calendarText(zonesOf(times, spans), components), record: recordOf(event, uid, times), losses: log.losses };
}

interface Build {
  readonly uid: string;
  readonly source: EventSource;
  readonly options: EventMapping;
  readonly log: LossLog;
}

function vevent(event: GraphEvent, times: EventTimes, { uid, source, options, log }: Build): ICAL.Component {
  const component = new ICAL.Component("vevent");
  addProperty(component, "uid", uid);
  addStamps(component, event);
  addTime(component, "dtstart", times.start, times.allDay, times.zones.start);
  if (times.end !== undefined) addTime(component, "dtend", times.end, times.allDay, times.zones.end);
  if (times.length !== undefined) addProperty(component, "duration", exactDuration(times.length));
  addDescriptive(component, event);
  addParticipants(component, event, options.ownerMail, options, log);
  addAttachments(component, source.attachments?.get(event.id) ?? [], log);
  return component;
}

/** Hours are exact, days follow the clock (RFC 5545 section 3.3.6). */
function exactDuration(length: number): ICAL.Duration {
  const seconds = Math.round(length / 1000);
  return new ICAL.Duration({ hours: Math.floor(seconds / 3_600), minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 });
}

function addSeries(component: ICAL.Component, event: GraphEvent, times: EventTimes, log: LossLog): void {
  const recurrence = event.recurrence ?? {};
  const rule = recurrenceRule(recurrence, clockOf(times));
  if (rule === undefined) {
    log.add("recurrence", "dropped", "calendar.unknown-recurrence", "source");
    return;
  }
  component.addPropertyWithValue("rrule", ICAL.Recur.fromString(rule));
  const zone = times.zones.start;
  const offset = (local: number) => (times.allDay ? 0 : localOffset(zone.iana, local));
  const cancelled = cancelledStarts(event.cancelledOccurrences ?? [], recurrence, times.start, offset);
  if (cancelled.unmatched > 0) log.add("cancelledOccurrences", "approximated", "calendar.cancelled-unmatched", "source");
  // One EXDATE a line: servers and clients all take that form.
  for (const start of cancelled.starts) addTime(component, "exdate", start, times.allDay, zone);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function span(event: GraphEvent, times: EventTimes): Span {
  const from = instantOfLocal(times.start, times) - DAY;
  if (!event.recurrence) return { from, to: (times.end ?? times.start + (times.length ?? 0)) + DAY };
  const last = event.recurrence.range?.type === "endDate" ? Date.parse(event.recurrence.range.endDate ?? "") : Number.NaN;
  return { from, to: Number.isNaN(last) ? FAR : last + 2 * DAY };
}

/** One VTIMEZONE for each TZID in use (RFC 5545 section 3.6.5). */
function zonesOf(times: EventTimes, spans: readonly Span[]): readonly ICAL.Component[] {
  if (times.allDay && spans.length === 1) return [];
  const from = Math.min(...spans.map((one) => one.from));
  const to = Math.max(...spans.map((one) => one.to));
  const used = new Map([times.zones.start, times.zones.end].filter((zone) => zone.iana !== "UTC").map((zone) => [zone.iana, zone] as const));
  return [...used.values()].map((zone) => vtimezone(zone.iana, from, to, zone.windowsName));
}

function calendarText(zones: readonly ICAL.Component[], events: readonly ICAL.Component[]): string {
  const calendar = new ICAL.Component("vcalendar");
  addProperty(calendar, "version", "2.0");
  addProperty(calendar, "prodid", "-//o365-exodus//NONSGML o365-exodus//EN");
  addProperty(calendar, "calscale", "GREGORIAN");
  for (const component of [...zones, ...events]) calendar.addSubcomponent(component);
  return contentLines(calendar);
}

function recordOf(event: GraphEvent, uid: string, times: EventTimes): EventRecord {
  const start = wallClock(times.start);
  start.isDate = times.allDay;
  return EventRecord.parse({
    v: 1, type: "event", uid, summary: event.subject ?? "", start: start.toString(), recurring: Boolean(event.recurrence),
    cancelled: event.isCancelled === true, organized: event.isOrganizer !== false,
  });
}
