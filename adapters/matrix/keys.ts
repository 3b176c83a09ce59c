import { createHash } from "node:crypto";
import type { WorkloadName } from "../../src/core/item.js";
import { GHOST_PREFIX } from "../../src/drivers/matrix/registration.js";
import type { MatrixEvent } from "../../src/drivers/matrix/events.js";

/** Members of an event's content that are ours: a repeat finds by them what stands already. */
export const SOURCE = "fr.o365exodus.source_id";
/** The directory's id of the author. */
export const AUTHOR = "fr.o365exodus.author";
/** Of a message: the events with its pictures and files, sent before it. */
export const PARTS = "fr.o365exodus.parts";
/** State: what a room stands for. */
export const CARD = "fr.o365exodus.card";

/** State, by the user's id without its @ (only the user itself may set state by its id): its account was closed when the room was written to. */
export const CLOSED = "fr.o365exodus.closed";

/** State: this program closed the room for writing, `by` what is told of its conversation at the source, or the target's option. */
export const ARCHIVE = "fr.o365exodus.archive";

/** Local part of a conversation's alias; by its id alone, so that it outlives the owner and the vault. */
export function aliasOf(workload: WorkloadName, container: string): string {
  return `${GHOST_PREFIX}${createHash("sha256").update(`${workload}\n${container}`).digest("hex").slice(0, 32)}`;
}

/** Transaction ids hold for a day or so; the source's id in the content holds for ever. */
export function transactionOf(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 40);
}

export function sourceOf({ content }: Pick<MatrixEvent, "content">): string | undefined {
  const source = content[SOURCE];
  return typeof source === "string" ? source : undefined;
}

/** Source id of a picture or file of a message. */
export function partSource(message: string, part: string): string {
  return `${message}#${part}`;
}
