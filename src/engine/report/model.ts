import type { Evidence, Support } from "../../core/adapter.js";
import type { Lang } from "../../core/errors.js";
import type { ForeseenLoss, Loss, WorkloadName } from "../../core/item.js";
import type { AccountFacts, GroupFacts } from "../../core/source.js";
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

/** What is to be told of who goes where, with whom it concerns: nobody's item is counted for it. */
export interface RouteRow extends Explanation {
  readonly workload?: WorkloadName;
  readonly owners: readonly string[];
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
  readonly routes?: readonly RouteRow[];
  /** After `verify --changed`: items verified the same before, which were not read again since nothing changed by their server's word. */
  readonly unread?: number;
  /** A fresh stream at each call. */
  items(): AsyncIterable<ItemRow>;
  readonly lang: Lang;
}

/** A loss of a route, told before. `items`: of so many items if sure, of so many at most if not; absent: nobody knows. `field` "*": of several. */
export interface ForecastRow extends ForeseenLoss {
  readonly items?: number;
}

/** Items that the target would not get, by rule of `skips.ts` or by their size (ITEM_TOO_LARGE). */
export interface LeftOutRow {
  readonly code: string;
  readonly items: number;
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
  readonly group?: GroupFacts;
  readonly forecast: readonly ForecastRow[];
  /** Known only where the vault was looked into. */
  readonly leftOut?: readonly LeftOutRow[];
  readonly blockers: readonly Explanation[];
}

/** Where a renderer writes; the caller decides where that is. */
export interface ReportSink {
  open(name: string): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>;
}
