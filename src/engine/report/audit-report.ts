import type { Lang } from "../../core/errors.js";
import { CSV_START, csvLine, escapeHtml, PAGE_END, pageStart, TABLE_END, tableRow, tableStart, type Column } from "./html.js";
import type { AuditRow, ReportSink } from "./model.js";
import { lossText, WORDS } from "./words.js";

/** Writes `audit.html`, `audit.json` and `audit.csv`. */
export async function writeAudit(rows: readonly AuditRow[], lang: Lang, sink: ReportSink): Promise<void> {
  const words = WORDS[lang];
  const { columns } = words;
  const heads: Column[] = [
    { name: columns.owner }, { name: columns.workload }, { name: columns.target }, { name: columns.evidence }, { name: columns.containers, number: true }, { name: columns.items, number: true },
    { name: columns.bytes, number: true }, { name: words.headings.forecast }, { name: words.headings.blocked },
  ];
  const cells = (row: AuditRow): (string | number)[] => [
    row.ownerName, words.workloads[row.workload] ?? row.workload, row.target, `${row.support}, ${row.evidence}`, row.containers, row.items, row.bytes ?? "",
    row.forecast.map(({ field, reason }) => `${field}: ${lossText(reason, lang)}`).join(" · "), row.blockers.map(({ code, message, remedy }) => `[${code}] ${message} ${remedy}`).join(" · "),
  ];
  const html = await sink.open("audit.html");
  await html.write(`${pageStart(lang, words.audit)}${tableStart(heads)}${rows.map((row) => tableRow(heads, cells(row))).join("")}${TABLE_END}`);
  if (rows.length === 0) await html.write(`<p>${escapeHtml(words.none)}</p>`);
  await html.write(PAGE_END);
  await html.close();
  const json = await sink.open("audit.json");
  await json.write(`${JSON.stringify(rows, null, 1)}\n`);
  await json.close();
  const csv = await sink.open("audit.csv");
  await csv.write(CSV_START + csvLine(heads.map(({ name }) => name)) + rows.map((row) => csvLine(cells(row))).join(""));
  await csv.close();
}
