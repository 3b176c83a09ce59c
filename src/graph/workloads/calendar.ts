import { createHash } from "node:crypto";
import { itemDigest } from "../../core/digest.js";
import { ExodusError } from "../../core/errors.js";
import type { Change, Container, Owner } from "../../core/item.js";
import type { Batch, Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client.js";
import { attachmentKind } from "../map/event-attachments.js";
import { ATTACHMENT_LIMIT, eventToIcs, type EventMapping } from "../map/event-to-ics.js";
import type { GraphAttachment, GraphEvent, Maybe } from "../map/graph-event.js";
import { batchesOf, ordered } from "../ordered.js";
import { itemFailure } from "../read-errors.js";
import { readSeries, type Series } from "../series.js";

export interface CalendarOptions extends EventMapping {
  readonly cloudLacks: ReadonlySet<string>;
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/** Graph `calendar` (api-reference/v1.0/resources/calendar), the properties that are read. */
interface GraphCalendar {
  readonly id: string;
  readonly name?: Maybe<string>;
  readonly hexColor?: Maybe<string>;
  readonly isDefaultCalendar?: Maybe<boolean>;
  readonly owner?: Maybe<{ readonly address?: Maybe<string> }>;
}

/**
 * Calendars of users: one listing feed a calendar, compared by change marks. The delta of Graph works on a fixed window of expanded occurrences
 * (api-reference/v1.0/api/event-delta), a migration wants every series whole and without a window. A series is read again each round with
 * its exceptions, since nothing documents that changing one occurrence changes the master's mark.
 */
export function createCalendarWorkload(client: GraphClient, options: CalendarOptions): Workload {
  const { pageSize = 100, width = 4, batchSize = 20 } = options;
  const wanted = (owner: Owner, signal: AbortSignal): RequestOptions => ({
    signal, key: `graph:mailbox:${owner.id}`, permission: "Calendars.Read", headers: { Prefer: 'IdType="ImmutableId", outlook.body-content-type="html"' },
  });
  const base = (owner: Owner): string => `/users/${owner.id}`;

  async function* calendars(owner: Owner, signal: AbortSignal): AsyncIterable<GraphCalendar> {
    for await (const page of client.pages<GraphCalendar>(`${base(owner)}/calendars`, { ...wanted(owner, signal), query: { $top: 100 } })) {
      for (const calendar of page.value) if (isOwn(calendar, owner)) yield calendar;
    }
  }

  async function attachmentsOf(owner: Owner, events: readonly GraphEvent[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly GraphAttachment[]>> {
    const found = new Map<string, readonly GraphAttachment[]>();
    let room = options.attachmentLimit ?? ATTACHMENT_LIMIT;
    for (const event of events) {
      if (event.hasAttachments !== true) continue;
      const list: GraphAttachment[] = [];
      const path = `${base(owner)}/events/${event.id}/attachments`;
      for await (const page of client.pages<GraphAttachment>(path, { ...wanted(owner, signal), query: { $select: "id,name,contentType,size,isInline" } })) {
        for (const attachment of page.value) {
          const small = attachmentKind(attachment) === "file" && (attachment.size ?? 0) <= room;
          if (small) room -= attachment.size ?? 0;
          list.push(small ? await client.get<GraphAttachment>(`${path}/${attachment.id ?? ""}`, wanted(owner, signal)) : attachment);
        }
      }
      found.set(event.id, list);
    }
    return found;
  }

  async function readEvent(owner: Owner, listed: GraphEvent, container: string, context: ReadContext): Promise<Change> {
    const title = listed.subject ?? "";
    try {
      const known = await context.known(listed.id);
      const single = listed.type !== "seriesMaster";
      if (single && known !== undefined && listed.changeKey && known.version === listed.changeKey) return { kind: "unchanged", id: listed.id, container };
      const series: Series = single ? { event: listed, exceptions: [] } : await readSeries(client, `${base(owner)}/events/${listed.id}`, listed, wanted(owner, context.signal), options.cloudLacks);
      const version = single ? listed.changeKey ?? "" : seriesVersion(series);
      if (known !== undefined && version !== "" && known.version === version) return { kind: "unchanged", id: listed.id, container };
      const attachments = await attachmentsOf(owner, [series.event, ...series.exceptions], context.signal);
      const mapped = eventToIcs({ ...series, attachments }, { ...options, ...(owner.mail === undefined ? {} : { ownerMail: owner.mail }) });
      if (mapped === undefined) throw new ExodusError("GRAPH_SHAPE", { params: { path: "event", reason: "no readable start" } });
      const body = await context.blobs.write(bytesOf(mapped.ics), ".ics");
      return {
        kind: "item", key: { workload: "calendar", owner: owner.id, id: listed.id }, container, version, title, record: mapped.record, body, parts: [],
        digest: itemDigest(mapped.record, body, []), losses: [...mapped.losses, ...(series.losses ?? [])],
      };
    } catch (thrown) {
      return itemFailure(thrown, { id: listed.id, container, title });
    }
  }

  return {
    name: "calendar",
    async *feeds(owner, signal) {
      for await (const calendar of calendars(owner, signal)) yield { id: calendar.id, container: containerOf(owner, calendar), listing: true };
    },
    async *changes(owner: Owner, feed: Feed, _since, context): AsyncIterable<Batch> {
      const path = `${base(owner)}/calendars/${feed.id}/events`;
      const request = { ...wanted(owner, context.signal), query: { $top: pageSize } };
      for await (const page of client.pages<GraphEvent>(path, request)) {
        const read = ordered(page.value, width, (event) => readEvent(owner, event, feed.container.id, context));
        for await (const changes of batchesOf(read, batchSize)) yield { changes, done: false };
      }
      yield { changes: [], done: true };
    },
    async readOne(owner, id, container, context) {
      try {
        const event = await client.get<GraphEvent>(`${base(owner)}/events/${id}`, wanted(owner, context.signal));
        return await readEvent(owner, event, container, context);
      } catch (thrown) {
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal): Promise<Inventory> {
      let [containers, items] = [0, 0];
      for await (const calendar of calendars(owner, signal)) {
        containers += 1;
        const request = { ...wanted(owner, signal), query: { $select: "id", $top: 1000 } };
        for await (const page of client.pages<GraphEvent>(`${base(owner)}/calendars/${calendar.id}/events`, request)) items += page.value.length;
      }
      return { containers, items };
    },
  };
}

/** A calendar shared from another mailbox belongs to that mailbox, where it is read with full rights. */
function isOwn(calendar: GraphCalendar, owner: Owner): boolean {
  const address = calendar.owner?.address?.toLowerCase();
  return address === undefined || address === "" || address === owner.name.toLowerCase() || address === owner.mail?.toLowerCase();
}

function containerOf(owner: Owner, calendar: GraphCalendar): Container {
  const color = calendar.hexColor ?? "";
  return {
    workload: "calendar", owner: owner.id, id: calendar.id, name: calendar.name ?? "",
    ...(calendar.isDefaultCalendar === true ? { role: "default" as const } : {}), ...(/^#[0-9A-Fa-f]{6}$/.test(color) ? { color } : {}),
  };
}

/** Change mark of a whole series: the master's, each exception's, and the cancelled dates. */
function seriesVersion({ event, exceptions }: Series): string {
  if (!event.changeKey) return "";
  const marks = exceptions.map((exception) => `${exception.id} ${exception.changeKey ?? ""}`).sort();
  return createHash("sha256").update([event.changeKey, ...marks, ...[...(event.cancelledOccurrences ?? [])].sort()].join("\n")).digest("hex").slice(0, 32);
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text, "utf8");
}
