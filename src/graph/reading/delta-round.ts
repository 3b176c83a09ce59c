import { asExodusError } from "../../core/errors.js";
import type { Batch, Cursor } from "../../core/source.js";

/**
 * One delta round that survives an expired cursor: Graph answers 410 or a sync-state code (concepts/delta-query-overview, "Token expiration"), the engine is
 * told to compare instead of to believe, and the feed is listed from nothing, once. A link may expire in the middle of a listing, too; a cursor from which links
 * lead in circles is as good as expired.
 */
export async function* resetWhenExpired(round: (since: Cursor | undefined) => AsyncIterable<Batch>, since: Cursor | undefined): AsyncIterable<Batch> {
  try {
    yield* round(since);
  } catch (thrown) {
    const { code } = asExodusError(thrown);
    if (code !== "GRAPH_DELTA_EXPIRED" && !(code === "GRAPH_LOOP" && since !== undefined)) throw thrown;
    yield { changes: [{ kind: "reset" }], done: false };
    yield* round(undefined);
  }
}

/** A page of a delta may name an id several times; the last one holds (concepts/delta-query-overview; driveitem-delta, remarks). */
export function lastOfEach<T extends { readonly id: string }>(rows: readonly T[]): readonly T[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
