import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, WorkloadCapability } from "../core/adapter.js";
import { asExodusError, classOf, ExodusError } from "../core/errors.js";
import type { ErrorCode } from "../core/errors/catalog.js";
import { idempotencyKey } from "../core/idempotency.js";
import type { Item, Loss, Owner } from "../core/item.js";
import type { Settlement, Unit, WorkRow } from "../core/state.js";
import type { OwnerVault } from "../core/vault.js";
import type { RunContext } from "./context.js";
import type { Placed, Placing } from "./placing.js";
import { retrying } from "../lib/retry.js";
import { isInterruption } from "./stop.js";

/** Of an item of which it is not known whether it arrived, and the target cannot be asked. */
export const UNSURE: ErrorCode = "TARGET_UNSURE";
const STAYS: Loss = { field: "container", change: "dropped", side: "target", reason: "target.stays" };

export interface PutLane {
  readonly context: RunContext;
  readonly unit: Unit;
  readonly owner: Owner;
  readonly vault: OwnerVault;
  readonly session: TargetSession;
  readonly placing: Placing;
  readonly capability: WorkloadCapability | undefined;
}

/** Whether what a put may have left is found for certain; elsewhere a put that may have arrived is never sent again by itself (docs/decisions/0023). */
export function isSearchable({ capability }: Pick<PutLane, "capability">): boolean {
  return (capability?.canFind ?? true) === true;
}

/**
 * Whether what failed in an earlier run may stand at the target all the same: the error may have been a lost answer, unless the target refused the item itself.
 * A target that cannot be searched tells a lost answer by its own error.
 */
export function mayStand(lane: Pick<PutLane, "capability">, { ledger }: WorkRow): boolean {
  if (ledger?.state !== "failed") return false;
  if (ledger.code === "INTERNAL" || ledger.code === UNSURE) return true;
  return isSearchable(lane) && classOf(ledger.code ?? "") !== "permanent-item";
}

/** Reads an item back from the vault. @throws ExodusError RECORD_MISSING when the ledger names no readable record. */
export async function itemOf(vault: OwnerVault, row: WorkRow): Promise<Item> {
  const line = row.place === undefined ? undefined : await vault.read(row.place);
  if (line?.kind !== "item") throw new ExodusError("RECORD_MISSING", { params: { item: row.title } });
  // The source may have moved the item since the record was written: the row knows better.
  return { ...line, container: row.container };
}

export function putContext(lane: PutLane, item: Item, placed: Placed, known: TargetRef | undefined): PutContext {
  const { context, unit } = lane;
  return {
    idempotencyKey: idempotencyKey(context.vault.id, item.key),
    ...(known === undefined ? {} : { known }),
    into: placed.target, placed: placed.container, signal: context.stop.hard,
    open: (blob) => lane.vault.open(blob),
    reserve: (bytes) => context.budget.reserve(bytes, context.stop.hard),
    sending: () => Promise.resolve(),
    isTaken: (ref) => context.state.isTaken(unit, placed.container.id, ref.id, item.key.id),
    refOf: (id) => context.state.refOf(unit, placed.container.id, id),
  };
}

/**
 * Brings one row to the target and answers how it ended. `doubtful` rows are searched at the target first: their last put may
 * or may not have arrived. An object written beside an old one leaves the old in `previous`, removed by `removePrevious`.
 * @throws whatever the session throws after its retries.
 */
export async function putRow(lane: PutLane, row: WorkRow, doubtful: boolean): Promise<{ settlement: Settlement; item: Item }> {
  const ledger = row.ledger;
  const standing = ledger?.ref === undefined || ledger.container === undefined ? undefined : { ref: ledger.ref, container: ledger.container };
  const { item, container, placed, known } = await keepingDoubt(lane, doubtful, async () => {
    const item = await itemOf(lane.vault, row);
    const [size, limit] = [item.body?.size ?? 0, lane.capability?.maxBytes];
    if (limit !== undefined && size > limit) throw new ExodusError("ITEM_TOO_LARGE", { params: { size, limit } });
    const { container, placed } = await destinationOf(lane, row, standing?.container);
    const known = standing?.container === container ? refOf(standing.ref, ledger?.etag) : undefined;
    return { item, container, placed, known: doubtful ? ((await lane.session.find(item, putContext(lane, item, placed, known))) ?? known) : known };
  });
  let marked = isSearchable(lane);
  // Whatever is found so after a crash may have arrived.
  const sending = async (): Promise<void> => {
    if (!marked) await lane.context.state.markSending(lane.unit, [row]);
    marked = true;
  };
  const result = await retrying(() => lane.session.put(item, { ...putContext(lane, item, placed, known), sending }), {
    attempts: lane.context.attempts, signal: lane.context.stop.hard,
  });
  // What was not sent has no row yet.
  await sending();
  const previous = standing === undefined ? undefined : replaced(standing, container, result);
  const losses = [...item.losses, ...placed.target.losses, ...(container === row.container ? [] : [STAYS])];
  return { item, settlement: settlementOf(row, result, container, losses, previous) };
}

/** The row's container; or where it stands, at a target that could only make a second one of what moved. */
async function destinationOf({ placing, capability }: PutLane, row: WorkRow, standing: string | undefined): Promise<{ readonly container: string; readonly placed: Placed }> {
  const placed = await placing.prepare(row.container);
  const target = capability?.canRemove !== false || standing === undefined || standing === row.container ? undefined : await placing.standing(standing);
  return standing === undefined || target === undefined ? { container: row.container, placed } : { container: standing, placed: { ...placed, target } };
}

/**
 * Where the target cannot be searched, a doubt outlives whatever keeps the row from being looked at: else a later run would send it again.
 * @throws ExodusError TARGET_UNSURE in the place of any other error, but for an interruption.
 */
export async function keepingDoubt<T>(lane: PutLane, doubtful: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code } = asExodusError(thrown);
    if (!doubtful || isSearchable(lane) || code === UNSURE || isInterruption(thrown, lane.context.stop)) throw thrown;
    throw new ExodusError(UNSURE, { params: { target: lane.unit.target, reason: code }, cause: thrown });
  }
}

function refOf(id: string, etag: string | undefined): TargetRef {
  return { id, ...(etag === undefined ? {} : { etag }) };
}

function replaced(standing: { ref: string; container: string }, container: string, result: PutResult): Settlement["previous"] {
  if (result.outcome === "skipped") return undefined;
  return standing.container === container && standing.ref === result.ref.id ? undefined : standing;
}

function settlementOf(row: WorkRow, result: PutResult, container: string, losses: readonly Loss[], previous: Settlement["previous"]): Settlement {
  if (result.outcome === "skipped") return { state: "skipped", seq: row.seq, failure: { code: result.code, params: {} }, countAttempt: true };
  return {
    state: "done", seq: row.seq, outcome: result.outcome, ref: result.ref.id, etag: result.ref.etag, container,
    previous, losses: [...losses, ...result.losses], countAttempt: true,
  };
}

/** An object of ours at the target, as the ledger knows it. */
export interface StandingAt {
  readonly ref: string;
  /** What `put` answered with the reference; of an object left by a move or a rewrite the ledger keeps none. */
  readonly etag?: string | undefined;
  readonly container: string;
}

/** Second half of a move or of a rewrite, and of a deletion: the old object goes only after the new one is in the ledger. */
export async function removeAt(lane: PutLane, { ref, etag, container }: StandingAt): Promise<void> {
  const standing: TargetContainer | undefined = await lane.placing.standing(container);
  if (standing === undefined) return;
  await retrying(() => lane.session.remove(refOf(ref, etag), standing, lane.context.stop.hard), {
    attempts: lane.context.attempts, signal: lane.context.stop.hard,
  });
}
