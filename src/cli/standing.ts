import type { SourceUnit, StateStore } from "../core/state.js";
import type { LoadedConfig } from "../config/load.js";
import { hasChoices } from "../config/schema.js";
import { hasIndex } from "./vault-access.js";
import { openLedger, vaultDir, vaultExists } from "./workspace.js";

/** Where earlier runs wrote. */
export interface Placements {
  readonly targets: readonly string[];
  has(unit: SourceUnit, target: string): Promise<boolean>;
  /** Those of them that a reroute left. */
  left(unit: SourceUnit): Promise<readonly string[]>;
  /** Whether the vault holds anything of the unit. */
  holds(unit: SourceUnit): Promise<boolean>;
}

export async function placementsOf(state: Pick<StateStore, "placedTargets" | "hasPlacement" | "leftTargets" | "tallies">): Promise<Placements> {
  return {
    targets: await state.placedTargets(), has: (unit, target) => state.hasPlacement({ ...unit, target }), left: (unit) => state.leftTargets(unit),
    holds: async ({ owner, workload }) => (await state.tallies(owner)).some((tally) => tally.workload === workload && tally.items > 0),
  };
}

/** Runs `body` with what the vault's index tells of earlier runs; without a vault, or with one route for everybody, there is nothing to tell. */
export async function withPlacements<T>(loaded: LoadedConfig, body: (placements: Placements | undefined) => Promise<T>): Promise<T> {
  const told = hasChoices(loaded.config) && (await vaultExists(loaded)) && (await hasIndex(vaultDir(loaded)));
  if (!told) return body(undefined);
  const ledger = await openLedger(loaded);
  try {
    return await body(await placementsOf(ledger.state));
  } finally {
    await ledger.close();
  }
}

export interface Settled {
  readonly targets: readonly string[];
  /** Other targets at which it stands; with `held`, those at which it goes on against the routes. */
  readonly standing?: readonly string[];
  readonly held?: boolean;
  /** Targets that the unit will have left once this is written; absent: those it had left before. */
  readonly leaves?: readonly string[];
  /** There is nothing of it: neither at a target nor in the vault. */
  readonly nothing?: boolean;
}

/**
 * A unit that stands at a target goes on there, although its owner's route now leads to another: a person who changes group between two passes would else be
 * migrated twice, or lose a target unasked. A target that no route of the workload names any more was given up by whoever configured it, and one that a reroute
 * left was left by its asker: then the routes decide, as they do with `reroute`.
 */
export async function keeping(unit: SourceUnit, routed: readonly string[], known: ReadonlySet<string>, placements: Placements | undefined, reroute = false): Promise<Settled> {
  const { standing, left, current } = await stands(unit, known, placements);
  const lost = current.filter((target) => !routed.includes(target));
  if (!reroute && routed.length > 0 && lost.length > 0) return { targets: current, standing: lost, held: true };
  const others = standing.filter((target) => !routed.includes(target));
  const leaves = (reroute ? standing : left).filter((target) => !routed.includes(target));
  const changed = leaves.length !== left.length || leaves.some((target) => !left.includes(target));
  return { targets: routed, ...(others.length === 0 ? {} : { standing: others }), ...(changed ? { leaves } : {}) };
}

/** A unit of which nobody knows what the routes say goes on where it stands, and nowhere else. */
export async function goingOn(unit: SourceUnit, known: ReadonlySet<string>, placements: Placements | undefined): Promise<Settled> {
  const { current } = await stands(unit, known, placements);
  return { targets: current, nothing: current.length === 0 && (await placements?.holds(unit)) !== true };
}

/** Where anything of the unit was placed, which of that a reroute left, and where it would go on. */
async function stands(unit: SourceUnit, known: ReadonlySet<string>, placements: Placements | undefined): Promise<{ readonly standing: readonly string[]; readonly left: readonly string[]; readonly current: readonly string[] }> {
  const standing: string[] = [];
  for (const target of placements?.targets ?? []) if (await placements?.has(unit, target)) standing.push(target);
  const left = standing.length === 0 ? [] : (await placements?.left(unit)) ?? [];
  return { standing, left, current: standing.filter((target) => known.has(target) && !left.includes(target)) };
}
