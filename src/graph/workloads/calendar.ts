import { itemDigest } from "../../core/digest.js";
import { asExodusError, ExodusError } from "../../core/errors.js";
import type { Change, Container, Owner } from "../../core/item.js";
import type { Batch, Cursor, Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { readAttachments } from "../calendar/event-files.js";
import { ATTACHMENT_LIMIT, eventToIcs, type EventMapping } from "../map/event-to-ics.js";
import type { GraphEvent, Maybe } from "../map/graph-event.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { itemTitle } from "../reading/item-title.js";
import { itemFailure } from "../reading/read-errors.js";
import { smallerPages } from "../reading/smaller-pages.js";
import { calendarCardId, calendarOfCard, readCalendarCard, Seen } from "../calendar/rights.js";
import { readSeries, type Series } from "../calendar/series.js";
import { textBytes } from "../reading/text-bytes.js";

export interface CalendarOptions extends EventMapping {
  /** Properties, as "type.property", that the cloud's metadata does not have. */
  readonly cloudLacks: ReadonlySet<string>;
  /** Events a page of the listing. */
  readonly pageSize?: number;
  /** Events read at once in one mailbox. */
  readonly width?: number;
  /** Items stored at once. */
  readonly batchSize?: number;
}

/** Graph `calendar` (api-reference/v1.0/resources/calendar), the properties that are read. */
interface GraphCalendar {
  readonly id: string;
  readonly name?: Maybe<string>;
  readonly hexColor?: Maybe<string>;
  readonly isDefaultCalendar?: Maybe<boolean>;
  readonly canShare?: Maybe<boolean>;
  readonly owner?: Maybe<{ readonly address?: Maybe<string> }>;
}

/** What every step of the reading needs. */
interface Reading {
  readonly client: GraphClient;
  readonly options: CalendarOptions;
}

/** The listing starts anew each round: the cursor only says that one was finished. */
const LISTED = "listed" as Cursor;

/**
 * Calendars of users: one listing feed a calendar. Graph's delta works on a window of expanded occurrences fixed at its first
 * call (api-reference/v1.0/api/event-delta); a migration wants every series whole and without a window, so each round lists
 * single events and series masters (calendar: list events) and compares change marks.
 * A single event whose `changeKey` is known is not read. A series is always asked for its exceptions and cancelled dates, because
 * nothing documents that changing one occurrence changes its master's mark; its version covers all of them, so that an
 * unchanged series costs one request and stores nothing. Who may see the calendar is read at the end of its round, as an item in it.
 */
export function createCalendarWorkload(client: GraphClient, options: CalendarOptions): Workload {
  const reading: Reading = { client, options };
  const { pageSize = 100, width = 4, batchSize = 20 } = options;
  return {
    name: "calendar",
    width: 4,
    async *feeds(owner, signal) {
      for await (const calendar of calendars(reading, owner, signal)) yield { id: calendar.id, container: containerOf(owner, calendar), listing: true };
    },
    async *changes(owner: Owner, feed: Feed, _since, context): AsyncIterable<Batch> {
      const request = wanted(owner, context.signal);
      const seen = new Seen();
      const pages = ($top: number) => client.pages<GraphEvent>(`${base(owner)}/calendars/${feed.id}/events`, { ...request, query: { $top } });
      for await (const page of smallerPages(pageSize, pages)) {
        const read = ordered(page.value, width, (event) => readListed(reading, owner, event, feed.container.id, seen, context));
        for await (const changes of batchesOf(told(read), batchSize)) yield { changes, done: false };
      }
      const { id, name, role } = feed.container;
      const rights = await readCalendarCard({ client, owner, seen, request, calendar: { id, name, primary: role === "default" } }, context);
      yield { changes: rights, next: LISTED, done: true };
    },
    async readOne(owner, id, container, context) {
      try {
        const calendar = calendarOfCard(id);
        if (calendar !== undefined) return await readCard(reading, owner, calendar, context);
        const event = await client.get<GraphEvent>(`${base(owner)}/events/${id}`, wanted(owner, context.signal));
        return await readEvent(reading, owner, event, container, new Seen(), context);
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal): Promise<Inventory> {
      let [containers, items] = [0, 0];
      for await (const calendar of calendars(reading, owner, signal)) {
        containers += 1;
        const request = { ...wanted(owner, signal), query: { $select: "id", $top: 1000 } };
        for await (const page of client.pages<GraphEvent>(`${base(owner)}/calendars/${calendar.id}/events`, request)) items += page.value.length;
      }
      return { containers, items };
    },
  };
}

function base(owner: Owner): string {
  return `/users/${owner.id}`;
}

/** Times come in UTC when no `outlook.timezone` is asked for; the author's zone is a property of its own (event: get). */
function wanted(owner: Owner, signal: AbortSignal): RequestOptions {
  return { signal, key: `graph:mailbox:${owner.id}`, permission: "Calendars.Read", headers: { Prefer: 'IdType="ImmutableId", outlook.body-content-type="html"' } };
}

/**
 * The owner's calendars, of every calendar group, each once. Birthday and holiday calendars are copied like the others: their names
 * are localised and no property marks them, a rule that left them out would guess.
 */
async function* calendars({ client }: Reading, owner: Owner, signal: AbortSignal): AsyncIterable<GraphCalendar> {
  const request = { ...wanted(owner, signal), query: { $top: 100 } };
  const found = new Map<string, GraphCalendar>();
  for await (const page of client.pages<GraphCalendar>(`${base(owner)}/calendars`, request)) for (const calendar of page.value) found.set(calendar.id, calendar);
  for await (const page of client.pages<{ readonly id: string }>(`${base(owner)}/calendarGroups`, request)) {
    for (const group of page.value) {
      for await (const inner of client.pages<GraphCalendar>(`${base(owner)}/calendarGroups/${group.id}/calendars`, request)) {
        for (const calendar of inner.value) if (!found.has(calendar.id)) found.set(calendar.id, calendar);
      }
    }
  }
  const own = ownAddresses(owner, [...found.values()]);
  for (const calendar of found.values()) if (isOwn(calendar, own)) yield calendar;
}

/** The mailbox may be known by another address than the directory's: its default calendar tells which. */
function ownAddresses(owner: Owner, all: readonly GraphCalendar[]): ReadonlySet<string> {
  const addresses = [owner.name, owner.mail, ...all.filter((calendar) => calendar.isDefaultCalendar === true).map((calendar) => calendar.owner?.address)];
  return new Set(addresses.flatMap((address) => (address ? [address.toLowerCase()] : [])));
}

/**
 * A calendar shared by somebody else names that person as its owner, and only its creator may share one (calendar: owner, canShare): it
 * belongs to the other mailbox, where it is read with full rights. In doubt a calendar is the owner's.
 */
function isOwn(calendar: GraphCalendar, own: ReadonlySet<string>): boolean {
  const address = calendar.owner?.address?.toLowerCase() ?? "";
  return address === "" || calendar.isDefaultCalendar === true || calendar.canShare === true || own.has(address);
}

function containerOf(owner: Owner, calendar: GraphCalendar): Container {
  const color = /^#?([0-9A-Fa-f]{6})$/.exec(calendar.hexColor ?? "")?.[1];
  return {
    workload: "calendar", owner: owner.id, id: calendar.id, name: calendar.name ?? "",
    ...(calendar.isDefaultCalendar === true ? { role: "default" as const } : {}), ...(color === undefined ? {} : { color: `#${color}` }),
  };
}

/** The rights of one calendar, whose events are listed for what else its record tells; of series the masters alone: the round that follows in the same run looks at their exceptions. */
async function readCard({ client }: Reading, owner: Owner, id: string, context: ReadContext): Promise<Change> {
  const request = wanted(owner, context.signal);
  const { name, isDefaultCalendar } = await client.get<GraphCalendar>(`${base(owner)}/calendars/${id}`, request);
  const seen = new Seen();
  for await (const page of client.pages<GraphEvent>(`${base(owner)}/calendars/${id}/events`, { ...request, query: { $select: "id,sensitivity", $top: 1000 } })) seen.note(...page.value);
  const [card] = await readCalendarCard({ client, owner, seen, request, calendar: { id, name: name ?? "", primary: isDefaultCalendar === true } }, context);
  return card ?? { kind: "tombstone", id: calendarCardId(id), container: id };
}

/** Occurrences belong to their series' item; one whose series is not in this mailbox (a single invitation) stands alone. */
async function readListed(reading: Reading, owner: Owner, event: GraphEvent, container: string, seen: Seen, context: ReadContext): Promise<Change | undefined> {
  seen.note(event);
  const part = (event.type === "exception" || event.type === "occurrence") && event.seriesMasterId;
  try {
    if (part && await hasMaster(reading, owner, part, context.signal)) return undefined;
    return await readEvent(reading, owner, event, container, seen, context);
  } catch (thrown) {
    context.signal.throwIfAborted();
    return itemFailure(thrown, { id: event.id, container, title: itemTitle(event.subject, event.start?.dateTime) });
  }
}

async function hasMaster({ client }: Reading, owner: Owner, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.get(`${base(owner)}/events/${id}`, { ...wanted(owner, signal), query: { $select: "id" } });
    return true;
  } catch (thrown) {
    if (asExodusError(thrown).code === "GRAPH_NOT_FOUND") return false;
    throw thrown;
  }
}

async function readEvent({ client, options }: Reading, owner: Owner, listed: GraphEvent, container: string, seen: Seen, context: ReadContext): Promise<Change> {
  const known = await context.known(listed.id);
  const unchanged = (version: string): boolean => known !== undefined && version !== "" && known.version === version;
  const single = !listed.recurrence;
  if (single && unchanged(listed.changeKey ?? "")) return { kind: "unchanged", id: listed.id, container };
  const events = `${base(owner)}/events`;
  const request = wanted(owner, context.signal);
  const series: Series = single
    ? { event: listed, version: listed.changeKey ?? "", losses: [], told: [], exceptions: () => Promise.resolve([]), zone: () => Promise.resolve({ zones: options, losses: [] }) }
    : await readSeries(listed, { client, events, wanted: request, lacks: options.cloudLacks, zones: options });
  seen.note(...series.told);
  if (unchanged(series.version)) return { kind: "unchanged", id: listed.id, container };
  const exceptions = await series.exceptions();
  const { zones, losses } = await series.zone();
  const attachments = await readAttachments(client, events, [series.event, ...exceptions], options.attachmentLimit ?? ATTACHMENT_LIMIT, request);
  const mapped = eventToIcs({ event: series.event, exceptions, attachments }, { ownerMail: owner.mail ?? owner.name, ...options, ...zones });
  if (mapped === undefined) throw new ExodusError("GRAPH_SHAPE", { params: { path: "event", reason: "no readable start" } });
  const body = await context.blobs.write(textBytes(mapped.ics), ".ics");
  return {
    kind: "item", key: { workload: "calendar", owner: owner.id, id: listed.id }, container, version: series.version, title: itemTitle(listed.subject, listed.start?.dateTime),
    record: mapped.record, body, parts: [], digest: itemDigest(mapped.record, body, []), losses: [...mapped.losses, ...series.losses, ...losses],
  };
}

async function* told(changes: AsyncIterable<Change | undefined>): AsyncIterable<Change> {
  for await (const change of changes) if (change !== undefined) yield change;
}
