import type { Evidence, Support } from "../../core/adapter.js";
import type { Lang } from "../../core/errors.js";
import type { Loss, WorkloadName } from "../../core/item.js";
import type { AccountFacts } from "../../core/source.js";
import type { FinalState, PassKind, VerifyState } from "../../core/state.js";

/** An error or rule in words, in the report's language. */
export interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** One owner's one workload at one target; `seen` is the sum of `counts`. */
export interface UnitRow {
  readonly owner: string;
  readonly ownerName: string;
  readonly workload: WorkloadName;
  readonly target: string;
  readonly seen: number;
  readonly counts: Readonly<Record<FinalState, number>>;
  readonly removed: number;
  readonly keptAfterDeletion: number;
  readonly bytes: number;
  /** What kept the unit ("*"), or some of its containers, from being worked on: one entry a cause. */
  readonly blocked: readonly (Explanation & { readonly containers: readonly string[] })[];
  readonly verified: Readonly<Record<VerifyState, number>>;
}

/** An item that needs a word: failed, skipped, converted (in this pass or an earlier one), or found different by `verify`. */
export interface ItemRow {
  readonly ownerName: string;
  readonly workload: WorkloadName;
  readonly target: string;
  readonly id: string;
  readonly title: string;
  readonly state: FinalState;
  readonly why?: Explanation;
  readonly losses: readonly Loss[];
  readonly verified?: VerifyState;
}

/** What the source does not have, or does not tell: told once, no item is counted for it. */
export interface SourceGap {
  readonly workload: string;
  readonly what: string;
  /** Where that is written. */
  readonly source: string;
}

export interface ReportModel {
  readonly vaultId: string;
  readonly passId: string;
  readonly kind: PassKind;
  readonly startedAt: string;
  readonly endedAt: string;
  /** False when the run was stopped before its end. */
  readonly complete: boolean;
  readonly units: readonly UnitRow[];
  readonly gaps?: readonly SourceGap[];
  /** A fresh stream at each call. */
  items(): AsyncIterable<ItemRow>;
  readonly lang: Lang;
}

/** What is at the source for one leg, what its route would lose, and what blocks it. */
export interface AuditRow {
  readonly ownerName: string;
  readonly workload: WorkloadName;
  readonly target: string;
  readonly support: Support;
  readonly evidence: Evidence;
  readonly containers: number;
  /** Absent: the source does not tell without reading them. */
  readonly items?: number;
  readonly bytes?: number;
  /** What the directory tells of the owner's account. */
  readonly account?: AccountFacts;
  readonly forecast: readonly Loss[];
  readonly blockers: readonly Explanation[];
}

/** Where a renderer writes; the caller decides where that is. */
export interface ReportSink {
  open(name: string): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>;
}
