import { ianaZone, offsetAt, toInstant } from "../../lib/time-zones.js";
import type { GraphDateTime, GraphEvent, Maybe } from "./graph-event.js";
import type { LossLog } from "./loss-log.js";

/** How the reader resolves zone names that cover several territories or that nobody knows. */
export interface ZoneOptions {
  /** ISO 3166 territory that picks among a Windows zone's IANA zones; "FR" unless told. */
  readonly territory?: string;
  /** Zone names of the source (Windows, custom) to IANA names; wins over the territory. */
  readonly zoneHints?: Readonly<Record<string, string>>;
}

/** A zone that the event is written in. "UTC" means instants. `windowsName` is the source's name when it was not the IANA one. */
export interface Zone {
  readonly iana: string;
  readonly windowsName?: string;
}

export interface EventZones {
  readonly start: Zone;
  readonly end: Zone;
}

export function resolveZone(name: string, options: ZoneOptions): Zone | undefined {
  const hinted = options.zoneHints?.[name];
  const iana = (hinted === undefined ? undefined : ianaZone(hinted)) ?? ianaZone(name, options.territory ?? "FR");
  if (iana === undefined) return undefined;
  return iana === name || iana === "UTC" ? { iana } : { iana, windowsName: name };
}

/**
 * Zones of an event. Graph answers `start` and `end` in UTC unless asked otherwise, and tells the zones the author chose in
 * `originalStartTimeZone` and `originalEndTimeZone` (Graph event: get, "Support various time zones"). A series repeats on the
 * wall clock of `recurrence.range.recurrenceTimeZone` (recurrenceRange: the zone of the event when absent).
 * An unknown zone ("Customized Time Zone", `tzone://Microsoft/Custom`) leaves exact instants in UTC, and a loss: a series would
 * not follow its summer time.
 */
export function eventZones(event: GraphEvent, options: ZoneOptions, log: LossLog): EventZones {
  const start = firstKnown(startNames(event), options);
  if (start.missed && event.isAllDay !== true) log.add("start.timeZone", "approximated", "calendar.unknown-zone", "source");
  if (event.originalEndTimeZone === event.originalStartTimeZone || event.originalEndTimeZone === undefined || event.originalEndTimeZone === null) {
    return { start: start.zone, end: start.zone };
  }
  return { start: start.zone, end: resolveZone(event.originalEndTimeZone, options) ?? start.zone };
}

/** Name of an event's zone where nobody knows it and no other that the event names can stand in for it. */
export function unknownZone(event: GraphEvent, options: ZoneOptions): string | undefined {
  return firstKnown(startNames(event), options).missed ? startNames(event).find((name) => Boolean(name)) ?? undefined : undefined;
}

function startNames(event: GraphEvent): readonly Maybe<string>[] {
  return [event.recurrence?.range?.recurrenceTimeZone, event.originalStartTimeZone, event.start?.timeZone];
}

/** The first name given decides; when it is unknown the next known civil zone stands in, and UTC at last. */
function firstKnown(names: readonly Maybe<string>[], options: ZoneOptions): { readonly zone: Zone; readonly missed: boolean } {
  const given = names.filter((name): name is string => typeof name === "string" && name !== "");
  for (const [position, name] of given.entries()) {
    const zone = resolveZone(name, options);
    // A later "UTC" is only the form of the answer, not the zone that the author chose.
    if (zone !== undefined && (position === 0 || zone.iana !== "UTC")) return { zone, missed: false };
  }
  return { zone: { iana: "UTC" }, missed: given.length > 0 };
}

/** Epoch ms of the digits of a Graph `dateTime`; sub-second digits are dropped. Undefined when it is no date. */
export function digits(dateTime: string): number | undefined {
  const parsed = Date.parse(`${dateTime.slice(0, 19).replace(/Z$/i, "")}${dateTime.length <= 10 ? "T00:00:00" : ""}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Instant of a Graph date-time. An unknown zone name is read as UTC. */
export function instantOf(value: GraphDateTime, options: ZoneOptions): number | undefined {
  const local = digits(value.dateTime);
  if (local === undefined || /Z$/i.test(value.dateTime)) return local;
  return toInstant(resolveZone(value.timeZone ?? "UTC", options)?.iana ?? "UTC", local);
}

/** Offset at a wall-clock time, ms east. */
export function localOffset(zone: string, local: number): number {
  return offsetAt(zone, toInstant(zone, local));
}
