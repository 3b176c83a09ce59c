/** Text for HTML content and attribute values. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd");
}

/** Relative link to a path of the archive: each component percent-encoded, "%" of our own names included. */
export function href(up: string, file: string): string {
  return escapeHtml(`${up}${file.split("/").map((part) => encodeURIComponent(part.toWellFormed())).join("/")}`);
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5c6672;--line:#d6dbe1;--paper:#fff;--accent:#0b5cad}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a4adb8;--line:#3a424c;--paper:#15181c;--accent:#7db7ee}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:70rem;padding:2rem 1.25rem}
h1{font-size:1.6rem;margin:0 0 .25rem}nav,p{color:var(--soft)}a{color:var(--accent)}
table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;white-space:nowrap}tr:hover td{background:color-mix(in srgb,var(--accent) 7%,transparent)}
@media print{nav{display:none}a{color:inherit}}`;

/** A whole page: no script, no outside resource, readable from the disk. */
export function page(lang: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
${body}
</body></html>
`;
}
