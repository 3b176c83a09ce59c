import { createHash } from "node:crypto";
import type { DiskMap } from "../../lib/disk-map.js";
import { historyPage, isRedacted, type MatrixEvent } from "./events.js";
import type { Room } from "./rooms.js";

/** What `place` holds once the beginning of the room was reached; no token of a server is empty. */
const WHOLE = "";

/**
 * Which event of a room stands for which source id. Events carry their source's id in their content: it is found again by paging back from the room's end, only as
 * far as somebody asks, and each page once. What was seen, and how far, is on disk: a room may hold a million messages.
 */
export class RoomHistory {
  constructor(private readonly room: Room, private readonly known: DiskMap, private readonly sourceOf: (event: MatrixEvent) => string | undefined) {}

  /** What this session sent. */
  add(source: string, event: string): void {
    this.known.set(this.#key("source", source), event);
  }

  /** By what was paged so far; after a `find` in vain that is the whole room. */
  seen(source: string): string | undefined {
    return this.known.get(this.#key("source", source));
  }

  async find(source: string, signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const event = this.seen(source);
      if (event !== undefined) return event;
      const place = this.known.get(this.#key("place", ""));
      if (place === WHOLE) return undefined;
      await this.#page(place, signal);
    }
  }

  /** Among the newest events, as far back as to one of ours: for what was sent last and whose answer was lost. The events of a room are sent one by one, so that it is the newest of ours or did not arrive. */
  async findLast(source: string, signal: AbortSignal): Promise<string | undefined> {
    let from: string | undefined;
    do {
      const { events, end } = await historyPage(this.room, from, signal);
      for (const event of events) {
        const found = isRedacted(event) ? undefined : this.sourceOf(event);
        if (found === source) {
          this.add(source, event.event_id);
          return event.event_id;
        }
        if (found !== undefined) return undefined;
      }
      from = end;
    } while (from !== undefined);
    return undefined;
  }

  async #page(from: string | undefined, signal: AbortSignal): Promise<void> {
    const { events, end } = await historyPage(this.room, from, signal);
    for (const event of events) {
      const source = isRedacted(event) ? undefined : this.sourceOf(event);
      // The newest of two counts, and what this session sent is newer than any page.
      if (source !== undefined && this.seen(source) === undefined) this.add(source, event.event_id);
    }
    this.known.set(this.#key("place", ""), end ?? WHOLE);
  }

  /** Rooms share one map. 128 bits, so that no two ever clash. */
  #key(kind: "source" | "place", source: string): string {
    return createHash("sha256").update(`${kind}\n${this.room.id}\n${source}`).digest("base64url").slice(0, 22);
  }
}
