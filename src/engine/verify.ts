import type { Account, Adapter } from "../core/adapter.js";
import { asExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import type { Unit, VerifyState, WorkRow } from "../core/state.js";
import { failureOf, type RunContext } from "./context.js";
import { forgetIfLost } from "./lost-content.js";
import { Placing } from "./placing.js";
import { itemOf, putContext, type PutLane } from "./put.js";
import { retrying } from "../lib/retry.js";
import { isInterruption } from "./stop.js";
import { VerifiedStates } from "./verified-states.js";

const PAGE = 100;

export interface VerifyOptions {
  /** Leave unread what was found the same and has not changed since, by the server's own word. What the server does not know, such as a backup put back, stays unseen. */
  readonly changedOnly: boolean;
}

/**
 * Re-reads at the target everything that the ledger calls done and compares it with the vault. Writes nothing at the target. Answers how many items were left
 * unread. A failure to read is recorded as "unverifiable", with an event; failures of the whole account as a blockage.
 */
export async function verifyUnit(context: RunContext, unit: Unit, owner: Owner, account: Account, adapter: Adapter, { changedOnly }: VerifyOptions = { changedOnly: false }): Promise<number> {
  context.emit({ type: "unit", stage: "verify", state: "started", ...unit });
  try {
    const session = await adapter.connect(account, unit.workload, context.stop.hard);
    try {
      const vault = await context.vault.owner(owner);
      try {
        const capability = adapter.manifest.workloads[unit.workload];
        const lane: PutLane = { context, unit, owner, vault, session, placing: new Placing(context, unit, session, capability), capability };
        return await verifyRows(lane, new VerifiedStates(lane, account.name, changedOnly), capability?.verifiedTogether ?? capability?.concurrency ?? adapter.manifest.concurrency);
      } finally {
        await vault.close();
      }
    } finally {
      await session.close();
    }
  } catch (thrown) {
    if (!isInterruption(thrown, context.stop)) {
      const failure = failureOf(thrown);
      await context.state.block({ ...unit, container: "*", failure });
      context.emit({ type: "blocked", stage: "verify", ...unit, container: "*", failure });
    }
    return 0;
  } finally {
    context.emit({ type: "unit", stage: "verify", state: "ended", ...unit });
  }
}

async function verifyRows(lane: PutLane, states: VerifiedStates, concurrency: number): Promise<number> {
  const { context, unit } = lane;
  let unread = 0;
  let after = "";
  while (!context.stop.soft.aborted) {
    const rows = await context.state.settled(unit, after, PAGE);
    const toRead: WorkRow[] = [];
    for (const row of rows) {
      if (!(await states.isUnchanged(row))) toRead.push(row);
      else unread += 1;
    }
    for (let start = 0; start < toRead.length && !context.stop.soft.aborted; start += concurrency) {
      await Promise.all(toRead.slice(start, start + concurrency).map((row) => verifyRow(lane, row)));
    }
    const last = rows.at(-1);
    if (last === undefined) {
      await states.keep();
      return unread;
    }
    after = last.id;
  }
  return unread;
}

async function verifyRow(lane: PutLane, row: WorkRow): Promise<void> {
  const { context, unit } = lane;
  let verdict: VerifyState;
  try {
    verdict = await compare(lane, row);
  } catch (thrown) {
    if (isInterruption(thrown, context.stop)) return;
    verdict = "unverifiable";
    await forgetIfLost(context, unit, row.id, asExodusError(thrown));
    context.emit({ type: "item", stage: "verify", ...unit, id: row.id, title: row.title, bytes: 0, state: "failed", verdict, failure: failureOf(thrown) });
  }
  await context.state.saveVerdict(unit, row.id, verdict);
  context.emit({ type: "item", stage: "verify", ...unit, id: row.id, title: row.title, bytes: 0, state: verdict, verdict });
}

async function compare(lane: PutLane, row: WorkRow): Promise<VerifyState> {
  const { context, unit, session } = lane;
  const { ref, etag, container } = row.ledger ?? {};
  const placement = container === undefined ? undefined : await context.state.placement(unit, container);
  const placed = await context.state.placed(unit, row.container);
  if (ref === undefined || placement === undefined || placed === undefined) return "missing";
  const item = await itemOf(lane.vault, row);
  const known = { id: ref, ...(etag === undefined ? {} : { etag }) };
  const into = { id: placement.targetId, created: false, losses: [] };
  const verdict = await retrying(() => session.verify(item, known, putContext(lane, item, { target: into, container: placed }, known)), {
    attempts: context.attempts, signal: context.stop.hard,
  });
  return verdict.state;
}
