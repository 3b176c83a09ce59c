import type { Lang } from "../../core/errors.js";
import { escapeHtml } from "../../lib/escape-html.js";

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d6dbe1;--paper:#fff;--tint:#f4f6f8;--good:#1a7f37;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a4adb8;--line:#3a424c;--paper:#15181c;--tint:#1d2126;--good:#57c274;--bad:#ff8a80}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:80rem;padding:2rem 1.25rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .25rem}p,caption{color:var(--soft);margin:.25rem 0}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-variant-numeric:tabular-nums}caption{text-align:left;padding:.25rem 0}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600}tfoot td{font-weight:600;background:var(--tint)}.n{text-align:right;white-space:nowrap}
p.good{color:var(--good);font-weight:600}p.bad{color:var(--bad);font-weight:600}
@media print{body{max-width:none;padding:0;font-size:12px}tr{break-inside:avoid}}`;

/** Opening of a self-contained page; nothing is loaded from anywhere. */
export function pageStart(lang: string, title: string): string {
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
`;
}

export const PAGE_END = "</main></body></html>\n";

/** A paragraph; `tone` colours a verdict. */
export function paragraph(text: string, tone?: "good" | "bad"): string {
  return `<p${tone === undefined ? "" : ` class="${tone}"`}>${escapeHtml(text)}</p>\n`;
}

export function heading(text: string): string {
  return `<h2>${escapeHtml(text)}</h2>\n`;
}

export interface Column {
  readonly name: string;
  readonly number?: boolean;
}

export type Cell = string | number;

export function tableStart(caption: string, columns: readonly Column[]): string {
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${columns.map(({ name, number }) => `<th scope="col"${number === true ? ' class="n"' : ""}>${escapeHtml(name)}</th>`).join("")}</tr></thead><tbody>\n`;
}

export function tableRow(columns: readonly Column[], cells: readonly Cell[], lang: Lang): string {
  return `<tr>${cells.map((cell, index) => `<td${columns[index]?.number === true ? ' class="n"' : ""}>${escapeHtml(typeof cell === "number" ? cell.toLocaleString(lang) : cell)}</td>`).join("")}</tr>\n`;
}

export const TABLE_END = "</tbody></table>\n";

/** End of a table with a row of sums. */
export function tableSums(columns: readonly Column[], cells: readonly Cell[], lang: Lang): string {
  return `</tbody><tfoot>${tableRow(columns, cells, lang)}</tfoot></table>\n`;
}

/** "1.4 MB"; in French "1,4 Mo". */
export function sizeText(bytes: number, lang: Lang): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < 4; unit += 1) value /= 1024;
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const units = lang === "fr" ? ["o", "Ko", "Mo", "Go", "To"] : ["B", "KB", "MB", "GB", "TB"];
  return `${value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${units[unit] ?? ""}`;
}
