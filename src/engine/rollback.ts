import pLimit from "p-limit";
import type { Account, Adapter, TargetRef } from "../core/adapter.js";
import { asExodusError, ExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import type { Failure, Unit, WorkRow } from "../core/state.js";
import { retrying } from "../lib/retry.js";
import { failureOf, type RunContext } from "./context.js";
import { Placing } from "./placing.js";
import { itemOf, mayStand, putContext, removeAt, type PutLane } from "./put.js";
import { isInterruption } from "./stop.js";

const PAGE = 100;

/** How an object of ours ended: taken away, not there, left for the reason that it names, or failed. */
export const ROLLED_BACK = ["removed", "gone", "found", "changed", "unverifiable", "failed"] as const;
export type RolledBack = (typeof ROLLED_BACK)[number];

export interface UnitRollback {
  readonly counts: Readonly<Record<RolledBack, number>>;
  /** Containers that we made and that still hold something. */
  readonly containersLeft: number;
  /** Why the unit, or one of its containers, could not be worked on. */
  readonly failures: readonly Failure[];
}

export interface RollbackOptions {
  /** Also what people have changed since, what cannot be read again, and what stood there as it was to be when it was first looked for. */
  readonly all: boolean;
  /** Told each object but those that were taken away. */
  readonly tell: (row: WorkRow, end: RolledBack, failure?: Failure) => void;
}

/**
 * Takes back what was put for one owner's one workload at one target, and what we made to put it in; then the ledger knows nothing of it, and the vault still holds
 * everything. An object goes only where it still is as it was put, unless `all`. Never throws but for an interruption by a second Ctrl-C.
 */
export async function rollbackUnit(context: RunContext, unit: Unit, owner: Owner, account: Account, adapter: Adapter, options: RollbackOptions): Promise<UnitRollback> {
  const counts: Record<RolledBack, number> = { removed: 0, gone: 0, found: 0, changed: 0, unverifiable: 0, failed: 0 };
  const failures: Failure[] = [];
  let containersLeft = 0;
  try {
    const capability = adapter.manifest.workloads[unit.workload];
    if (capability === undefined || !capability.canRemove) throw new ExodusError("ROLLBACK_UNSUPPORTED", { params: { target: unit.target } });
    const session = await adapter.connect(account, unit.workload, context.stop.hard);
    try {
      const vault = await context.vault.owner(owner);
      try {
        const lane: PutLane = { context, unit, owner, vault, session, placing: new Placing(context, unit, session, capability), capability };
        await rollbackRows(lane, capability.appends === true ? 1 : capability.concurrency ?? adapter.manifest.concurrency, options, counts);
        if (!context.stop.soft.aborted) containersLeft = await lane.placing.removeMade((_container, thrown) => failures.push(failureOf(thrown)));
        if (!context.stop.soft.aborted && failures.length === 0 && (await context.state.standingCount(unit)) === 0) await context.state.dropPlacements(unit);
      } finally {
        await vault.close();
      }
    } finally {
      await session.close();
    }
  } catch (thrown) {
    if (!isInterruption(thrown, context.stop)) failures.push(failureOf(thrown));
  }
  return { counts, containersLeft, failures };
}

async function rollbackRows(lane: PutLane, concurrency: number, options: RollbackOptions, counts: Record<RolledBack, number>): Promise<void> {
  const { context, unit } = lane;
  const limit = pLimit(concurrency);
  // Thrown once nothing is on its way any more.
  let unusable: { readonly thrown: unknown } | undefined;
  for (let after = ""; !context.stop.soft.aborted;) {
    const rows = await context.state.standingRows(unit, after, PAGE);
    await Promise.all(rows.map((row) => limit(async () => {
      if (context.stop.soft.aborted || unusable !== undefined) return;
      try {
        const end = await takeBack(lane, row, options.all);
        counts[end] += 1;
        if (end !== "removed") options.tell(row, end);
      } catch (thrown) {
        if (isInterruption(thrown, context.stop)) return;
        const error = asExodusError(thrown);
        if (error.errorClass === "fatal-config" || error.errorClass === "permanent-container") {
          unusable ??= { thrown };
          return;
        }
        counts.failed += 1;
        options.tell(row, "failed", failureOf(thrown));
      }
    })));
    if (unusable !== undefined) throw unusable.thrown;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/** The object goes before the ledger forgets it: a crash between the two finds it gone the next time. */
async function takeBack(lane: PutLane, row: WorkRow, all: boolean): Promise<RolledBack> {
  const { context, unit } = lane;
  const { previous, outcome } = row.ledger ?? {};
  if (previous !== undefined) {
    await removeAt(lane, previous);
    await context.state.clearPrevious(unit, row.id);
  }
  const at = await standsAt(lane, row);
  if (at === undefined) {
    await context.state.forgetPut(unit, row.id);
    return "gone";
  }
  if (!all && outcome === "unchanged") return "found";
  const state = await compared(lane, row, at);
  if (!all && state === "different") return "changed";
  if (!all && state === "unverifiable") return "unverifiable";
  await removeAt(lane, { ref: at.ref.id, etag: at.ref.etag, container: at.container });
  await context.state.forgetPut(unit, row.id);
  return state === "missing" ? "gone" : "removed";
}

/** Where it stands by the ledger; of a put that was cut off or failed in passing, by the target's own answer. */
async function standsAt(lane: PutLane, row: WorkRow): Promise<{ readonly ref: TargetRef; readonly container: string } | undefined> {
  const { ref, etag, container, state } = row.ledger ?? {};
  const known = ref === undefined || container === undefined ? undefined : { ref: { id: ref, ...(etag === undefined ? {} : { etag }) }, container };
  if (state !== "sending" && (known !== undefined || !mayStand(lane, row))) return known;
  if (row.place === undefined || (await lane.placing.standing(row.container)) === undefined) return known;
  const item = await itemOf(lane.vault, row);
  const found = await lane.session.find(item, putContext(lane, item, await lane.placing.prepare(row.container), undefined));
  return found === undefined ? known : { ref: found, container: row.container };
}

async function compared(lane: PutLane, row: WorkRow, { ref, container }: { readonly ref: TargetRef; readonly container: string }): Promise<"same" | "different" | "missing" | "unverifiable"> {
  const { context, unit, session } = lane;
  const into = await lane.placing.standing(container);
  const placed = await context.state.placed(unit, row.container);
  if (into === undefined || placed === undefined) return "missing";
  if (row.place === undefined) return "unverifiable";
  const item = await itemOf(lane.vault, row);
  const verdict = await retrying(() => session.verify(item, ref, putContext(lane, item, { target: into, container: placed }, ref)), { attempts: context.attempts, signal: context.stop.hard });
  return verdict.state;
}
