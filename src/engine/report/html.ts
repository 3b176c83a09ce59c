/** Text for HTML content and attribute values. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5c6672;--line:#d6dbe1;--paper:#fff;--good:#1a7f37;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a4adb8;--line:#3a424c;--paper:#15181c;--good:#57c274;--bad:#ff8a80}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:76rem;padding:2rem 1.25rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .25rem}p{color:var(--soft);margin:.25rem 0}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;white-space:nowrap}.good{color:var(--good)}.bad{color:var(--bad)}tfoot td{font-weight:600}`;

/** Opening of a self-contained page; nothing is loaded from anywhere. */
export function pageStart(lang: string, title: string): string {
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
`;
}

export const PAGE_END = "</body></html>\n";

export interface Column {
  readonly name: string;
  readonly number?: boolean;
}

export function tableStart(columns: readonly Column[]): string {
  return `<table><thead><tr>${columns.map(({ name, number }) => `<th scope="col"${number === true ? ' class="n"' : ""}>${escapeHtml(name)}</th>`).join("")}</tr></thead><tbody>\n`;
}

export function tableRow(columns: readonly Column[], cells: readonly (string | number)[]): string {
  return `<tr>${cells.map((cell, index) => `<td${columns[index]?.number === true ? ' class="n"' : ""}>${escapeHtml(String(cell))}</td>`).join("")}</tr>\n`;
}

export const TABLE_END = "</tbody></table>\n";

/** One line of a CSV for spreadsheets: `;`, quotes doubled, and no cell that a spreadsheet would run as a formula (OWASP, "CSV injection"). */
export function csvLine(cells: readonly (string | number)[]): string {
  const safe = cells.map((cell) => {
    const text = String(cell);
    return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  });
  return `${safe.join(";")}\r\n`;
}

/** Makes spreadsheets read UTF-8. */
export const CSV_START = "\ufeff";
