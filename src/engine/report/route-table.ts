import type { Lang } from "../../core/errors.js";
import { heading, TABLE_END, tableRow, tableStart } from "./html.js";
import type { RouteRow } from "./model.js";
import { WORDS } from "./words.js";

/** Who is not migrated, or otherwise than the routes say; nothing when there is nothing to tell. */
export function routeTable(rows: readonly RouteRow[], lang: Lang): string {
  if (rows.length === 0) return "";
  const { columns, headings, workloads } = WORDS[lang];
  const heads = [columns.workload, columns.reason, columns.remedy, columns.owner].map((name) => ({ name }));
  const cells = ({ workload, code, message, remedy, owners }: RouteRow): string[] => [workload === undefined ? "" : workloads[workload], `[${code}] ${message}`, remedy, owners.join(", ")];
  return heading(headings.routes) + tableStart(headings.routes, heads) + rows.map((row) => tableRow(heads, cells(row), lang)).join("") + TABLE_END;
}
