import { ExodusError } from "../../core/errors.js";
import type { FinalState, VerifyState } from "../../core/state.js";
import type { UnitRow } from "./model.js";

export const STATES: readonly FinalState[] = ["migrated", "already-there", "converted", "skipped", "failed", "pending"];

export type Sums = Pick<UnitRow, "seen" | "counts" | "removed" | "keptAfterDeletion" | "bytes" | "verified">;

/** Whether every item seen ended in one state. */
export function sumsAgree({ seen, counts }: Pick<UnitRow, "seen" | "counts">): boolean {
  return seen === accounted(counts);
}

/** @throws ExodusError SUMS_DISAGREE: an item is unaccounted for, which is a defect of this program. */
export function assertSumsAgree(unit: Pick<UnitRow, "seen" | "counts">): void {
  if (!sumsAgree(unit)) throw new ExodusError("SUMS_DISAGREE", { params: { seen: unit.seen, accounted: accounted(unit.counts) } });
}

export function addUp(units: readonly UnitRow[]): Sums {
  const counts: Record<FinalState, number> = { migrated: 0, "already-there": 0, converted: 0, skipped: 0, failed: 0, pending: 0 };
  const verified: Record<VerifyState, number> = { same: 0, different: 0, missing: 0, unverifiable: 0 };
  const sums = { seen: 0, removed: 0, keptAfterDeletion: 0, bytes: 0 };
  for (const unit of units) {
    for (const state of STATES) counts[state] += unit.counts[state];
    for (const verdict of Object.keys(verified) as VerifyState[]) verified[verdict] += unit.verified[verdict];
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += unit[name];
  }
  return { ...sums, counts, verified };
}

function accounted(counts: UnitRow["counts"]): number {
  return STATES.reduce((total, state) => total + counts[state], 0);
}
