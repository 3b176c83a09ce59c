import type { RateGovernor } from "../core/governor.js";
import { asExodusError } from "../core/errors.js";
import type { Failure, Pass, StateStore } from "../core/state.js";
import type { VaultPort } from "../core/vault.js";
import type { ByteBudget } from "./budget.js";
import type { Listener } from "./events.js";
import type { StopSwitch } from "./stop.js";

/** What every stage of a run shares. */
export interface RunContext {
  /** Id of this process's run; failures of an earlier run are tried again, those of this one are not. */
  readonly run: string;
  readonly pass: Pass;
  readonly vault: VaultPort;
  readonly state: StateStore;
  readonly budget: ByteBudget;
  readonly governor: RateGovernor;
  readonly stop: StopSwitch;
  readonly emit: Listener;
  /** Attempts of one put before the item is failed; throttled attempts are not counted. */
  readonly attempts: number;
  /** Apply deletions of the source to objects that we created. */
  readonly applyDeletions: boolean;
}

/** An error as the ledger keeps it: code and parameters, printable later in either language. */
export function failureOf(thrown: unknown): Failure {
  const error = asExodusError(thrown);
  return { code: error.code, params: error.params };
}
