import type { Owner, WorkloadName } from "../core/item.js";
import type { StateStore } from "../core/state.js";
import type { LoadedConfig } from "../config/load.js";
import { composeLegs, type Legs } from "./compose.js";

/** Legs of the owners that a run has met, without asking the source. */
export async function knownLegs(
  loaded: LoadedConfig, state: StateStore, only: { readonly owner?: readonly string[]; readonly workload?: readonly WorkloadName[] },
): Promise<Legs> {
  return composeLegs(loaded, listed(await state.owners()), {
    ...(only.owner === undefined ? {} : { owners: only.owner }), ...(only.workload === undefined ? {} : { workloads: only.workload }),
  });
}

/** Owners of the ledger in the form that the source gives them. */
export async function* listed(owners: readonly Owner[]): AsyncIterable<Owner> {
  yield* owners;
}
