import type { Foresight, Gap, Manifest } from "../core/adapter.js";
import type { ForeseenLoss, Loss, WorkloadName } from "../core/item.js";
import type { LossReason } from "../core/losses.js";

/** Losses that follow from the item alone. */
export function sure(losses: readonly Loss[]): readonly ForeseenLoss[] {
  return losses.map((loss) => ({ ...loss, sure: true }));
}

/** Losses of which the target, or bytes that were not looked at, decide. */
export function possible(losses: readonly Loss[]): readonly ForeseenLoss[] {
  return losses.map((loss) => ({ ...loss, sure: false }));
}

/** What the manifest declares of these reasons: possible, as far as is known before the target is asked. */
export function declared(manifest: Manifest, workload: WorkloadName, of: Gap["of"], reasons?: readonly LossReason[]): readonly ForeseenLoss[] {
  const gaps = manifest.workloads[workload]?.gaps ?? [];
  return possible(gaps.filter((gap) => gap.of === of && (reasons?.includes(gap.reason) ?? true)).map(lossOf));
}

export function lossOf({ field, change, side = "target", reason }: Gap): Loss {
  return { field, change, side, reason };
}

/** Whether `loss` is one that `told` announces. */
export function announces(told: Loss, loss: Loss): boolean {
  return told.reason === loss.reason && told.change === loss.change && told.side === loss.side && (told.field === "*" || told.field === loss.field);
}

/** An item that comes to no loss, or to these. */
export function foresight(...losses: readonly (readonly ForeseenLoss[])[]): Foresight {
  return { losses: losses.flat() };
}
