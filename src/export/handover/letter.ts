import type { Lang } from "../../core/errors.js";
import { escapeHtml } from "../../lib/escape-html.js";
import { LETTER_WORDS, type LetterWords } from "./letter-words.js";
import type { ContentCounts } from "./package-content.js";
import { folderOf } from "./package-folder.js";
import { SUMS } from "./package-list.js";
import type { TableCounts } from "./tables.js";

/** What is known of who receives the package. */
export interface Receiver {
  readonly title: string;
  /** Page of the project's documents about it. */
  readonly page: string;
  /** What its public sources say: of which content, what, where that is written. */
  readonly known: readonly { readonly of: string; readonly text: string; readonly cite: string }[];
  readonly asks: readonly string[];
}

export interface Letter {
  readonly number: number;
  readonly receiver: Receiver;
  /** When the last pass over the source ended; absent: it was cut off. */
  readonly asOf: string | undefined;
  readonly content: ContentCounts;
  readonly tables: TableCounts;
  readonly partSize: number;
  readonly notRead: readonly (readonly string[])[];
  readonly provisioning: readonly string[];
  lossText(reason: string): string;
  workload(name: string): string;
}

/** Rows that the letter's table shows; tables/counts.csv holds all. */
const SHOWN = 500;

const STYLE = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:2rem 1.25rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top;overflow-wrap:anywhere}.n{text-align:right}code{overflow-wrap:anywhere}@media print{body{max-width:none;padding:0}tr{break-inside:avoid}}";

/** The cover letter as a page without scripts or outside resources, piece by piece. */
export async function* letterPage(letter: Letter, lang: Lang): AsyncGenerator<Uint8Array> {
  for (const piece of pieces(letter, LETTER_WORDS[lang], lang)) yield await Promise.resolve(Buffer.from(piece, "utf8"));
}

function* pieces(letter: Letter, words: LetterWords, lang: Lang): Generator<string> {
  const { number, receiver, content, tables, asOf, partSize, notRead } = letter;
  const title = words.title(receiver.title, folderOf(number));
  yield `<!doctype html>\n<html lang="${lang}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><h1>${escapeHtml(title)}</h1>\n`;
  yield text(words.opening(receiver.title)) + text(words.asOf(asOf)) + text(words.care);
  if (number > 1) yield heading(words.deltaHead) + text(words.delta(folderOf(number - 1), content.added, content.changed, content.gone)) + text(words.standNow(content.files));
  yield heading(words.contentHead) + text(words.content(content.written, bytes(content.writtenBytes, lang), content.parts)) + text(words.standing(tables.items));
  if (content.tooLarge > 0) yield text(words.tooLarge(content.tooLarge, bytes(partSize, lang)));
  if (content.longPaths > 0) yield text(words.longPaths(content.longPaths));
  yield* countTable(letter, words, lang);
  yield heading(words.layoutHead) + table([words.where, words.what], words.layout.map(([where, what]) => [code(where), escapeHtml(what)]));
  for (const file of letter.provisioning) yield `<p>${code(file)}</p>\n`;
  yield heading(words.checkHead) + `<pre>cd ${folderOf(number)} &amp;&amp; sha256sum -c --quiet ${SUMS}</pre>\n` + text(words.check);
  yield heading(words.lossHead) + text(tables.losses.size === 0 && notRead.length === 0 ? words.none : words.losses);
  if (tables.losses.size > 0) yield table([words.loss, words.items], [...tables.losses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([reason, count]) => [`${code(reason)} ${escapeHtml(letter.lossText(reason))}`, String(count)]));
  if (notRead.length > 0) yield text(words.notRead(notRead.length));
  yield heading(words.knownHead(receiver.title)) + text(words.known(receiver.page));
  yield table([words.workload, words.what, words.source], receiver.known.map(({ of, text: told, cite }) => [escapeHtml(of), escapeHtml(told), escapeHtml(cite)]));
  yield heading(words.asksHead) + `<ol>${receiver.asks.map((one) => `<li>${escapeHtml(one)}</li>`).join("\n")}</ol>\n</body></html>\n`;
}

function* countTable({ tables: { rows }, workload }: Letter, words: LetterWords, lang: Lang): Generator<string> {
  const heads = [words.owner, words.workload, words.delivered, words.kept, words.skipped, words.failed, words.pending, words.bytes];
  const told = rows.filter(({ delivered, kept, skipped, failed, pending }) => delivered + kept + skipped + failed + pending > 0);
  const shown = told.slice(0, SHOWN).map(({ owner, workload: name, delivered, kept, skipped, failed, pending, bytes: size }) => [
    escapeHtml(`${owner.displayName} (${owner.name})`), escapeHtml(workload(name)), ...[delivered, kept, skipped, failed, pending].map(String), escapeHtml(bytes(size, lang)),
  ]);
  yield table(heads, shown);
  if (told.length > SHOWN) yield text(words.more(SHOWN, told.length));
}

function heading(title: string): string {
  return `<h2>${escapeHtml(title)}</h2>\n`;
}

function text(sentence: string): string {
  return `<p>${escapeHtml(sentence)}</p>\n`;
}

function code(name: string): string {
  return `<code>${escapeHtml(name)}</code>`;
}

/** Cells are HTML. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("\n");
  return `<table><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join("")}</tr></thead><tbody>\n${body}\n</tbody></table>\n`;
}

function bytes(size: number, lang: Lang): string {
  const units = lang === "fr" ? ["octets", "Kio", "Mio", "Gio", "Tio"] : ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [size, 0];
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  const digits = unit === 0 ? String(value) : value.toFixed(1);
  return `${lang === "fr" ? digits.replace(".", ",") : digits} ${units[unit] ?? ""}`;
}
