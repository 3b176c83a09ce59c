import type { Manifest } from "../core/adapter.js";
import type { Loss, WorkloadName } from "../core/item.js";

/** Losses to expect from a manifest alone: its gaps, as `audit` shows them. */
export function forecastOf(manifest: Manifest, workload: WorkloadName): readonly Loss[] {
  return (manifest.workloads[workload]?.gaps ?? []).map(({ field, reason }) => ({ field, change: "dropped", side: "target", reason }));
}
