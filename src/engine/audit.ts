import pLimit from "p-limit";
import type { Adapter } from "../core/adapter.js";
import { asExodusError, ExodusError, type Lang } from "../core/errors.js";
import type { LossReason } from "../core/losses.js";
import type { Inventory, Source } from "../core/source.js";
import type { Leg } from "./run.js";
import { forecastOfKind, forecastOfSource } from "./forecast.js";
import type { AuditRow, Explanation, ForecastRow } from "./report/model.js";

export interface AuditPlan {
  readonly legs: readonly Leg[];
  /** What the source keeps from us: told, and not asked for. */
  readonly beyond: readonly (Leg & { readonly loss: LossReason })[];
  readonly source: Source;
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly parallelLegs: number;
  readonly lang: Lang;
  readonly signal: AbortSignal;
}

/**
 * The dry run: what is there per owner and workload, what each route would lose, what blocks. Reads counts only; writes nothing
 * at the source, at a target or in a vault.
 */
export async function audit(plan: AuditPlan): Promise<readonly AuditRow[]> {
  const targets = await checkTargets(plan);
  const limit = pLimit(plan.parallelLegs);
  const rows = await Promise.all(plan.legs.map((leg) => limit(() => auditLeg(plan, leg, targets))));
  return [...rows.flat(), ...plan.beyond.flatMap((leg) => beyondRows(plan, leg))];
}

export function beyondRows({ adapters }: Pick<AuditPlan, "adapters">, { owner, workload, targets, loss }: AuditPlan["beyond"][number]): readonly AuditRow[] {
  return targets.map(({ name }) => {
    const capability = adapters.get(name)?.manifest.workloads[workload];
    const forecast: ForecastRow[] = [{ field: workload, change: "dropped", side: "source", reason: loss, sure: true }];
    return { ownerName: owner.name, workload, target: name, support: capability?.support ?? "none", evidence: capability?.evidence ?? "none", containers: 0, forecast, blockers: [] };
  });
}

/** Each target once: why it could not be written to today. */
export async function checkTargets(plan: Pick<AuditPlan, "adapters" | "signal" | "lang">): Promise<ReadonlyMap<string, readonly Explanation[]>> {
  const found = new Map<string, readonly Explanation[]>();
  for (const [name, adapter] of plan.adapters) {
    const blockers: Explanation[] = [];
    try {
      for await (const check of adapter.check(plan.signal)) {
        if (!check.ok) blockers.push({ code: check.code, message: `${check.subject}: ${check.message}`, remedy: check.advice ?? "" });
      }
    } catch (thrown) {
      blockers.push(explain(thrown, plan.lang));
    }
    found.set(name, blockers);
  }
  return found;
}

async function auditLeg(plan: AuditPlan, leg: Leg, targets: ReadonlyMap<string, readonly Explanation[]>): Promise<readonly AuditRow[]> {
  const workload = plan.source.workload(leg.workload);
  let inventory: Inventory = { containers: 0, items: 0 };
  const blockers: Explanation[] = [];
  try {
    if (workload === undefined) throw new ExodusError("WORKLOAD_UNSUPPORTED", { params: { workload: leg.workload, source: plan.source.name } });
    inventory = await workload.inventory(leg.owner, plan.signal);
  } catch (thrown) {
    blockers.push(explain(thrown, plan.lang));
  }
  const { losses = [], ...counts } = inventory;
  const told = [...losses.map((loss) => ({ ...loss, sure: true })), ...(plan.source.foresee?.(leg.workload, leg.owner) ?? [])];
  return leg.targets.map(({ name }) => {
    const adapter = plan.adapters.get(name);
    const capability = adapter?.manifest.workloads[leg.workload];
    const missing = capability === undefined || capability.support === "none"
      ? [explain(new ExodusError("ROUTE_UNSUPPORTED", { params: { target: name, workload: leg.workload } }), plan.lang)] : [];
    return {
      ownerName: leg.owner.name, workload: leg.workload, target: name,
      support: capability?.support ?? "none", evidence: capability?.evidence ?? "none", ...counts,
      forecast: [...forecastOfSource(told, counts.items), ...(adapter === undefined ? [] : forecastOfKind(adapter, leg.workload, counts.items))], blockers: [...blockers, ...missing, ...(targets.get(name) ?? [])],
    };
  });
}

/** An error in words. */
export function explain(thrown: unknown, lang: Lang): Explanation {
  const error = asExodusError(thrown);
  return { code: error.code, message: error.describe(lang), remedy: error.remedy(lang) };
}
