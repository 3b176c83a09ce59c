import { gapTable } from "./gap-table.js";
import { CSV_START, csvLine } from "../../lib/csv.js";
import { heading, PAGE_END, pageStart, paragraph, sizeText, TABLE_END, tableRow, tableStart, tableSums, type Cell, type Column } from "./html.js";
import type { ItemRow, ReportModel, ReportSink, UnitRow } from "./model.js";
import { routeTable } from "./route-table.js";
import { addUp, STATES, sumsAgree, type Sums } from "./sums.js";
import { instantText, lossText, WORDS, type Words } from "./words.js";

/** Rows that each of the page's tables of items shows; the CSV and the JSON hold them all. */
const SHOWN = 2_000;

type Lang = ReportModel["lang"];

/**
 * Writes `report.html`, `report.json` and `items.csv`. Items stream, so a report of any size takes little memory; they are asked for twice, so
 * that what failed comes first on the page, however much was converted.
 */
export async function writeReport(model: ReportModel, sink: ReportSink): Promise<void> {
  const files = { html: await sink.open("report.html"), json: await sink.open("report.json"), csv: await sink.open("items.csv") };
  await writeLists(model, files.json, files.csv);
  await writePage(model, files.html);
  for (const file of Object.values(files)) await file.close();
}

type Writer = Awaited<ReturnType<ReportSink["open"]>>;

async function writeLists(model: ReportModel, json: Writer, csv: Writer): Promise<void> {
  const words = WORDS[model.lang];
  const { columns } = words;
  const { items: _streamed, units, gaps = [], routes = [], ...head } = model;
  await json.write(`{"report":${JSON.stringify(head)},"totals":${JSON.stringify(addUp(units))},"units":${JSON.stringify(units)},"gaps":${JSON.stringify(gaps)},"routes":${JSON.stringify(routes)},"items":[`);
  await csv.write(CSV_START + csvLine([columns.owner, columns.workload, columns.target, columns.item, columns.state, columns.code, columns.reason, columns.remedy, columns.losses, "id"]));
  let first = true;
  for await (const item of model.items()) {
    await json.write(`${first ? "" : ","}\n${JSON.stringify(item)}`);
    await csv.write(csvLine(csvCells(item, words)));
    first = false;
  }
  await json.write("]}\n");
}

async function writePage(model: ReportModel, html: Writer): Promise<void> {
  const { lang, units } = model;
  const words = WORDS[lang];
  await html.write(pageStart(lang, words.title));
  await html.write(paragraph(`${words.kinds[model.kind]} · ${instantText(model.startedAt)} – ${instantText(model.endedAt)}`));
  await html.write(model.complete ? paragraph(words.complete, "good") : paragraph(words.incomplete, "bad"));
  await html.write(accountTable(units, words, lang) + (model.unread === undefined ? "" : paragraph(words.unread(model.unread))) + blockedTable(units, words, lang) + routeTable(model.routes ?? [], lang) + gapTable(model.gaps ?? [], lang));
  await html.write(heading(words.headings.failed));
  if ((await writeItems(model, html, needsAction, words.headings.failed)) > 0) await html.write(paragraph(words.retry));
  await html.write(heading(words.headings.notable));
  await writeItems(model, html, (item) => !needsAction(item), words.headings.notable);
  await html.write(lossTable(await countLosses(model), words, lang) + PAGE_END);
}

/** Failed, or found wrong by `verify`. */
function needsAction(item: ItemRow): boolean {
  return item.state === "failed" || item.state === "pending" || (item.verified !== undefined && item.verified !== "same");
}

/** A table of the items that `chosen` picks; answers how many there are. */
async function writeItems({ items, lang }: ReportModel, html: Writer, chosen: (item: ItemRow) => boolean, caption: string): Promise<number> {
  const words = WORDS[lang];
  const { columns } = words;
  const heads: Column[] = [columns.owner, columns.workload, columns.target, columns.item, columns.state, columns.reason, columns.remedy].map((name) => ({ name }));
  let count = 0;
  for await (const item of items()) {
    if (!chosen(item)) continue;
    if (count === 0) await html.write(tableStart(caption, heads));
    if (count < SHOWN) await html.write(tableRow(heads, htmlCells(item, words, lang), lang));
    count += 1;
  }
  await html.write(count === 0 ? paragraph(words.none) : TABLE_END);
  if (count > SHOWN) await html.write(paragraph(words.more(SHOWN, count)));
  return count;
}

function accountTable(units: readonly UnitRow[], words: Words, lang: Lang): string {
  const { columns } = words;
  const heads: Column[] = [
    { name: columns.owner }, { name: columns.workload }, { name: columns.target },
    ...[columns.seen, ...STATES.map((state) => words.states[state]), columns.removed, columns.kept, columns.same, columns.different, columns.unverifiable, columns.bytes].map((name) => ({ name, number: true })),
  ];
  const cells = ({ seen, counts, removed, keptAfterDeletion, bytes, verified }: Sums): Cell[] => [
    seen, ...STATES.map((state) => counts[state]), removed, keptAfterDeletion, verified.same, verified.different + verified.missing, verified.unverifiable, sizeText(bytes, lang),
  ];
  const rows = units.map((unit) => tableRow(heads, [unit.ownerName, words.workloads[unit.workload], unit.target, ...cells(unit)], lang));
  const verdict = units.every(sumsAgree) ? paragraph(words.sums, "good") : paragraph(words.noSums, "bad");
  return heading(words.headings.account) + tableStart(words.headings.account, heads) + rows.join("") + tableSums(heads, [words.total, "", "", ...cells(addUp(units))], lang) + verdict;
}

function blockedTable(units: readonly UnitRow[], words: Words, lang: Lang): string {
  const { columns } = words;
  const heads = [columns.owner, columns.workload, columns.target, columns.reason, columns.remedy].map((name) => ({ name }));
  const rows = units.flatMap((unit) => unit.blocked.map((entry) => tableRow(heads, [unit.ownerName, words.workloads[unit.workload], unit.target, `[${entry.code}] ${entry.message}`, entry.remedy], lang)));
  return rows.length === 0 ? "" : heading(words.headings.blocked) + tableStart(words.headings.blocked, heads) + rows.join("") + TABLE_END;
}

/** Items by loss reason: an item that lost several fields for one reason counts once. */
async function countLosses({ items }: ReportModel): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const { losses } of items()) for (const reason of new Set(losses.map((loss) => loss.reason))) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}

function lossTable(losses: ReadonlyMap<string, number>, words: Words, lang: Lang): string {
  if (losses.size === 0) return "";
  const heads: Column[] = [{ name: words.columns.reason }, { name: words.columns.meaning }, { name: words.columns.count, number: true }];
  const rows = [...losses].sort(([, a], [, b]) => b - a).map(([reason, count]) => tableRow(heads, [reason, lossText(reason, lang), count], lang));
  return heading(words.headings.losses) + tableStart(words.headings.losses, heads) + rows.join("") + TABLE_END;
}

function stateText(item: ItemRow, words: Words): string {
  const verdict = item.verified === undefined || item.verified === "same" ? "" : ` (${words.verdicts[item.verified]})`;
  return `${words.states[item.state]}${verdict}`;
}

function htmlCells(item: ItemRow, words: Words, lang: Lang): string[] {
  const reasons = [...(item.why === undefined ? [] : [`[${item.why.code}] ${item.why.message}`]), ...item.losses.map((loss) => `${loss.field} – ${lossText(loss.reason, lang)}`)];
  return [item.ownerName, words.workloads[item.workload], item.target, item.title, stateText(item, words), reasons.join(" · "), item.why?.remedy ?? ""];
}

function csvCells(item: ItemRow, words: Words): string[] {
  const losses = item.losses.map((loss) => `${loss.field}: ${loss.reason}`).join(" | ");
  return [item.ownerName, words.workloads[item.workload], item.target, item.title, stateText(item, words), item.why?.code ?? "", item.why?.message ?? "", item.why?.remedy ?? "", losses, item.id];
}
