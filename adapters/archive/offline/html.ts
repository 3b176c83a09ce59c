import { escapeHtml } from "../../../src/lib/escape-html.js";

export { escapeHtml } from "../../../src/lib/escape-html.js";

/** Relative address of a path of the archive: each component percent-encoded, "%" of our own names included. */
export function address(up: string, file: string): string {
  return `${up}${file.split("/").map((part) => encodeURIComponent(part.toWellFormed())).join("/")}`;
}

export function href(up: string, file: string): string {
  return escapeHtml(address(up, file));
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d6dbe1;--paper:#fff;--tint:#f4f6f8;--accent:#0b5cad}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a4adb8;--line:#3a424c;--paper:#15181c;--tint:#1d2126;--accent:#7db7ee}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:72rem;padding:2rem 1.25rem}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0 .25rem;overflow-wrap:anywhere}nav,p,caption,dt{color:var(--soft)}a{color:var(--accent)}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-variant-numeric:tabular-nums}caption{text-align:left;padding:.5rem 0}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600}.n{text-align:right;white-space:nowrap}time{white-space:nowrap}
summary{cursor:pointer}details[open]{background:var(--tint);border-radius:.4rem;padding:.4rem .6rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .75rem;margin:.5rem 0}dd{margin:0}
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}img{max-width:4rem;max-height:4rem;border-radius:.4rem}
small{color:var(--soft)}
article section{margin-left:2rem}article div>*{margin:.5rem 0}article blockquote{margin-left:0;padding-left:1rem;border-left:3px solid var(--line)}
article code{font:.9em ui-monospace,monospace}article table{width:auto}article img{max-width:100%;max-height:30rem;border-radius:0}
@media print{nav{display:none}a{color:inherit;text-decoration:none}body{max-width:none;padding:0}tr{break-inside:avoid}}`;

/** Start of a page: no script, no outside resource, readable from the disk. */
export function pageStart(lang: string, title: string, nav: string): string {
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'">
<meta name="referrer" content="no-referrer"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
${nav === "" ? "" : `<nav>${nav}</nav>\n`}<main><h1>${escapeHtml(title)}</h1>
`;
}

export const PAGE_END = "</main></body></html>\n";

export interface Column {
  readonly name: string;
  readonly number?: boolean;
}

export function tableStart(caption: string, columns: readonly Column[]): string {
  const heads = columns.map(({ name, number }) => `<th scope="col"${number === true ? ' class="n"' : ""}>${escapeHtml(name)}</th>`).join("");
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>\n`;
}

export const TABLE_END = "</tbody></table>\n";

/** A row of ready HTML cells. */
export function row(columns: readonly Column[], cells: readonly string[]): string {
  return `<tr>${cells.map((cell, index) => `<td${columns[index]?.number === true ? ' class="n"' : ""}>${cell}</td>`).join("")}</tr>\n`;
}

/** Terms and their texts; empty ones are left out. */
export function terms(pairs: readonly (readonly [string, string])[]): string {
  const told = pairs.filter(([, text]) => text !== "").map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join("");
  return told === "" ? "" : `<dl>${told}</dl>`;
}
