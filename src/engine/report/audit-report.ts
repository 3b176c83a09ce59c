import type { Lang } from "../../core/errors.js";
import { gapTable } from "./gap-table.js";
import { CSV_START, csvLine } from "../../lib/csv.js";
import { heading, PAGE_END, pageStart, paragraph, sizeText, TABLE_END, tableRow, tableStart, tableSums, type Cell, type Column } from "./html.js";
import type { AuditRow, ReportSink, RouteRow, SourceGap } from "./model.js";
import { routeTable } from "./route-table.js";
import { routesOf } from "../forecast.js";
import { certaintyText, factsText, leftOutText, lossText, WORDS } from "./words.js";

/** Writes `audit.html`, `audit.json` and `audit.csv`. */
export async function writeAudit(rows: readonly AuditRow[], lang: Lang, sink: ReportSink, gaps: readonly SourceGap[] = [], routes: readonly RouteRow[] = []): Promise<void> {
  const files = [["audit.html", auditPage(rows, lang, gaps, routes)], ["audit.json", `${JSON.stringify(rows, null, 1)}\n`], ["audit.csv", auditCsv(rows, lang)]] as const;
  for (const [name, text] of files) {
    const file = await sink.open(name);
    await file.write(text);
    await file.close();
  }
}

function owned(row: AuditRow, lang: Lang): string {
  const facts = factsText(row, lang);
  return facts === undefined ? row.ownerName : `${row.ownerName} (${facts})`;
}

function auditPage(rows: readonly AuditRow[], lang: Lang, gaps: readonly SourceGap[], routes: readonly RouteRow[]): string {
  const words = WORDS[lang];
  const { columns } = words;
  const heads: Column[] = [
    { name: columns.owner }, { name: columns.workload }, { name: columns.target }, { name: columns.support }, { name: columns.evidence },
    { name: columns.containers, number: true }, { name: columns.items, number: true }, { name: columns.bytes, number: true },
  ];
  const cells = (row: AuditRow): Cell[] => [
    owned(row, lang), words.workloads[row.workload], row.target, words.support[row.support], words.evidence[row.evidence], row.containers, row.items ?? "",
    row.bytes === undefined ? "" : sizeText(row.bytes, lang),
  ];
  const sum = (pick: (row: AuditRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const sums = [words.total, "", "", "", "", sum((row) => row.containers), sum((row) => row.items ?? 0), sizeText(sum((row) => row.bytes ?? 0), lang)];
  const blocked = rows.filter(({ blockers }) => blockers.length > 0).length;
  return [
    pageStart(lang, words.audit), blocked === 0 ? paragraph(words.clear, "good") : paragraph(words.blockers(blocked), "bad"),
    blockerTable(rows, lang), routeTable(routes, lang), gapTable(gaps, lang),
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

function forecastTable(rows: readonly AuditRow[], lang: Lang): string {
  const { columns, workloads, headings, none } = WORDS[lang];
  const heads = [columns.target, columns.workload, columns.losses, columns.certainty, columns.meaning].map((name) => ({ name }));
  const lines = routesOf(rows).flatMap(({ workload, target, forecast, leftOut }) => [
    ...forecast.map((loss) => [target, workloads[workload], loss.field, certaintyText(loss, lang), lossText(loss.reason, lang)]),
    ...leftOut.map(({ code, items }) => [target, workloads[workload], "*", certaintyText({ sure: true, items }, lang), `[${code}] ${leftOutText(code, lang)}`]),
  ]).map((cells) => tableRow(heads, cells, lang));
  return heading(headings.forecast) + (lines.length === 0 ? paragraph(none) : tableStart(headings.forecast, heads) + lines.join("") + TABLE_END);
}

function auditCsv(rows: readonly AuditRow[], lang: Lang): string {
  const { columns, workloads, headings } = WORDS[lang];
  const head = csvLine([columns.owner, columns.workload, columns.target, columns.support, columns.evidence, columns.containers, columns.items, columns.bytes, headings.forecast, headings.blocked]);
  const lines = rows.map((row) => csvLine([
    row.ownerName, workloads[row.workload], row.target, row.support, row.evidence, row.containers, row.items ?? "", row.bytes ?? "",
    row.forecast.map((loss) => `${loss.field}: ${lossText(loss.reason, lang)} (${certaintyText(loss, lang)})`).join(" | "), row.blockers.map(({ code, message, remedy }) => `[${code}] ${message} ${remedy}`).join(" | "),
  ]));
  return CSV_START + head + lines.join("");
}
