import type { FinalState } from "../../core/state.js";
import { CSV_START, csvLine, escapeHtml, PAGE_END, pageStart, TABLE_END, tableRow, tableStart, type Column } from "./html.js";
import type { ItemRow, ReportModel, ReportSink, UnitRow } from "./model.js";
import { lossText, WORDS, type Words } from "./words.js";

const STATES: readonly FinalState[] = ["migrated", "already-there", "converted", "skipped", "failed", "pending"];
/** Rows that the page shows; the CSV holds them all. */
const SHOWN = 2_000;

/** Writes `report.html`, `report.json` and `items.csv`; items stream, so a report of any size takes little memory. */
export async function writeReport(model: ReportModel, sink: ReportSink): Promise<void> {
  const words = WORDS[model.lang];
  const csv = await sink.open("items.csv");
  const json = await sink.open("report.json");
  const html = await sink.open("report.html");
  const { items: _streamed, units, ...head } = model;
  await json.write(`{"report":${JSON.stringify(head)},"units":${JSON.stringify(units)},"items":[`);
  await csv.write(CSV_START + csvLine([words.columns.owner, words.columns.workload, words.columns.target, words.columns.item, words.columns.state, "code", words.columns.reason, words.columns.remedy, words.columns.losses, "id"]));
  await html.write(pageStart(model.lang, words.title));
  await html.write(`<p>${escapeHtml(`${model.kind} · ${model.startedAt} – ${model.endedAt} · ${model.complete ? words.complete : words.incomplete}`)}</p>`);
  await html.write(accountTable(units, words) + blockedTable(units, words));
  const columns: Column[] = [words.columns.owner, words.columns.workload, words.columns.target, words.columns.item, words.columns.state, words.columns.reason, words.columns.remedy].map((name) => ({ name }));
  await html.write(`<h2>${escapeHtml(words.headings.notable)}</h2>${tableStart(columns)}`);
  const losses = new Map<string, number>();
  let count = 0;
  for await (const item of model.items()) {
    for (const { reason } of item.losses) losses.set(reason, (losses.get(reason) ?? 0) + 1);
    await json.write(`${count === 0 ? "" : ","}\n${JSON.stringify(item)}`);
    await csv.write(csvLine(csvCells(item, words)));
    if (count < SHOWN) await html.write(tableRow(columns, htmlCells(item, words, model.lang)));
    count += 1;
  }
  await html.write(TABLE_END + (count === 0 ? `<p>${escapeHtml(words.none)}</p>` : count > SHOWN ? `<p>items.csv: ${count}</p>` : ""));
  await html.write(lossTable(losses, words, model.lang) + PAGE_END);
  await json.write("]}\n");
  for (const file of [html, json, csv]) await file.close();
}

function accountTable(units: readonly UnitRow[], words: Words): string {
  const { columns } = words;
  const heads: Column[] = [
    { name: columns.owner }, { name: columns.workload }, { name: columns.target },
    ...[columns.seen, ...STATES.map((state) => words.states[state]), columns.removed, columns.kept, columns.same, columns.different, columns.bytes].map((name) => ({ name, number: true })),
  ];
  const cells = (unit: Pick<UnitRow, "seen" | "counts" | "removed" | "keptAfterDeletion" | "bytes" | "verified">): number[] => [
    unit.seen, ...STATES.map((state) => unit.counts[state]), unit.removed, unit.keptAfterDeletion, unit.verified.same, unit.verified.different + unit.verified.missing, unit.bytes,
  ];
  const sums = units.map(cells).reduce((total, row) => total.map((value, index) => value + (row[index] ?? 0)), cells({
    seen: 0, counts: { migrated: 0, "already-there": 0, converted: 0, skipped: 0, failed: 0, pending: 0 }, removed: 0, keptAfterDeletion: 0, bytes: 0,
    verified: { same: 0, different: 0, missing: 0, unverifiable: 0 },
  }));
  const rows = units.map((unit) => tableRow(heads, [unit.ownerName, words.workloads[unit.workload] ?? unit.workload, unit.target, ...cells(unit)]));
  return `<h2>${escapeHtml(words.headings.account)}</h2>${tableStart(heads)}${rows.join("")}${tableRow(heads, ["Σ", "", "", ...sums])}${TABLE_END}<p>${escapeHtml(words.sums)}</p>`;
}

function blockedTable(units: readonly UnitRow[], words: Words): string {
  const { columns } = words;
  const heads = [columns.owner, columns.workload, columns.target, columns.reason, columns.remedy].map((name) => ({ name }));
  const rows = units.flatMap((unit) => unit.blocked.map((entry) => tableRow(heads, [unit.ownerName, words.workloads[unit.workload] ?? unit.workload, unit.target, `[${entry.code}] ${entry.message}`, entry.remedy])));
  return rows.length === 0 ? "" : `<h2>${escapeHtml(words.headings.blocked)}</h2>${tableStart(heads)}${rows.join("")}${TABLE_END}`;
}

function lossTable(losses: ReadonlyMap<string, number>, words: Words, lang: ReportModel["lang"]): string {
  if (losses.size === 0) return "";
  const heads: Column[] = [{ name: words.columns.reason }, { name: words.columns.meaning }, { name: words.columns.count, number: true }];
  return `<h2>${escapeHtml(words.headings.losses)}</h2>${tableStart(heads)}${[...losses].map(([reason, count]) => tableRow(heads, [reason, lossText(reason, lang), count])).join("")}${TABLE_END}`;
}

function htmlCells(item: ItemRow, words: Words, lang: ReportModel["lang"]): string[] {
  const reason = [item.why === undefined ? "" : `[${item.why.code}] ${item.why.message}`, ...item.losses.map((loss) => `${loss.field}: ${lossText(loss.reason, lang)}`)].filter((part) => part !== "").join(" · ");
  const state = item.verified === undefined || item.verified === "same" ? words.states[item.state] : `${words.states[item.state]} (${item.verified})`;
  return [item.ownerName, words.workloads[item.workload] ?? item.workload, item.target, item.title, state, reason, item.why?.remedy ?? ""];
}

function csvCells(item: ItemRow, words: Words): string[] {
  const losses = item.losses.map((loss) => `${loss.field}: ${loss.reason}`).join(" | ");
  return [item.ownerName, words.workloads[item.workload] ?? item.workload, item.target, item.title, words.states[item.state], item.why?.code ?? "", item.why?.message ?? "", item.why?.remedy ?? "", losses, item.id];
}
