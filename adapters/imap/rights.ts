import path from "node:path";
import { ExodusError } from "../../src/core/errors.js";
import type { Grant } from "../../src/drivers/imap/acl.js";
import type { AdapterEnvironment } from "../../src/kit/define.js";
import { csvRows, type CsvRow } from "../../src/lib/read-csv.js";
import { foldedName } from "../../src/lib/target-names.js";

/**
 * What a word of the file means in letters (RFC 4314 section 2.1): look up, read, keep read marks; also mark, put in and throw away messages; also make and delete
 * folders, and post. None includes `a`: who may open a mailbox of Exchange's may not give it to others.
 */
const WORDS: Readonly<Record<string, string>> = { read: "lrs", edit: "lrswite", full: "lrswipkxte" };
const LETTERS = /^[lrswipkxteacd0-9]+$/;
/**
 * Everybody, whoever did not sign in, and rights that are taken away (section 2): nobody means those by a line of this file. Nor a name with a space, as people are
 * shown under: Cyrus 3.6 takes one, and refuses every later change of that folder's list.
 */
const NOBODY = /^(anyone|anonymous|-.*|.*[\s\u0000-\u001f\u007f].*)$/i;
const COLUMNS = { mailbox: ["mailbox", "boîte"], person: ["person", "personne"], right: ["right", "droit"] } as const;

const REASONS = {
  en: { column: "no column", mailbox: "no mailbox", person: "this is no person", right: "this is no right (read, edit, full, or letters of RFC 4314)" },
  fr: { column: "colonne absente", mailbox: "boîte absente", person: "ceci n'est pas une personne", right: "ceci n'est pas un droit (read, edit, full, ou lettres de la RFC 4314)" },
};

/** Who is to have which rights to the mail of each account, by `foldedName` of it. @throws ExodusError CONFIG_RIGHTS. */
export async function readRights(reference: string, { baseDir, lang }: Pick<AdapterEnvironment, "baseDir" | "lang">): Promise<ReadonlyMap<string, readonly Grant[]>> {
  const file = reference.slice("file:".length);
  const wrong = (line: number, reason: string, cause?: unknown): ExodusError => new ExodusError("CONFIG_RIGHTS", { params: { file, line, reason }, cause });
  const said = REASONS[lang];
  const rows: CsvRow[] = [];
  try {
    for await (const row of csvRows(path.resolve(baseDir, file))) rows.push(row);
  } catch (thrown) {
    const { code, message, lines } = thrown as { code?: string; message: string; lines?: number };
    throw wrong(lines ?? (rows.at(-1)?.line ?? 0) + 1, code ?? message, thrown);
  }
  const [header, ...lines] = rows;
  const heads = header?.cells.map((cell) => cell.toLowerCase().normalize("NFC")) ?? [];
  const at = (column: keyof typeof COLUMNS): number => {
    const index = heads.findIndex((head) => (COLUMNS[column] as readonly string[]).includes(head));
    if (index === -1) throw wrong(header?.line ?? 1, `${said.column} "${column}"`);
    return index;
  };
  const [mailboxAt, personAt, rightAt] = [at("mailbox"), at("person"), at("right")];
  const accounts = new Map<string, Map<string, Grant>>();
  for (const { line, cells } of lines) {
    const [mailbox, person, right] = [cells[mailboxAt] ?? "", (cells[personAt] ?? "").normalize("NFC"), (cells[rightAt] ?? "").toLowerCase()];
    const letters = Object.hasOwn(WORDS, right) ? WORDS[right] : LETTERS.test(right) ? right : undefined;
    if (mailbox === "") throw wrong(line, said.mailbox);
    if (person === "" || NOBODY.test(person)) throw wrong(line, `${said.person}: "${person}"`);
    if (letters === undefined) throw wrong(line, `${said.right}: "${right}"`);
    const grants = accounts.get(foldedName(mailbox)) ?? new Map<string, Grant>();
    const before = grants.get(foldedName(person));
    grants.set(foldedName(person), { person, letters: [...new Set((before?.letters ?? "") + letters)].join("") });
    accounts.set(foldedName(mailbox), grants);
  }
  return new Map([...accounts].map(([account, grants]) => [account, [...grants.values()]]));
}
