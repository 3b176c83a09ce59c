import type { Lang } from "../../core/errors.js";
import { heading, TABLE_END, tableRow, tableStart } from "./html.js";
import type { SourceGap } from "./model.js";
import { WORDS } from "./words.js";

/** What the source does not have; nothing when it has all. */
export function gapTable(gaps: readonly SourceGap[], lang: Lang): string {
  if (gaps.length === 0) return "";
  const { columns, headings, workloads } = WORDS[lang];
  const heads = [columns.workload, columns.what, columns.source].map((name) => ({ name }));
  const named = (workload: string): string => workloads[workload as keyof typeof workloads] ?? workload;
  return heading(headings.gaps) + tableStart(headings.gaps, heads) + gaps.map(({ workload, what, source }) => tableRow(heads, [named(workload), what, source], lang)).join("") + TABLE_END;
}
