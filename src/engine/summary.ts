import { ExodusError, type Lang } from "../core/errors.js";
import { ERRORS, type ErrorCode } from "../core/errors/catalog.js";
import { SKIPS, type SkipCode } from "../core/skips.js";
import type { Blockage, Failure, StateStore, Unit } from "../core/state.js";
import type { Leg } from "./run.js";
import type { Explanation, ItemRow, ReportModel, UnitRow } from "./report/model.js";
import { addUp, assertSumsAgree, type Sums } from "./report/sums.js";

/** The sums of a run over its units; `seen` equals the sum of `counts` (checked when it is made). */
export interface Totals extends Sums {
  readonly blocked: readonly (Explanation & { readonly ownerName: string; readonly workload: string; readonly target: string; readonly containers: readonly string[] })[];
}

/** One row a leg and target, from the ledger. */
export async function unitRows(state: StateStore, legs: readonly Leg[], pass: string, lang: Lang): Promise<readonly UnitRow[]> {
  const blockedAt = await blockedOf(state, lang);
  const rows: UnitRow[] = [];
  for (const { owner, workload, targets } of legs) {
    for (const { name } of targets) {
      const unit = { owner: owner.id, workload, target: name };
      rows.push({ ...unit, ownerName: owner.name, ...(await state.counts(unit, pass)), blocked: blockedAt(unit) });
    }
  }
  return rows;
}

/** What keeps units from being worked on, at the source (for every target) or at their target. */
export async function blockedOf(state: Pick<StateStore, "blockages">, lang: Lang): Promise<(unit: Unit) => UnitRow["blocked"]> {
  const blockages = await state.blockages();
  return ({ owner, workload, target }) => merged(blockages.filter((entry) => entry.owner === owner && entry.workload === workload && (entry.target === target || entry.target === "")), lang);
}

/** One entry a cause: a full account blocks each of its folders, and is told once. The other side's own words (`reason`) may differ by a time or a count. */
function merged(blockages: readonly Blockage[], lang: Lang): UnitRow["blocked"] {
  const causes = new Map<string, Explanation & { containers: string[] }>();
  for (const { container, failure } of blockages) {
    const { reason: _itsWords, ...params } = failure.params;
    const cause = JSON.stringify([failure.code, params]);
    const told = causes.get(cause);
    if (told === undefined) causes.set(cause, { ...explainFailure(failure, lang), containers: [container] });
    else told.containers.push(container);
  }
  return [...causes.values()];
}

/** @throws ExodusError SUMS_DISAGREE: an item would be unaccounted for, which is a defect of this program. */
export function totals(units: readonly UnitRow[]): Totals {
  units.forEach(assertSumsAgree);
  return {
    ...addUp(units),
    blocked: units.flatMap((unit) => unit.blocked.map((entry) => ({ ownerName: unit.ownerName, workload: unit.workload, target: unit.target, ...entry }))),
  };
}

/** The report's items, streamed from the ledger unit by unit. */
export function reportItems(state: StateStore, legs: readonly Leg[], pass: string, lang: Lang): ReportModel["items"] {
  return async function* items(): AsyncIterable<ItemRow> {
    for (const { owner, workload, targets } of legs) {
      for (const { name } of targets) {
        for await (const item of state.notable({ owner: owner.id, workload, target: name }, pass)) {
          yield {
            ownerName: owner.name, workload, target: name, id: item.id, title: item.title, state: item.state, losses: item.losses,
            ...(item.failure === undefined ? {} : { why: explainFailure(item.failure, lang) }),
            ...(item.verified === undefined ? {} : { verified: item.verified }),
          };
        }
      }
    }
  };
}

/** A stored failure in words; skip rules have a sentence and no remedy. */
export function explainFailure(failure: Failure, lang: Lang): Explanation {
  const { code } = failure;
  const detail = failure.params["detail"];
  if (code in SKIPS) return { code, message: `${SKIPS[code as SkipCode][lang]}${detail === undefined ? "" : ` (${String(detail)})`}`, remedy: "" };
  if (!(code in ERRORS)) return { code, message: String(failure.params["message"] ?? code), remedy: "" };
  const error = new ExodusError(code as ErrorCode, { params: failure.params });
  // A reader's own sentence says more than the catalogue's with its places unfilled.
  const told = failure.params["message"];
  return { code, message: typeof told === "string" && code !== "INTERNAL" ? told : error.describe(lang), remedy: error.remedy(lang) };
}
