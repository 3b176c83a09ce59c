import type { Loss } from "../core/item.js";
import type { GraphClient, RequestOptions } from "./client.js";
import type { GraphEvent } from "./map/graph-event.js";
import { occurrences } from "./map/recurrence.js";

/** A series master with what was changed and cancelled in it. */
export interface Series {
  readonly event: GraphEvent;
  readonly exceptions: readonly GraphEvent[];
  readonly losses?: readonly Loss[];
}

const DAY = 86_400_000;
/** Window in which a cloud without the newer properties is asked for a series' instances: five years from its start. */
const WINDOW = 5 * 366 * DAY;

/**
 * Reads what a listing does not tell of a series. Where the cloud has them, `exceptionOccurrences` and `cancelledOccurrences` come with one GET of the
 * master, only when asked for (api-reference/v1.0/api/event-get, example "get a series master with its exception occurrences"); elsewhere
 * the instances are listed and compared with the rule.
 */
export async function readSeries(client: GraphClient, path: string, master: GraphEvent, request: RequestOptions, lacks: ReadonlySet<string>): Promise<Series> {
  if (lacks.has("event.exceptionOccurrences") || lacks.has("event.cancelledOccurrences")) return readInstances(client, path, master, request);
  const query = { $select: "id,cancelledOccurrences", $expand: "exceptionOccurrences" };
  const told = await client.get<GraphEvent>(path, { ...request, query });
  return { event: { ...master, cancelledOccurrences: told.cancelledOccurrences ?? [] }, exceptions: told.exceptionOccurrences ?? [] };
}

async function readInstances(client: GraphClient, path: string, master: GraphEvent, request: RequestOptions): Promise<Series> {
  const start = Date.parse(`${(master.start?.dateTime ?? "").slice(0, 19)}Z`);
  const last = master.recurrence?.range?.type === "endDate" ? Date.parse(`${master.recurrence.range.endDate ?? ""}T00:00:00Z`) + 2 * DAY : Infinity;
  const end = Math.min(start + WINDOW, last);
  const query = { startDateTime: new Date(start - DAY).toISOString(), endDateTime: new Date(end).toISOString(), $top: 200 };
  const exceptions: GraphEvent[] = [];
  const days = new Set<string>();
  for await (const page of client.pages<GraphEvent>(`${path}/instances`, { ...request, query })) {
    for (const instance of page.value) {
      days.add((instance.originalStart ?? instance.start?.dateTime ?? "").slice(0, 10));
      if (instance.type === "exception") exceptions.push(instance);
    }
  }
  const cancelled: string[] = [];
  for (const local of occurrences(master.recurrence ?? {}, start)) {
    if (local >= end) break;
    const day = new Date(local).toISOString().slice(0, 10);
    if (!days.has(day)) cancelled.push(`OID.${master.id}.${day}`);
  }
  const losses: Loss[] = last > end ? [{ field: "exceptionOccurrences", change: "truncated", side: "source", reason: "calendar.exceptions-window" }] : [];
  return { event: { ...master, cancelledOccurrences: cancelled }, exceptions, losses };
}
