import type { Account, Adapter } from "../core/adapter.js";
import { asExodusError, type ExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import type { PushPlace, Unit, WorkRow } from "../core/state.js";
import type { Backlog, Lane } from "./backlog.js";
import { failureOf, type RunContext } from "./context.js";
import { Placing } from "./placing.js";
import { isSearchable, mayStand, UNSURE, type PutLane } from "./put.js";
import { endRow } from "./row.js";
import { isInterruption } from "./stop.js";

const PAGE = 100;
const START: PushPlace = { seq: 0, written: "" };
/** A container in which this many items in a row fail for the same reason is left for the next run. */
const CIRCUIT = 50;
/** The same where the target cannot be searched: each lost answer is one that somebody has to look for. */
const CIRCUIT_UNASKED = 3;

interface Push extends PutLane {
  readonly concurrency: number;
  readonly appends: boolean;
  readonly backlog: Backlog;
  readonly lane: Lane;
  /** Containers left for the next run; "*" = the whole unit. */
  readonly blocked: Set<string>;
  readonly streak: Map<string, { readonly code: string; readonly count: number }>;
  /** Set when the whole target is unusable; thrown once everything in flight has ended. */
  fatal?: ExodusError;
}

/**
 * Pushes one unit while its pull goes on, and until both are done. Failures of items go to the ledger; failures of containers or of the
 * account are recorded as blockages.
 * @throws ExodusError of class fatal-config: the whole target is unusable.
 */
export async function pushUnit(context: RunContext, unit: Unit, owner: Owner, account: Account, adapter: Adapter, backlog: Backlog): Promise<void> {
  context.emit({ type: "unit", stage: "push", state: "started", ...unit });
  await context.state.clearBlockages(unit);
  const lane = backlog.lane();
  try {
    const session = await adapter.connect(account, unit.workload, context.stop.hard);
    try {
      const vault = await context.vault.owner(owner);
      const { manifest } = adapter;
      try {
        const capability = manifest.workloads[unit.workload];
        await pushAll({
          context, unit, owner, vault, session, placing: new Placing(context, unit, session, capability), capability,
          concurrency: capability?.appends === true ? 1 : capability?.concurrency ?? manifest.concurrency, appends: capability?.appends === true, backlog, lane, blocked: new Set(), streak: new Map(),
        });
      } finally {
        await vault.close();
      }
    } finally {
      await session.close();
    }
  } catch (thrown) {
    if (!isInterruption(thrown, context.stop)) await blockUnit(context, unit, thrown);
  } finally {
    lane.close();
    context.emit({ type: "unit", stage: "push", state: "ended", ...unit });
  }
}

async function pushAll(push: Push): Promise<void> {
  const { context, backlog, lane } = push;
  const { soft } = context.stop;
  // Its turn comes when the oldest is known; until then the pull need not wait for it.
  while (push.appends && !backlog.ended && !soft.aborted) {
    lane.reached(lane.mark());
    await lane.more(soft);
  }
  if (push.appends && backlog.cut) await leaveCut(push);
  await resolveDoubts(push);
  for (let after = START; !soft.aborted; ) {
    const ended = backlog.ended;
    after = await pushPending(push, after, false);
    if (ended || push.blocked.has("*")) break;
    await lane.more(soft);
  }
  // Only a pull that saw everything may say that an item is gone: until then it may be on its way to another folder.
  if (backlog.complete && !soft.aborted) await pushPending(push, START, true);
  if (push.fatal !== undefined) throw push.fatal;
  if (soft.aborted || push.blocked.has("*")) return;
  const failed = (container: string, thrown: unknown): Promise<void> => blockContainer(push, container, thrown);
  await push.placing.sweep(failed);
  if (context.applyDeletions && backlog.complete) await push.placing.removeOrphans(failed);
  if (push.fatal !== undefined) throw push.fatal;
  await push.session.settle?.(context.stop.hard);
}

/** A conversation whose reading broke off may miss its oldest messages, which could not be put before the others any more: it waits for a reading that ends. */
async function leaveCut(push: Push): Promise<void> {
  const { workload, owner } = push.unit;
  for (const blockage of await push.context.state.blockages()) {
    if (blockage.target === "" && blockage.workload === workload && blockage.owner === owner) push.blocked.add(blockage.container);
  }
}

/** Rows left in doubt by a crash, one by one, so that identical twins cannot both claim the same object. */
async function resolveDoubts(push: Push): Promise<void> {
  const { context, unit } = push;
  for (let after = START; ; ) {
    const rows = await context.state.inDoubt(unit, { after, limit: PAGE, oldestFirst: push.appends });
    for (const row of rows) {
      if (context.stop.soft.aborted || push.blocked.has("*")) return;
      if (!push.blocked.has(row.container)) await handle(push, row, row.ledger?.state === "sending");
      after = row;
    }
    if (rows.length === 0) return;
  }
}

/** Runs rows beside one another up to the adapter's concurrency; answers where it got to. */
async function pushPending(push: Push, from: PushPlace, gone: boolean): Promise<PushPlace> {
  const { context, unit } = push;
  const running = new Map<string, Promise<void>>();
  const stopped = (): boolean => context.stop.soft.aborted || push.blocked.has("*");
  let after = from;
  for (;;) {
    const mark = push.lane.mark();
    const rows = await context.state.pending(unit, { after, limit: PAGE, run: context.run, gone, keptToo: context.applyDeletions, oldestFirst: push.appends });
    if (rows.length === 0) push.lane.reached(mark);
    if (rows.length === 0 || stopped()) break;
    if (isSearchable(push)) await context.state.markSending(unit, rows.filter((row) => row.pullState === "present" && !push.blocked.has(row.container)));
    for (const row of rows) {
      if (stopped()) break;
      after = row;
      // The same item may have changed again while its older state is still on the way.
      await running.get(row.id);
      if (push.blocked.has(row.container)) continue;
      const doubtful = mayStand(push, row);
      // Alone, as with rows left in doubt: what a twin beside it has just put is nobody's in the ledger yet.
      if (doubtful) await Promise.all(running.values());
      const ending = handle(push, row, doubtful).finally(() => running.delete(row.id));
      running.set(row.id, ending);
      if (doubtful) await ending;
      else if (running.size >= push.concurrency) await Promise.race(running.values());
    }
  }
  await Promise.all(running.values());
  return after;
}

async function handle(push: Push, row: WorkRow, doubtful: boolean): Promise<void> {
  const result = await endRow(push, row, doubtful);
  if (result.end === "blocked") await blockContainer(push, row.container, result.error);
  if (result.end !== "settled") return;
  const code = result.failedWith?.code;
  // An old doubt says nothing of how the target fares now.
  if (doubtful && code === UNSURE) return;
  if (code === undefined) {
    push.streak.delete(row.container);
    return;
  }
  const streak = push.streak.get(row.container);
  const count = streak?.code === code ? streak.count + 1 : 1;
  push.streak.set(row.container, { code, count });
  if (count >= (code === UNSURE ? CIRCUIT_UNASKED : CIRCUIT)) await blockContainer(push, row.container, result.failedWith);
}

async function blockContainer(push: Push, container: string, thrown: unknown): Promise<void> {
  if (isInterruption(thrown, push.context.stop)) return;
  const error = asExodusError(thrown);
  if (error.errorClass === "fatal-config") {
    push.fatal ??= error;
    push.blocked.add("*");
    return;
  }
  if (push.blocked.has(container)) return;
  push.blocked.add(container);
  const failure = failureOf(error);
  await push.context.state.block({ ...push.unit, container, failure });
  push.context.emit({ type: "blocked", stage: "push", ...push.unit, container, failure });
}

async function blockUnit(context: RunContext, unit: Unit, thrown: unknown): Promise<void> {
  const failure = failureOf(thrown);
  await context.state.block({ ...unit, container: "*", failure });
  context.emit({ type: "blocked", stage: "push", ...unit, container: "*", failure });
  const error = asExodusError(thrown);
  if (error.errorClass === "fatal-config") throw error;
}
