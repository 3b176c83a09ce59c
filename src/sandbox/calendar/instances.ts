import { graphInstant, type GraphEvent } from "./event-json.js";
import type { Series } from "./from-ics.js";
import { instanceId, instanceUid } from "./instance-id.js";
import { occurrenceDays } from "./occurrence-days.js";
import { dayText } from "./recurrence.js";

/** A time window in UTC epoch ms, end excluded. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Occurrences and exceptions of a series, or the single event, that touch a window; cancelled occurrences left out. */
export function instancesBetween(series: Series, window: Window): readonly GraphEvent[] {
  if (series.recurrence === undefined) return touches(series.master, window) ? [series.master] : [];
  const found: GraphEvent[] = [];
  for (const midnight of occurrenceDays(series.recurrence)) {
    const at = startOn(series, midnight);
    if (at >= window.to) break;
    const day = dayText(midnight);
    if (series.cancelled.has(day) || series.exceptions.has(day)) continue;
    const event = occurrence(series, day, at);
    if (touches(event, window)) found.push(event);
  }
  return [...found, ...[...series.exceptions.values()].filter((event) => touches(event, window))].sort((a, b) => a.start - b.start);
}

/** The occurrence or exception of one day; undefined when the series has none there. */
export function instanceOn(series: Series, day: string): GraphEvent | undefined {
  const exception = series.exceptions.get(day);
  if (exception !== undefined || series.recurrence === undefined || series.cancelled.has(day)) return exception;
  const wanted = Date.parse(`${day}T00:00:00Z`);
  for (const midnight of occurrenceDays(series.recurrence)) {
    if (midnight === wanted) return occurrence(series, day, startOn(series, midnight));
    if (midnight > wanted) return undefined;
  }
  return undefined;
}

function startOn({ master, zone, timeOfDay }: Series, midnight: number): number {
  return master.isAllDay ? midnight : zone.toUtc(midnight + timeOfDay);
}

function occurrence({ master }: Series, day: string, start: number): GraphEvent {
  const id = instanceId(master.id, day);
  const iCalUId = instanceUid(String(master.properties["iCalUId"]), day);
  const properties = { ...master.properties, id, iCalUId, type: "occurrence", seriesMasterId: master.id, recurrence: null, originalStart: graphInstant(start) };
  return { ...master, id, properties, start, end: start + master.end - master.start };
}

function touches({ start, end }: GraphEvent, { from, to }: Window): boolean {
  return start < to && (end > from || (end === start && start >= from));
}
