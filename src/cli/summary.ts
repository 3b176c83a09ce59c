import type { FinalState } from "../core/state.js";
import type { Totals } from "../engine/summary.js";
import { bytesText } from "./duration.js";
import { EXIT, exitCodeOfCode, type ExitCode } from "./exit-codes.js";
import type { Output } from "./output.js";

const STATES: readonly FinalState[] = ["migrated", "already-there", "converted", "skipped", "failed", "pending"];

/** The final account of a run: every item seen, and what was blocked with its remedy. */
export function printTotals(output: Output, totals: Totals, extra: Readonly<Record<string, unknown>> = {}): void {
  const { text } = output;
  const parts = STATES.filter((state) => totals.counts[state] > 0).map((state) => `${totals.counts[state]} ${text.states[state]}`);
  output.line(`${totals.seen} ${text.seen} (${bytesText(totals.bytes)}) = ${parts.join(" + ") || "0"}`);
  if (totals.removed > 0) output.line(`${totals.removed} ${text.removed}`);
  if (totals.keptAfterDeletion > 0) output.line(`${totals.keptAfterDeletion} ${text.kept}`);
  const { same, different, missing, unverifiable } = totals.verified;
  if (same + different + missing + unverifiable > 0) output.line(text.verified(same, different, missing, unverifiable));
  for (const entry of totals.blocked) {
    const target = entry.target === "" ? "" : ` → ${entry.target}`;
    const count = entry.containers.length > 1 ? ` (${text.containers(entry.containers.length)})` : "";
    output.line(`${text.blocked}: ${entry.ownerName}, ${text.workloads[entry.workload] ?? entry.workload}${target}${count}: [${entry.code}] ${entry.message}`);
    if (entry.remedy !== "") output.line(`  ${text.remedy} ${entry.remedy}`);
  }
  output.record({ type: "summary", ...totals, ...extra });
}

/** Blocks weigh more than failed items: they have a remedy outside the items. */
export function exitCodeOfTotals(totals: Totals): ExitCode {
  const blocked = totals.blocked.map((entry) => exitCodeOfCode(entry.code)).filter((code) => code !== EXIT.internal && code !== EXIT.interrupted);
  const first = blocked[0];
  if (first !== undefined) return first;
  return totals.counts.failed > 0 || totals.blocked.length > 0 ? EXIT.partial : EXIT.complete;
}
