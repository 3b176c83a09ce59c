import type { GraphEvent } from "../../src/graph/map/graph-event.js";
import type { GraphAttachment } from "../../src/graph/map/graph-event.js";
import { eventToIcs, type EventMapping, type MappedEvent } from "../../src/graph/map/event-to-ics.js";
import { seriesFromIcs } from "../../src/sandbox/calendar/from-ics.js";
import { Presentation } from "../../src/sandbox/calendar/presentation.js";
import { namedZone, UTC } from "../../src/sandbox/calendar/zones.js";

/** An event as the reader gets it: whole, with its changed occurrences and the bytes of its attachments. */
export interface Told {
  readonly event: GraphEvent;
  readonly exceptions: readonly GraphEvent[];
  readonly attachments: ReadonlyMap<string, readonly GraphAttachment[]>;
}

export const OWNER = { name: "Zoé", address: "zoe@mairie.example" };

/** iCalendar → Graph, as the sandbox serves it. */
export function told(text: string, warn: (reason: string) => void = () => undefined): readonly Told[] {
  const context = { id: "FILE", addresses: new Set([OWNER.address]), owner: OWNER, changeKey: "k", modified: "2026-01-01T00:00:00Z" };
  const shape = new Presentation({ prefer: new Map(), query: new URLSearchParams("$select=cancelledOccurrences&$expand=exceptionOccurrences"), params: {} } as never);
  const whole = new Presentation({ prefer: new Map(), query: new URLSearchParams(), params: {} } as never);
  return seriesFromIcs(text, namedZone("Europe/Paris") ?? UTC, context, warn).map((series) => {
    const { cancelledOccurrences, exceptionOccurrences } = shape.single({ series, event: series.master }) as GraphEvent;
    const event = { ...(whole.listed(series.master) as GraphEvent), ...(cancelledOccurrences ? { cancelledOccurrences } : {}) };
    const all = [series.master, ...series.exceptions.values()];
    return { event, exceptions: exceptionOccurrences ?? [], attachments: new Map(all.map(({ id, attachments }) => [id, attachments.map(({ json }) => json as GraphAttachment)])) };
  });
}

/** Graph → iCalendar, as the reader writes it. */
export function written({ event, exceptions, attachments }: Told, options: EventMapping = {}): MappedEvent {
  const mapped = eventToIcs({ event, exceptions, attachments }, { ownerMail: OWNER.address, ...options });
  if (mapped === undefined) throw new Error(`not mapped: ${event.id}`);
  return mapped;
}
