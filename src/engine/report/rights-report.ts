import type { Lang } from "../../core/errors.js";
import { CSV_START, csvLine } from "../../lib/csv.js";
import { PAGE_END, pageStart, paragraph, TABLE_END, tableRow, tableStart } from "./html.js";
import type { ReportSink } from "./model.js";
import { instantText } from "./words.js";
import { RIGHTS_WORDS, type RightsWords } from "./rights-words.js";

/** Rows that the page shows; the CSV holds them all. */
const SHOWN = 5_000;

/** One person's one right on one file, folder or calendar. */
export interface RightsLine {
  readonly ownerName: string;
  readonly path: string;
  readonly kind: "file" | "folder" | "calendar";
  readonly right: {
    readonly role: "read" | "write" | "owner" | "other" | "none" | "free-busy" | "titles" | "read-shown" | "write-shown" | "delegate" | "delegate-private";
    readonly said: readonly string[];
    readonly link?: { readonly scope: "everybody" | "organisation" | "named" | "unknown"; readonly preventsDownload: boolean; readonly hasPassword?: boolean };
    readonly expiresAt?: string;
  };
  readonly holder?: { readonly kind: string; readonly name?: string; readonly address?: string; readonly account?: string; readonly external: boolean };
  readonly inheritedFrom?: string;
  readonly hasPrivate?: boolean;
  readonly targets: readonly { readonly target: string; readonly kept: boolean }[];
}

/** Writes `rights.csv` and `rights.html` while the rows come; answers how many there were, and how many of people outside or open to everybody. */
export async function writeRights(rows: AsyncIterable<RightsLine>, lang: Lang, sink: ReportSink): Promise<{ readonly rows: number; readonly outside: number }> {
  const words = RIGHTS_WORDS[lang];
  const heads = words.columns.map((name) => ({ name }));
  const [csv, html] = [await sink.open("rights.csv"), await sink.open("rights.html")];
  let [count, outside] = [0, 0];
  await csv.write(CSV_START + csvLine(words.columns));
  await html.write(pageStart(lang, words.title) + paragraph(words.explained) + tableStart(words.title, heads));
  for await (const row of rows) {
    const cells = cellsOf(row, words);
    await csv.write(csvLine(cells));
    if (count < SHOWN) await html.write(tableRow(heads, cells, lang));
    count += 1;
    if (isOutside(row)) outside += 1;
  }
  await html.write(TABLE_END + paragraph(count === 0 ? words.none : words.count(count, outside)) + (count > SHOWN ? paragraph(words.more(SHOWN, count)) : "") + PAGE_END);
  await csv.close();
  await html.close();
  return { rows: count, outside };
}

function isOutside({ holder, right }: RightsLine): boolean {
  return holder?.external === true || (holder === undefined && right.link?.scope === "everybody");
}

function cellsOf(row: RightsLine, words: RightsWords): readonly string[] {
  const { ownerName, path, kind, right: { role, said, link, expiresAt }, holder, inheritedFrom, hasPrivate, targets } = row;
  const extras = [...(link?.preventsDownload === true ? [words.noDownload] : []), ...(link?.hasPassword === true ? [words.password] : [])];
  return [
    ownerName, path, words.kinds[kind], holder?.name ?? (holder === undefined ? words.anyone[link?.scope ?? "unknown"] : ""), holder === undefined ? "" : words.holders[holder.kind] ?? holder.kind,
    holder?.address ?? "", holder?.account ?? "", isOutside(row) ? words.outside : "", words.roles[role], said.join(", "),
    kind === "calendar" ? "" : inheritedFrom === undefined ? words.alone : words.also(inheritedFrom), link === undefined ? "" : words.scopes[link.scope], extras.join(", "), expiresAt === undefined ? "" : instantText(expiresAt),
    hasPrivate === true ? words.hasPrivate : "", targets.map(({ target, kept }) => (kept ? words.kept : words.byHand)(target)).join(", "),
  ];
}
