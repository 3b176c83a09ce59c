import type { WorkloadName } from "../core/item.js";
import type { FoundOwner } from "../core/source.js";
import type { StateStore } from "../core/state.js";
import type { LoadedConfig } from "../config/load.js";
import { answers, askedFacts } from "../config/routes.js";
import { composeLegs, type LegOptions, type Legs } from "./legs.js";
import { placementsOf } from "./standing.js";

/** Legs of the owners that a run has met, without asking the source. */
export async function knownLegs(
  loaded: LoadedConfig, state: StateStore, only: { readonly owner?: readonly string[]; readonly workload?: readonly WorkloadName[] },
): Promise<Legs> {
  const { owners, ...known } = await knownOwners(loaded, state);
  return composeLegs(loaded, owners, { owners: only.owner, workloads: only.workload, ...known, placements: await placementsOf(state) });
}

/** Owners of the ledger in the form that the source gives them. Whoever is without an answer where others have one was not listed when it was given. */
export async function knownOwners({ config: { routes } }: LoadedConfig, state: StateStore): Promise<{ readonly owners: AsyncIterable<FoundOwner> } & Pick<LegOptions, "answered">> {
  const facts = await state.facts();
  const asked = askedFacts(routes);
  const met = await state.owners();
  async function* owners(): AsyncIterable<FoundOwner> {
    for (const owner of met) {
      const told = facts.get(owner.id);
      yield told === undefined ? owner : { ...owner, facts: told };
    }
  }
  return { owners: owners(), answered: asked !== undefined && [...facts.values()].some((told) => answers(told, asked)) };
}
