import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Lang } from "../../core/errors.js";
import { ExodusError } from "../../core/errors.js";
import { DiskMap } from "../../lib/disk-map.js";
import { oneText } from "../export-folder.js";
import { PEOPLE_FORMS, PeopleFiles } from "../people-forms.js";
import { letterPage, type Letter, type Receiver } from "./letter.js";
import { DELTA, ownKey, STATE, writeContent, type ContentCounts, type ContentOptions } from "./package-content.js";
import { CARD, cutLanguage, folderOf, INCOMPLETE, PackageFolder, packagesIn } from "./package-folder.js";
import { MANIFEST, PackageList, SUMS } from "./package-list.js";
import { accountHolder } from "./provisioning.js";
import { entryOf, writeTables, type TableCounts, type TableSource } from "./tables.js";

const FORMAT = "o365-exodus-handover";
const LETTERS: Readonly<Record<Lang, string>> = { fr: "lettre.html", en: "letter.html" };

/** `handover.json`, as far as the next package needs it. */
const Card = z.object({ format: z.literal(FORMAT), version: z.literal(1), package: z.number(), for: z.string(), vault: z.string(), target: z.string(), lang: z.enum(["fr", "en"]), tables: z.record(z.string(), z.string()) });

export interface PackageOptions extends TableSource, Pick<ContentOptions, "files" | "partSize" | "signal" | "onRefused" | "onFailure"> {
  /** Folder of all packages for one receiver. */
  readonly dir: string;
  /** Name of the platform, of the vault and of the target: the packages of a folder are of one kind. */
  readonly receiver: string;
  readonly vault: string;
  readonly target: string;
  /** Folder of the archive, for whoever is told that it holds nothing. */
  readonly archive: string;
  readonly agent: string;
  readonly asOf: string | undefined;
  receiverIn(lang: Lang): Receiver;
  wordsIn(lang: Lang): Pick<Letter, "lossText" | "workload">;
  readonly onFile?: () => void;
  /** Told of what could not be read, or is missing; the package is written all the same. */
  readonly onFailure: (thrown: unknown) => void;
}

export interface PackageResult {
  /** Absent: nothing has changed since package `number`. */
  readonly written?: { readonly dir: string; readonly sums: string; readonly content: ContentCounts };
  readonly number: number;
  readonly tables: TableCounts;
}

/**
 * Writes the next package below `dir`: everything at first, then what has changed since the package before; one that was cut off is brought to its end. The same vault and
 * archive give the same bytes. Stops between two files when the signal says so.
 * @throws ExodusError EXPORT_EXISTS, HANDOVER_EMPTY, HANDOVER_OTHER, HANDOVER_STATE, DISK_FULL, TARGET_DENIED.
 */
export async function writePackage(options: PackageOptions): Promise<PackageResult> {
  const { dir } = options;
  const { whole, next: number, resumed } = await packagesIn(dir);
  const before = whole === 0 ? undefined : path.join(dir, folderOf(whole));
  const card = before === undefined ? undefined : await cardOf(before, options);
  const folder = await PackageFolder.open(dir, number, resumed, options.lang);
  const places = new DiskMap();
  try {
    const list = await PackageList.open(folder);
    const own = async (file: string, written = folder.written(file)): Promise<void> => {
      places.set(ownKey(file), "");
      await list.add(file, await written);
    };
    const content = await writeContent({ ...options, folder, number, list, places, before: before === undefined ? undefined : path.join(before, STATE) });
    const tables = await writeTables({ ...options, folder, places });
    const empty = isEmpty(content, tables, before !== undefined);
    if (empty || isSame(content, tables, card?.tables)) {
      await list.close();
      await folder.tree.removeTree(".");
      if (empty) throw new ExodusError("HANDOVER_EMPTY", { params: { dir: options.archive } });
      return { number: whole, tables };
    }
    for (const [file, written] of Object.entries(tables.tables)) await own(file, Promise.resolve(written));
    const provisioning = await writeProvisioning(options, folder, own);
    for (const lang of ["fr", "en"] as const) {
      const letter: Letter = { ...options, ...options.wordsIn(lang), receiver: options.receiverIn(lang), number, content, tables, provisioning };
      await own(LETTERS[lang], folder.put(LETTERS[lang], () => letterPage(letter, lang)));
    }
    for (const file of [STATE, ...(before === undefined ? [] : [DELTA])]) await own(file);
    await own(CARD, folder.put(CARD, () => oneText(cardText(options, number, content, tables))));
    const sums = await list.close();
    for (const file of [MANIFEST, SUMS, INCOMPLETE]) places.set(ownKey(file), "");
    if (resumed) await folder.sweep((file) => places.get(ownKey(file)) !== undefined);
    await folder.finish();
    return { number, tables, written: { dir: folder.tree.root, sums, content } };
  } finally {
    places.close();
  }
}

/** A disk that is not mounted, or a share that is away, looks like an archive without files: it must not pass for one of which everything is gone. */
function isEmpty({ files }: ContentCounts, { items: { delivered, kept } }: TableCounts, follows: boolean): boolean {
  return files === 0 && (!follows || delivered + kept > 0);
}

function isSame({ added, changed, gone }: ContentCounts, { tables }: TableCounts, before: Readonly<Record<string, string>> | undefined): boolean {
  return before !== undefined && added + changed + gone === 0 && Object.entries(tables).every(([file, { sha256 }]) => before[file] === sha256);
}

/** The language that the packages of a folder are in: of the one that was cut off, else of the one before; undefined when there is none. @throws ExodusError EXPORT_EXISTS, HANDOVER_STATE. */
export async function languageOf(dir: string): Promise<Lang | undefined> {
  const { whole, next, resumed } = await packagesIn(dir);
  const cut = resumed ? await cutLanguage(dir, next) : undefined;
  return cut ?? (whole === 0 ? undefined : (await readCard(path.join(dir, folderOf(whole)))).lang);
}

async function readCard(before: string): Promise<z.infer<typeof Card>> {
  const file = path.join(before, CARD);
  return readFile(file, "utf8").then((text) => Card.parse(JSON.parse(text))).catch((cause: unknown) => {
    throw new ExodusError("HANDOVER_STATE", { params: { file }, cause });
  });
}

async function cardOf(before: string, { receiver, vault, target, dir }: PackageOptions): Promise<z.infer<typeof Card>> {
  const card = await readCard(before);
  if (card.for === receiver && card.vault === vault && card.target === target) return card;
  throw new ExodusError("HANDOVER_OTHER", { params: { dir, what: `${card.for}, ${card.target}, ${card.vault}` } });
}

function cardText({ receiver, vault, target, agent, asOf, partSize, lang }: PackageOptions, number: number, content: ContentCounts, { items, tables }: TableCounts): string {
  const sums = Object.fromEntries(Object.entries(tables).map(([file, { sha256 }]) => [file, sha256]));
  return `${JSON.stringify({ format: FORMAT, version: 1, package: number, for: receiver, vault, target, asOf: asOf ?? null, lang, partSize, agent, content, items, tables: sums }, null, 1)}\n`;
}

async function writeProvisioning({ receiver, owners, holdings, people, identities }: PackageOptions, folder: PackageFolder, own: (file: string) => Promise<void>): Promise<readonly string[]> {
  const form = PEOPLE_FORMS[receiver];
  if (form === undefined) return [];
  const files = new PeopleFiles({ ...form, file: (part) => `provisioning/${form.file(part)}` }, (file) => folder.lines(file));
  for (const owner of owners) {
    // An entry that cannot be read is told with the tables, which read it too.
    const holder = accountHolder(owner, await entryOf(holdings, owner).catch(() => undefined), people, identities.kind(owner));
    if (holder !== undefined) await files.add(holder);
  }
  const written = await files.close();
  for (const file of written) await own(file);
  return written;
}
