import { loadAdapter } from "../../adapters/registry.js";
import type { Manifest } from "../core/adapter.js";
import type { SkipCode } from "../core/skips.js";
import type { StateStore } from "../core/state.js";
import type { LoadedConfig } from "../config/load.js";
import type { RightsRow } from "../export/rights-rows.js";
import { knownLegs } from "./known-legs.js";

/** What becomes of a right at one target: kept to be read, or for people to set. */
export interface RightAtTarget {
  readonly target: string;
  readonly kept: boolean;
}

const RULES: Readonly<Partial<Record<RightsRow["kind"], SkipCode>>> = { calendar: "CALENDAR_PERMISSIONS", folder: "FOLDER_PERMISSIONS" };

/** By the manifests of the targets that the routes name for an owner: no target is asked. */
export async function rightsTargets(loaded: LoadedConfig, state: StateStore): Promise<(owner: string, kind: RightsRow["kind"]) => readonly RightAtTarget[]> {
  const { legs } = await knownLegs(loaded, state, {});
  const manifests = new Map<string, Manifest>();
  for (const [name, { adapter }] of Object.entries(loaded.config.targets)) {
    const module = await loadAdapter(adapter);
    if (module !== undefined) manifests.set(name, module.manifest);
  }
  const routed = new Map(legs.map(({ owner, workload, targets }) => [`${workload} ${owner.id}`, targets.map(({ name }) => name)]));
  return (owner, kind) => (routed.get(`${kind === "calendar" ? "calendar" : "files"} ${owner}`) ?? []).flatMap((target) => {
    const manifest = manifests.get(target);
    return manifest === undefined ? [] : [{ target, kept: keeps(manifest, kind) }];
  });
}

function keeps({ skips, workloads }: Manifest, kind: RightsRow["kind"]): boolean {
  const rule = RULES[kind];
  return rule === undefined ? workloads.files?.gaps.some(({ reason }) => reason === "files.permissions") !== true : !skips.includes(rule);
}
