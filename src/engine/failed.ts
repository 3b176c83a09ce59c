import type { Lang } from "../core/errors.js";
import type { StateStore } from "../core/state.js";
import type { Leg } from "./run.js";
import type { Explanation } from "./report/model.js";
import { blockedOf, explainFailure } from "./summary.js";

/** What failed of one leg at one target, by its code. `items`: how many; 0 where the leg is blocked before any item of it is known. */
export interface FailedRow extends Explanation {
  readonly ownerName: string;
  readonly workload: string;
  readonly target: string;
  readonly items: number;
}

/** The legs of which something failed or is blocked by the last run, with what it was. Only those with one of `codes`, when they are told. */
export async function failedLegs(state: StateStore, legs: readonly Leg[], codes: readonly string[] | undefined, lang: Lang): Promise<{ readonly legs: readonly Leg[]; readonly rows: readonly FailedRow[] }> {
  const blockedAt = await blockedOf(state, lang);
  const found: { leg: Leg; rows: FailedRow[] }[] = [];
  for (const leg of legs) {
    const rows: FailedRow[] = [];
    for (const { name } of leg.targets) {
      const unit = { owner: leg.owner.id, workload: leg.workload, target: name };
      const here = { ownerName: leg.owner.name, workload: leg.workload, target: name };
      const failed = (await state.failed(unit)).map(({ failure, items }) => ({ ...here, ...explainFailure(failure, lang), items }));
      const told = new Set(failed.map(({ code }) => code));
      rows.push(...failed, ...blockedAt(unit).filter(({ code }) => !told.has(code)).map(({ code, message, remedy }) => ({ ...here, code, message, remedy, items: 0 })));
    }
    if (codes === undefined ? rows.length > 0 : rows.some(({ code }) => codes.includes(code))) found.push({ leg, rows });
  }
  return { legs: found.map(({ leg }) => leg), rows: found.flatMap(({ rows }) => rows) };
}

/** What `verify` did not find at its target counts as failed from now on, so that it is put again. */
export async function missingFails(state: StateStore, legs: readonly Leg[]): Promise<void> {
  for (const { owner, workload, targets } of legs) {
    for (const { name } of targets) await state.failMissing({ owner: owner.id, workload, target: name }, { code: "VERIFY_MISSING", params: { target: name } });
  }
}
