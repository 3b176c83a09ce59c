import type { Loss, WorkloadName } from "../core/item.js";
import type { Failure, PassKind, VerifyState } from "../core/state.js";

export type Stage = "pull" | "push" | "verify";

/** "not-offered": neither by adapter nor server; "first": not verified whole since that can be told; "unsaid": the server cannot say it of that time; "failed": asking failed. */
export type ReadAllReason = "not-offered" | "first" | "unsaid" | "failed";

/** What a run tells while it goes; the command line prints it as bars, as lines or as JSON (append-only schema). */
export type RunEvent =
  | { readonly type: "run"; readonly pass: string; readonly kind: PassKind; readonly resumed: boolean; readonly units: number }
  | { readonly type: "unit"; readonly stage: Stage; readonly state: "started" | "ended"; readonly owner: string; readonly workload: WorkloadName; readonly target: string }
  | { readonly type: "pulled"; readonly owner: string; readonly workload: WorkloadName; readonly items: number; readonly bytes: number }
  | {
      readonly type: "item"; readonly stage: Stage; readonly owner: string; readonly workload: WorkloadName; readonly target: string; readonly id: string;
      readonly title: string; readonly state: string; readonly bytes: number; readonly losses?: readonly Loss[]; readonly failure?: Failure; readonly verdict?: VerifyState;
    }
  /** `verify` reads all of a container ("*": of each), since nobody can tell what changed in it. */
  | {
      readonly type: "read-all"; readonly stage: "verify"; readonly owner: string; readonly workload: WorkloadName; readonly target: string; readonly container: string;
      readonly why: ReadAllReason; readonly failure?: Failure;
    }
  | { readonly type: "blocked"; readonly stage: Stage; readonly owner: string; readonly workload: WorkloadName; readonly target: string; readonly container: string; readonly failure: Failure };

export type Listener = (event: RunEvent) => void;
