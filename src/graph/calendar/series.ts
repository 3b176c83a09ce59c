import { createHash } from "node:crypto";
import type { Loss } from "../../core/item.js";
import { asExodusError } from "../../core/errors.js";
import { eventTimes, instantOfLocal, originalLocal, startLocal, type EventTimes } from "../map/event-times.js";
import type { GraphEvent } from "../map/graph-event.js";
import { LossLog } from "../map/loss-log.js";
import { occurrences } from "../map/occurrences.js";
import { instantOf, type ZoneOptions } from "../map/zones.js";
import { instancesBetween, type InstancesRequest } from "./instances.js";
import { seriesZone, zoneOfInstances, type SeriesZone } from "./series-zone.js";

/** A series master with what was changed and cancelled in it. */
export interface Series {
  /** The master, with `cancelledOccurrences`. */
  readonly event: GraphEvent;
  /** Change mark of the whole series: the master's, each exception's, and the cancelled dates. Empty when the source tells no mark. */
  readonly version: string;
  readonly losses: readonly Loss[];
  /** Changed occurrences as they were told with it, which may be in part. */
  readonly told: readonly GraphEvent[];
  /** Changed occurrences in full; may ask the source. */
  exceptions(): Promise<readonly GraphEvent[]>;
  /** In which zone its times are to be read; may ask the source. */
  zone(): Promise<SeriesZone>;
}

/** Where a series is read from. */
export interface SeriesRequest extends InstancesRequest {
  /** "type.property" that the cloud lacks. */
  readonly lacks: ReadonlySet<string>;
  readonly zones: ZoneOptions;
  /** Epoch ms; present time unless told. */
  readonly now?: number;
}

const DAY = 86_400_000;
/** How far ahead an endless series is compared with its instances, and a finite one at most. */
const AHEAD = { endless: 2 * 366 * DAY, finite: 10 * 366 * DAY } as const;
/** An occurrence may have been moved out of the days of its series. */
const MARGIN = 400 * DAY;

/** Every property of v1.0 `event` that the mapping reads: `$select` limits the master and its expanded exceptions alike. */
const PROPERTIES = [
  "id", "changeKey", "type", "seriesMasterId", "iCalUId", "subject", "body", "start", "end", "originalStart", "originalStartTimeZone", "originalEndTimeZone",
  "isAllDay", "isCancelled", "isDraft", "isOrganizer", "isReminderOn", "reminderMinutesBeforeStart", "isOnlineMeeting", "onlineMeeting", "onlineMeetingUrl",
  "onlineMeetingProvider", "organizer", "attendees", "hideAttendees", "allowNewTimeProposals", "responseRequested", "responseStatus", "location", "locations",
  "recurrence", "sensitivity", "showAs", "importance", "categories", "hasAttachments", "createdDateTime", "lastModifiedDateTime",
].join(",");

/**
 * Reads what a listing does not tell of a series. `cancelledOccurrences` comes only with `$select`, `exceptionOccurrences` only with
 * `$expand`, both only on a GET of the master (Graph event resource; event: get, series master example). A cloud that lacks
 * them, refuses the question or leaves the answer out is asked for the series' instances, which are compared with its rule.
 */
export async function readSeries(master: GraphEvent, request: SeriesRequest): Promise<Series> {
  if (!request.lacks.has("event.exceptionOccurrences") && !request.lacks.has("event.cancelledOccurrences")) {
    const told = await expanded(master.id, request);
    if (told?.exceptionOccurrences && told.cancelledOccurrences) return seriesOf({ ...master, ...told }, told.exceptionOccurrences, told.cancelledOccurrences, request, () => seriesZone({ ...master, ...told }, request, request.zones, request.now));
  }
  return readInstances(master, request);
}

async function expanded(id: string, { client, events, wanted }: SeriesRequest): Promise<GraphEvent | undefined> {
  try {
    const query = { $select: `${PROPERTIES},cancelledOccurrences,exceptionOccurrences`, $expand: "exceptionOccurrences" };
    return await client.get<GraphEvent>(`${events}/${id}`, { ...wanted, type: "event", query });
  } catch (thrown) {
    if (asExodusError(thrown).code === "GRAPH_REFUSED") return undefined;
    throw thrown;
  }
}

function seriesOf(event: GraphEvent, told: readonly GraphEvent[], cancelled: readonly string[], request: SeriesRequest, zone: Series["zone"], losses: readonly Loss[] = []): Series {
  return {
    event: { ...event, cancelledOccurrences: cancelled }, version: seriesVersion(event, told, cancelled), losses, told, zone,
    exceptions: async () => (await Promise.all(told.map((exception) => wholeException(exception, request)))).filter((one) => one !== undefined).sort(byOriginalStart),
  };
}

/** Nothing promises the order in which exceptions are told, and it is not the same for both ways of asking. */
function byOriginalStart(a: GraphEvent, b: GraphEvent): number {
  const place = ({ originalStart, start, id }: GraphEvent): string => `${originalStart ?? start?.dateTime ?? ""} ${id}`;
  return place(a) < place(b) ? -1 : 1;
}

/** An exception told in part is read alone; gone meanwhile, it is left to the next round, which sees another version. */
async function wholeException(told: GraphEvent, { client, events, wanted }: SeriesRequest): Promise<GraphEvent | undefined> {
  if (told.start && told.originalStart && told.subject !== undefined) return told;
  try {
    return { ...told, ...(await client.get<GraphEvent>(`${events}/${told.id}`, wanted)) };
  } catch (thrown) {
    if (asExodusError(thrown).code === "GRAPH_NOT_FOUND") return undefined;
    throw thrown;
  }
}

function seriesVersion(master: GraphEvent, exceptions: readonly GraphEvent[], cancelled: readonly string[]): string {
  if (!master.changeKey) return "";
  const marks = exceptions.map((exception) => `${exception.id} ${exception.changeKey ?? ""}`).sort();
  return createHash("sha256").update([master.changeKey, ...marks, ...[...cancelled].sort()].join("\n")).digest("hex").slice(0, 32);
}

/** Occurrences that the rule makes and the source does not list are the cancelled ones (event: list instances). */
async function readInstances(master: GraphEvent, request: SeriesRequest): Promise<Series> {
  const asked = eventTimes(master, request.zones, new LossLog());
  if (asked === undefined || !master.recurrence) return unread(master, request.zones);
  const now = request.now ?? Date.now();
  // Read in another zone than its own, a series seems to begin up to a week after its start, and ends a week off at the most.
  const start = instantOfLocal(asked.start, asked);
  const first = Math.min(start, (master.start ? instantOf(master.start, request.zones) : undefined) ?? start) - DAY;
  const end = instantOfLocal(expectedStarts(master, asked, now).expected.at(-1) ?? asked.start, asked) + MARGIN;
  const instances: GraphEvent[] = [];
  for await (const instance of instancesBetween(master.id, first, end, request)) instances.push(instance);
  // Before days are compared: in UTC, the nights of a zone without rules are other days, and every occurrence would seem to be missing.
  const zone = zoneOfInstances(master, instances, request.zones);
  const log = new LossLog();
  const times = eventTimes(master, zone.zones, log) ?? asked;
  const { expected, cut } = expectedStarts(master, times, now);
  if (cut) log.add("exceptionOccurrences", "truncated", "calendar.exceptions-window", "source");
  const exceptions = new Map(instances.filter(({ type }) => type === "exception").map((instance) => [instance.id, instance]));
  const present = new Set(instances.flatMap((instance) => (exceptions.has(instance.id) ? originalLocal(instance, times, zone.zones, log) : startLocal(instance, times, zone.zones)) ?? []));
  const cancelled = absent(expected, present).map((start) => `OID.${master.id}.${new Date(start).toISOString().slice(0, 10)}`);
  return seriesOf(master, [...exceptions.values()], cancelled, request, () => Promise.resolve(zone), log.losses.filter((loss) => loss.reason === "calendar.exceptions-window"));
}

/** What nobody can compare is kept as it was told. */
function unread(event: GraphEvent, zones: ZoneOptions): Series {
  return { event, version: "", losses: [], told: [], exceptions: () => Promise.resolve([]), zone: () => Promise.resolve({ zones, losses: [] }) };
}

/**
 * Expected starts without an instance near them. Occurrences are a day apart at least: half a day of tolerance keeps an instance whose
 * clock differs (an unknown zone, a changed rule of summer time) from being taken for another's absence.
 */
function absent(expected: readonly number[], present: ReadonlySet<number>): readonly number[] {
  const found = [...present].sort((a, b) => a - b);
  let at = 0;
  return expected.filter((start) => {
    while (at < found.length && (found[at] ?? 0) <= start - DAY / 2) at += 1;
    const near = found[at];
    return near === undefined || near >= start + DAY / 2;
  });
}

/** Starts that the rule makes, as far as instances are compared; `cut`: the series goes on beyond. */
function expectedStarts(master: GraphEvent, times: EventTimes, now: number): { readonly expected: readonly number[]; readonly cut: boolean } {
  const recurrence = master.recurrence ?? {};
  const horizon = now + (recurrence.range?.type === "noEnd" ? AHEAD.endless : AHEAD.finite);
  const expected: number[] = [];
  for (const start of occurrences(recurrence, times.start)) {
    if (start > horizon) return { expected, cut: true };
    expected.push(start);
  }
  return { expected, cut: false };
}
