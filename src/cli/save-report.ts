import path from "node:path";
import type { Lang } from "../core/errors.js";
import type { Pass } from "../core/state.js";
import type { LoadedConfig } from "../config/load.js";
import { writeReport } from "../engine/report/report.js";
import type { RouteRow, SourceGap, UnitRow } from "../engine/report/model.js";
import type { Leg } from "../engine/run.js";
import { reportItems } from "../engine/summary.js";
import { reportFolder } from "./report-files.js";
import type { Ledger } from "./workspace.js";

/** Writes the report of the pass as it stands; answers the path of the page. */
export async function saveReport(
  loaded: LoadedConfig, ledger: Ledger, legs: readonly Leg[], units: readonly UnitRow[], pass: Pass & { readonly completedAt?: string }, complete: boolean, lang: Lang, { gaps, routes, unread }: { readonly gaps: readonly SourceGap[]; readonly routes: readonly RouteRow[]; readonly unread?: number },
): Promise<string> {
  const dir = path.resolve(loaded.baseDir, loaded.config.report);
  await writeReport({
    vaultId: ledger.vaultId, passId: pass.id, kind: pass.kind, startedAt: pass.startedAt, endedAt: pass.completedAt ?? new Date().toISOString(),
    complete, units, gaps, routes, ...(unread === undefined ? {} : { unread }), items: reportItems(ledger.state, legs, pass.id, lang), lang,
  }, reportFolder(dir));
  return path.join(dir, "report.html");
}
