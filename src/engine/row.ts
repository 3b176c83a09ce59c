import { asExodusError, type ExodusError } from "../core/errors.js";
import type { Settlement, WorkRow } from "../core/state.js";
import { failureOf } from "./context.js";
import { forgetIfLost } from "./lost-content.js";
import { isSearchable, itemOf, keepingDoubt, putContext, putRow, removeAt, type PutLane, type StandingAt } from "./put.js";
import { isInterruption } from "./stop.js";

/** How a row ended: `settled` in the ledger, left as it is (`open`), or with an error that concerns more than the row. */
export type RowEnd =
  | { readonly end: "settled"; readonly failedWith?: ExodusError }
  | { readonly end: "open" }
  | { readonly end: "blocked"; readonly error: ExodusError };

type Standing = Pick<Settlement, "ref" | "etag" | "container" | "previous">;

/** Deals with one row to its end in the ledger; never throws. `doubtful`: its last put may or may not have arrived. */
export async function endRow(lane: PutLane, row: WorkRow, doubtful: boolean): Promise<RowEnd> {
  let standing: Standing = row.ledger?.ref === undefined ? {} : { ref: row.ledger.ref, etag: row.ledger.etag, container: row.ledger.container };
  if (row.ledger?.previous !== undefined) standing = { ...standing, previous: row.ledger.previous };
  try {
    if (row.ledger?.previous !== undefined) {
      await removeAt(lane, row.ledger.previous);
      await lane.context.state.clearPrevious(lane.unit, row.id);
      standing = { ...standing, previous: undefined };
      if (row.ledger.state === "done" && row.ledger.seq === row.seq) return { end: "settled" };
    }
    if (row.pullState !== "present") await bury(lane, row, doubtful);
    else {
      const settlement = await send(lane, row, doubtful);
      standing = settlement;
      await removeReplaced(lane, row, settlement);
    }
    return { end: "settled" };
  } catch (thrown) {
    if (isInterruption(thrown, lane.context.stop)) return { end: "open" };
    const error = asExodusError(thrown);
    const blocked = error.errorClass === "fatal-config" || error.errorClass === "permanent-container";
    // Elsewhere it is searched by the next run; where it cannot be, it must not be taken for one that may have arrived.
    if (!blocked || !isSearchable(lane)) await settleFailed(lane, row, standing, error);
    if (blocked) return { end: "blocked", error };
    await forgetIfLost(lane.context, lane.unit, row.id, error);
    return { end: "settled", failedWith: error };
  }
}

async function send(lane: PutLane, row: WorkRow, doubtful: boolean): Promise<Settlement> {
  const { context, unit } = lane;
  const { settlement, item } = await putRow(lane, row, doubtful);
  await context.state.settle(unit, row.id, settlement, context.pass.id, context.run);
  const losses = settlement.losses ?? [];
  const state = settlement.state === "skipped" ? "skipped"
    : settlement.outcome === "unchanged" ? "already-there" : losses.length > 0 ? "converted" : "migrated";
  context.emit({
    type: "item", stage: "push", ...unit, id: row.id, title: row.title, bytes: item.body?.size ?? 0, losses, state,
    ...(settlement.failure === undefined ? {} : { failure: settlement.failure }),
  });
  return settlement;
}

/** The old object goes only after the new one stands in the ledger. */
async function removeReplaced(lane: PutLane, row: WorkRow, settlement: Settlement): Promise<void> {
  if (settlement.previous === undefined) return;
  await removeAt(lane, settlement.previous);
  await lane.context.state.clearPrevious(lane.unit, row.id);
}

/** The item is gone at the source: with `--apply-deletions` our object goes too where the target lets it, else it is kept and said so. */
async function bury(lane: PutLane, row: WorkRow, doubtful: boolean): Promise<void> {
  const { context, unit } = lane;
  const at = doubtful ? await keepingDoubt(lane, doubtful, () => searchLost(lane, row)) : standingAt(row);
  const removes = context.applyDeletions && lane.capability?.canRemove !== false;
  if (at !== undefined && removes) await removeAt(lane, at);
  const keep = at !== undefined && !removes;
  const state = keep ? "kept" : "removed";
  await context.state.settle(unit, row.id, { state, seq: row.seq, ...(keep ? at : {}), countAttempt: false }, context.pass.id, context.run);
  if (at !== undefined) context.emit({ type: "item", stage: "push", ...unit, id: row.id, title: row.title, bytes: 0, state });
}

function standingAt(row: WorkRow): StandingAt | undefined {
  const { ref, etag, container } = row.ledger ?? {};
  return ref === undefined || container === undefined ? undefined : { ref, etag, container };
}

/** Its put was cut by a crash and it has vanished at the source since: what may have arrived must still be accounted for. */
async function searchLost(lane: PutLane, row: WorkRow): Promise<StandingAt | undefined> {
  if (row.place === undefined) return standingAt(row);
  const item = await itemOf(lane.vault, row);
  const placed = await lane.placing.prepare(row.container);
  const found = await lane.session.find(item, putContext(lane, item, placed, undefined));
  return found === undefined ? standingAt(row) : { ref: found.id, etag: found.etag, container: row.container };
}

async function settleFailed(lane: PutLane, row: WorkRow, standing: Standing, error: ExodusError): Promise<void> {
  const { context, unit } = lane;
  const failure = failureOf(error);
  const { ref, etag, container, previous } = standing;
  // A row that is marked only just before its put may have failed before.
  if (!isSearchable(lane)) await context.state.markSending(unit, [row]);
  await context.state.settle(unit, row.id, { state: "failed", seq: row.seq, failure, countAttempt: true, ref, etag, container, previous }, context.pass.id, context.run);
  context.emit({ type: "item", stage: "push", ...unit, id: row.id, title: row.title, bytes: 0, state: "failed", failure });
}
