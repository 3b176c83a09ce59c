import type { Lang } from "../../core/errors.js";
import { gapTable } from "./gap-table.js";
import { CSV_START, csvLine } from "./csv.js";
import { heading, PAGE_END, pageStart, paragraph, sizeText, TABLE_END, tableRow, tableStart, tableSums, type Cell, type Column } from "./html.js";
import type { AuditRow, ReportSink, SourceGap } from "./model.js";
import { accountText, lossText, WORDS } from "./words.js";

/** Writes `audit.html`, `audit.json` and `audit.csv`. */
export async function writeAudit(rows: readonly AuditRow[], lang: Lang, sink: ReportSink, gaps: readonly SourceGap[] = []): Promise<void> {
  const files = [["audit.html", auditPage(rows, lang, gaps)], ["audit.json", `${JSON.stringify(rows, null, 1)}\n`], ["audit.csv", auditCsv(rows, lang)]] as const;
  for (const [name, text] of files) {
    const file = await sink.open(name);
    await file.write(text);
    await file.close();
  }
}

function auditPage(rows: readonly AuditRow[], lang: Lang, gaps: readonly SourceGap[]): string {
  const words = WORDS[lang];
  const { columns } = words;
  const heads: Column[] = [
    { name: columns.owner }, { name: columns.workload }, { name: columns.target }, { name: columns.support }, { name: columns.evidence },
    { name: columns.containers, number: true }, { name: columns.items, number: true }, { name: columns.bytes, number: true },
  ];
  const cells = (row: AuditRow): Cell[] => [
    row.account === undefined ? row.ownerName : `${row.ownerName} (${accountText(row.account, lang)})`, words.workloads[row.workload], row.target, words.support[row.support], words.evidence[row.evidence], row.containers, row.items ?? "",
    row.bytes === undefined ? "" : sizeText(row.bytes, lang),
  ];
  const sum = (pick: (row: AuditRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const sums = [words.total, "", "", "", "", sum((row) => row.containers), sum((row) => row.items ?? 0), sizeText(sum((row) => row.bytes ?? 0), lang)];
  const blocked = rows.filter(({ blockers }) => blockers.length > 0).length;
  return [
    pageStart(lang, words.audit), blocked === 0 ? paragraph(words.clear, "good") : paragraph(words.blockers(blocked), "bad"),
    blockerTable(rows, lang), gapTable(gaps, lang),
    heading(words.headings.plan), rows.length === 0 ? paragraph(words.none)
      : tableStart(words.headings.plan, heads) + rows.map((row) => tableRow(heads, cells(row), lang)).join("") + tableSums(heads, sums, lang),
    forecastTable(rows, lang), PAGE_END,
  ].join("");
}

function blockerTable(rows: readonly AuditRow[], lang: Lang): string {
  const { columns, workloads, headings } = WORDS[lang];
  const heads = [columns.owner, columns.workload, columns.target, columns.reason, columns.remedy].map((name) => ({ name }));
  const lines = rows.flatMap((row) => row.blockers.map(({ code, message, remedy }) => tableRow(heads, [row.ownerName, workloads[row.workload], row.target, `[${code}] ${message}`, remedy], lang)));
  return lines.length === 0 ? "" : heading(headings.blocked) + tableStart(headings.blocked, heads) + lines.join("") + TABLE_END;
}

/** One line a route and loss: owners share them. */
function forecastTable(rows: readonly AuditRow[], lang: Lang): string {
  const { columns, workloads, headings, none } = WORDS[lang];
  const heads = [columns.target, columns.workload, columns.losses, columns.meaning].map((name) => ({ name }));
  const lines = new Set(rows.flatMap((row) => row.forecast.map(({ field, reason }) => tableRow(heads, [row.target, workloads[row.workload], field, lossText(reason, lang)], lang))));
  return heading(headings.forecast) + (lines.size === 0 ? paragraph(none) : tableStart(headings.forecast, heads) + [...lines].join("") + TABLE_END);
}

function auditCsv(rows: readonly AuditRow[], lang: Lang): string {
  const { columns, workloads, headings } = WORDS[lang];
  const head = csvLine([columns.owner, columns.workload, columns.target, columns.support, columns.evidence, columns.containers, columns.items, columns.bytes, headings.forecast, headings.blocked]);
  const lines = rows.map((row) => csvLine([
    row.ownerName, workloads[row.workload], row.target, row.support, row.evidence, row.containers, row.items ?? "", row.bytes ?? "",
    row.forecast.map(({ field, reason }) => `${field}: ${lossText(reason, lang)}`).join(" | "), row.blockers.map(({ code, message, remedy }) => `[${code}] ${message} ${remedy}`).join(" | "),
  ]));
  return CSV_START + head + lines.join("");
}
