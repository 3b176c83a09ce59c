import type { GraphClient, RequestOptions } from "../client/client.js";
import type { GraphEvent } from "../map/graph-event.js";

/** Where the instances of a series are asked for. */
export interface InstancesRequest {
  readonly client: GraphClient;
  /** Path of the events collection, for example "/users/{id}/events". */
  readonly events: string;
  readonly wanted: RequestOptions;
}

/** Length of one question about instances: the documentation names no limit, calendar views are known to refuse longer ones. */
const WINDOW = 2 * 365 * 86_400_000;

/** Occurrences and changed ones of a series between two instants, with what tells them apart (event: list instances). */
export async function* instancesBetween(id: string, from: number, to: number, { client, events, wanted }: InstancesRequest): AsyncIterable<GraphEvent> {
  for (let at = from; at < to; at += WINDOW) {
    const query = {
      startDateTime: new Date(at).toISOString(), endDateTime: new Date(Math.min(at + WINDOW, to)).toISOString(),
      $select: "id,changeKey,type,start,isAllDay,originalStart", $top: 100,
    };
    for await (const page of client.pages<GraphEvent>(`${events}/${id}/instances`, { ...wanted, query })) yield* page.value;
  }
}
