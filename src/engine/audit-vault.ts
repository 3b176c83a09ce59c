import type { Adapter, Foresight } from "../core/adapter.js";
import { ExodusError } from "../core/errors.js";
import type { BlobRef, ForeseenLoss, Item, PlacedContainer } from "../core/item.js";
import type { SourceUnit, StoredItem } from "../core/state.js";
import { beyondRows, checkTargets, explain, type AuditPlan } from "./audit.js";
import { ForecastSums, outcomeOf } from "./forecast.js";
import type { AuditRow } from "./report/model.js";
import type { Leg } from "./run.js";

/** What was pulled already, as `Holdings` reads it. */
export interface Stock {
  items(unit: SourceUnit): AsyncIterable<StoredItem>;
  record(stored: StoredItem): Promise<Item>;
  /** Undefined when the vault does not know the container. */
  placeOf(stored: StoredItem): Promise<PlacedContainer | undefined>;
  bytes(owner: string, blob: BlobRef): AsyncIterable<Uint8Array>;
}

export interface VaultAuditPlan extends Pick<AuditPlan, "legs" | "beyond" | "adapters" | "lang" | "signal"> {
  readonly stock: Stock;
  /** Also by the bytes, where something hangs on them. */
  readonly readData: boolean;
  /** One item at one target that would lose something or be left out. */
  onItem(leg: Leg, target: string, item: Item, foresight: Foresight): void;
  onFailure(stored: StoredItem, thrown: unknown): void;
}

/** The dry run from what the vault holds: item by item, without asking the source. Memory grows with the containers of one owner at most. */
export async function auditVault(plan: VaultAuditPlan): Promise<readonly AuditRow[]> {
  const blocked = await checkTargets(plan);
  const rows: AuditRow[] = [];
  for (const leg of plan.legs) {
    const lanes = leg.targets.map(({ name }) => new Lane(plan, leg, name));
    const containers = new Set<string>();
    const total = { items: 0, bytes: 0 };
    const unit = { workload: leg.workload, owner: leg.owner.id };
    for await (const stored of plan.stock.items(unit)) {
      plan.signal.throwIfAborted();
      containers.add(stored.container);
      total.items += 1;
      total.bytes += stored.size;
      try {
        const [item, place] = [await plan.stock.record(stored), await plan.stock.placeOf(stored)];
        for (const lane of lanes) await lane.add(item, place);
      } catch (thrown) {
        plan.signal.throwIfAborted();
        plan.onFailure(stored, thrown);
      }
    }
    rows.push(...lanes.map((lane) => lane.row({ ...total, containers: containers.size }, blocked.get(lane.target) ?? [])));
  }
  return [...rows, ...plan.beyond.flatMap((leg) => beyondRows(plan, leg))];
}

/** One leg at one target. */
class Lane {
  readonly #sums = new ForecastSums();
  readonly #places = new Map<string, readonly ForeseenLoss[]>();
  readonly #adapter: Adapter | undefined;

  constructor(private readonly plan: VaultAuditPlan, private readonly leg: Leg, readonly target: string) {
    const adapter = plan.adapters.get(target);
    this.#adapter = (adapter?.manifest.workloads[leg.workload]?.support ?? "none") === "none" ? undefined : adapter;
  }

  async add(item: Item, place: PlacedContainer | undefined): Promise<void> {
    const adapter = this.#adapter;
    if (adapter === undefined) return;
    const { readData, stock } = this.plan;
    const told = await adapter.foresee(item, readData ? (blob) => stock.bytes(item.key.owner, blob) : undefined);
    const { losses, skipped } = outcomeOf(told, item.body?.size ?? 0, adapter.manifest.workloads[this.leg.workload]?.maxBytes);
    if (skipped !== undefined) {
      this.#sums.leaveOut(skipped);
      this.plan.onItem(this.leg, this.target, item, { losses: [], skipped });
      return;
    }
    // An item bears what its container lost, as the report counts it.
    const all = [...item.losses.map((loss) => ({ ...loss, sure: true })), ...this.#ofPlace(adapter, place), ...losses];
    this.#sums.add(all, 1);
    if (all.length > 0) this.plan.onItem(this.leg, this.target, item, { losses: all });
  }

  #ofPlace(adapter: Adapter, place: PlacedContainer | undefined): readonly ForeseenLoss[] {
    if (place === undefined) return [];
    const known = this.#places.get(place.id) ?? adapter.foreseePlace(place);
    this.#places.set(place.id, known);
    return known;
  }

  row(counts: Pick<AuditRow, "items" | "bytes" | "containers">, blockers: AuditRow["blockers"]): AuditRow {
    const { plan: { adapters, lang }, leg: { owner, workload }, target } = this;
    const capability = adapters.get(target)?.manifest.workloads[workload];
    const missing = this.#adapter === undefined ? [explain(new ExodusError("ROUTE_UNSUPPORTED", { params: { target, workload } }), lang)] : [];
    return {
      ownerName: owner.name, workload, target, support: capability?.support ?? "none", evidence: capability?.evidence ?? "none", ...counts,
      forecast: this.#sums.rows(), leftOut: this.#sums.leftOut(), blockers: [...missing, ...blockers],
    };
  }
}
