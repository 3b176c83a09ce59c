import type { Evidence, Manifest, Support } from "../../core/adapter.js";
import { WORKLOADS, type WorkloadName } from "../../core/item.js";
import type { LossReason } from "../../core/losses.js";
import type { Platform, PlatformRoute, Said } from "../../platforms/platform.js";

/** One kind of content at one target: whether it can go there, how, on what proof, and what it costs. */
export interface Cell {
  readonly workload: WorkloadName;
  readonly support: Support;
  /** Adapter that carries it; absent when nothing does. */
  readonly route?: string;
  readonly evidence: Evidence;
  /** Every loss that the adapter declares it may cause. */
  readonly losses: readonly LossReason[];
  readonly note?: Said;
  readonly cite: string;
}

export interface TargetRow {
  readonly name: string;
  readonly title: string;
  readonly kind: "adapter" | "platform";
  /** Where it is told at length. */
  readonly page: string;
  readonly cells: readonly Cell[];
}

/** Adapters first, then platforms; each with a cell for every workload. A platform that has an adapter of its name fills what the adapter leaves open. */
export function targetRows(manifests: readonly Manifest[], platforms: readonly Platform[]): readonly TargetRow[] {
  const known = new Map(manifests.map((manifest) => [manifest.name, manifest]));
  const named = new Set(platforms.map(({ name }) => name));
  return [...manifests.filter(({ name }) => !named.has(name)).map(adapterRow), ...platforms.map((platform) => platformRow(platform, known))];
}

function adapterRow(manifest: Manifest): TargetRow {
  const { name, title } = manifest;
  return { name, title, kind: "adapter", page: `adapters/${name}/README.md`, cells: WORKLOADS.map((workload) => adapterCell(manifest, workload)) };
}

function adapterCell({ name, workloads }: Manifest, workload: WorkloadName): Cell {
  const capability = workloads[workload];
  if (capability === undefined) return { workload, support: "none", evidence: "none", losses: [], cite: `adapters/${name}/README.md` };
  const { support, evidence, cite } = capability;
  return { workload, support, route: name, evidence, losses: lossesOf(capability.gaps), cite };
}

function platformRow({ name, title, page, workloads }: Platform, known: ReadonlyMap<string, Manifest>): TargetRow {
  const own = known.get(name);
  const cells = WORKLOADS.map((workload) => (own?.workloads[workload] === undefined ? platformCell(name, workload, workloads[workload], known) : adapterCell(own, workload)));
  return { name, title, kind: "platform", page, cells };
}

/** A platform's proof is never stated, always derived: hand-over files are a package, and a protocol proven on another server is known from documents only. */
function platformCell(platform: string, workload: WorkloadName, told: PlatformRoute | undefined, known: ReadonlyMap<string, Manifest>): Cell {
  if (told === undefined) throw new Error(`src/platforms says nothing of ${workload} at ${platform}`);
  const { through, note, cite } = told;
  if (through === undefined) return { workload, support: "none", evidence: "none", losses: [], note, cite };
  const capability = known.get(through)?.workloads[workload];
  if (capability === undefined) throw new Error(`no adapter "${through}" takes ${workload}`);
  const losses = lossesOf(capability.gaps);
  if (capability.via === "disk") return { workload, support: "package", route: through, evidence: "package", losses, note, cite };
  return { workload, support: "partial", route: through, evidence: "documented", losses, note, cite };
}

function lossesOf(gaps: readonly { readonly reason: LossReason }[]): readonly LossReason[] {
  return [...new Set(gaps.map(({ reason }) => reason))].sort();
}
