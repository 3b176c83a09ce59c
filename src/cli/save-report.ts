import path from "node:path";
import type { Lang } from "../core/errors.js";
import type { Pass } from "../core/state.js";
import type { LoadedConfig } from "../config/load.js";
import { writeReport } from "../engine/report/report.js";
import type { Leg } from "../engine/run.js";
import { reportItems, unitRows } from "../engine/summary.js";
import { reportFolder } from "./report-files.js";
import type { Workspace } from "./workspace.js";

/** Writes the report of the pass as it stands; answers the path of the page. */
export async function saveReport(
  loaded: LoadedConfig, workspace: Workspace, legs: readonly Leg[], pass: Pass & { readonly completedAt?: string }, complete: boolean, lang: Lang,
): Promise<string> {
  const dir = path.resolve(loaded.baseDir, loaded.config.report);
  const units = await unitRows(workspace.state, legs, pass.id, lang);
  await writeReport({
    vaultId: workspace.vault.id, passId: pass.id, kind: pass.kind, startedAt: pass.startedAt, endedAt: pass.completedAt ?? new Date().toISOString(),
    complete, units, items: reportItems(workspace.state, legs, pass.id, lang), lang,
  }, reportFolder(dir));
  return path.join(dir, "report.html");
}
