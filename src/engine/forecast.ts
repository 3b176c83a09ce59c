import type { Adapter, Foresight } from "../core/adapter.js";
import type { ForeseenLoss, Loss, WorkloadName } from "../core/item.js";
import type { AuditRow, ForecastRow, LeftOutRow } from "./report/model.js";

/** By the manifest alone: what may come to any item of the workload. `items`: how many there are, where it is known. */
export function forecastOfKind({ manifest }: Adapter, workload: WorkloadName, items: number | undefined): readonly ForecastRow[] {
  const sums = new ForecastSums();
  for (const { field, change, side = "target", reason } of manifest.workloads[workload]?.gaps ?? []) sums.add([{ field, change, side, reason, sure: false }], items);
  return sums.rows();
}

/** What the source keeps back, or reading costs. `items` bounds what is only possible: of a sure one the source tells no number. */
export function forecastOfSource(losses: readonly ForeseenLoss[], items: number | undefined): readonly ForecastRow[] {
  const sums = new ForecastSums();
  for (const loss of losses) sums.add([loss], loss.sure ? undefined : items);
  return sums.rows();
}

/** Losses of many items, by reason and certainty: few rows, however many items. */
export class ForecastSums {
  readonly #rows = new Map<string, { loss: Loss; sure: boolean; items: number | undefined }>();
  readonly #leftOut = new Map<string, number>();

  /** The losses of `items` alike; several of one reason count once. `items` absent: nobody knows how many. */
  add(losses: readonly ForeseenLoss[], items: number | undefined): void {
    const seen = new Set<string>();
    for (const { sure, ...loss } of losses) {
      // What is sure for an item is no more only possible for it.
      if (!sure && losses.some((other) => other.sure && other.reason === loss.reason && other.change === loss.change)) continue;
      const key = [loss.side, loss.reason, loss.change, sure].join(" ");
      const row = this.#rows.get(key) ?? { loss, sure, items: 0 };
      this.#rows.set(key, row);
      // One name for what the item's own properties are called.
      if (row.loss.field !== loss.field) row.loss = { ...row.loss, field: "*" };
      if (seen.has(key)) continue;
      seen.add(key);
      row.items = row.items === undefined || items === undefined ? undefined : row.items + items;
    }
  }

  /** Items that a rule leaves out, or that are too large. */
  leaveOut(code: string, items = 1): void {
    this.#leftOut.set(code, (this.#leftOut.get(code) ?? 0) + items);
  }

  rows(): readonly ForecastRow[] {
    return [...this.#rows.values()].map(({ loss, sure, items }) => ({ ...loss, sure, ...(items === undefined ? {} : { items }) }))
      .sort((a, b) => Number(b.sure) - Number(a.sure) || (b.items ?? 0) - (a.items ?? 0));
  }

  leftOut(): readonly LeftOutRow[] {
    return [...this.#leftOut].map(([code, items]) => ({ code, items }));
  }
}

/** What a workload's way to a target costs, over all owners. */
export interface RouteForecast {
  readonly workload: WorkloadName;
  readonly target: string;
  readonly forecast: readonly ForecastRow[];
  readonly leftOut: readonly LeftOutRow[];
}

export function routesOf(rows: readonly AuditRow[]): readonly RouteForecast[] {
  const routes = new Map<string, { workload: WorkloadName; target: string; sums: ForecastSums }>();
  for (const { workload, target, forecast, leftOut = [] } of rows) {
    const key = `${workload} ${target}`;
    const { sums } = routes.get(key) ?? { sums: new ForecastSums() };
    routes.set(key, { workload, target, sums });
    for (const { items, ...loss } of forecast) sums.add([loss], items);
    for (const { code, items } of leftOut) sums.leaveOut(code, items);
  }
  return [...routes.values()].map(({ workload, target, sums }) => ({ workload, target, forecast: sums.rows(), leftOut: sums.leftOut() }));
}

/** Of one item, which rule leaves it out or what it loses; `size` and `limit` in bytes. */
export function outcomeOf(foresight: Foresight, size: number, limit: number | undefined): Foresight {
  if (foresight.skipped !== undefined) return { losses: [], skipped: foresight.skipped };
  return limit !== undefined && size > limit ? { losses: [], skipped: "ITEM_TOO_LARGE" } : foresight;
}
