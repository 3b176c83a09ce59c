import { createHash } from "node:crypto";
import type { Lang } from "../../../src/core/errors.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { decodeFileName } from "../../../src/lib/file-names.js";
import { stateFileOf } from "../message-state.js";
import { sidecarBase, versionsOf } from "../names.js";
import { bytesOf } from "../text.js";
import { contactView, eventView } from "./components.js";
import { documentView } from "./document.js";
import { escapeHtml, href, PAGE_END, pageStart, row, TABLE_END, tableStart, type Column } from "./html.js";
import { messageView } from "./message.js";
import { dateText, sizeText, WORDS } from "./words.js";

/** Workloads that are kept as documents, each in a folder of its name. */
const DOCUMENTS = ["tasks", "notes", "lists", "pages", "settings", "directory"] as const;
export const AREAS = ["mail", "calendars", "contacts", "drive", ...DOCUMENTS] as const;
export type Area = (typeof AREAS)[number];

/** Another number = every page is written again. */
const LAYOUT = 1;
const ROWS: Readonly<Record<Area, number>> = { mail: 100, contacts: 100, calendars: 500, drive: 500, tasks: 200, notes: 100, lists: 200, pages: 100, settings: 200, directory: 200 };
const EXTENSIONS: Readonly<Record<Area, string>> = { mail: ".eml", calendars: ".ics", contacts: ".vcf", drive: "", tasks: ".json", notes: ".json", lists: ".json", pages: ".json", settings: ".json", directory: ".json" };
const UP = "../../../";

/** One folder of an archive, with the page that lists it. `pages` is the folder of the owner's pages. */
export interface FolderTask {
  readonly area: Area;
  /** Path below the archive. */
  readonly folder: string;
  /** Owner, workload and folder, for the heading. */
  readonly title: string;
  readonly owner: string;
  readonly pages: string;
  readonly lang: Lang;
  readonly signal: AbortSignal;
}

export interface FolderSum {
  readonly items: number;
  readonly bytes: number;
}

/** What a folder's first page was made from; an equal fingerprint = nothing to write. */
interface Seal extends FolderSum {
  readonly fingerprint: string;
  readonly folder: string;
  readonly pages: number;
}

/** Name of a folder's page `number`, counted from 1. */
export function pageName(folder: string, number = 1): string {
  return `${createHash("sha256").update(folder).digest("hex").slice(0, 20)}${number === 1 ? "" : `-${number}`}.html`;
}

/** Writes the pages that list a folder, unless they stand already; answers its sums. Memory: one page's rows. */
export async function writeFolder(tree: DiskTree, task: FolderTask): Promise<FolderSum> {
  const sealFile = `${task.pages}/${pageName(task.folder).replace(".html", ".json")}`;
  const before = await sealAt(tree, sealFile);
  const now = await weigh(tree, task);
  if (before?.fingerprint === now.fingerprint && (await tree.info(`${task.pages}/${pageName(task.folder)}`)) !== undefined) return now;
  const rows = ROWS[task.area];
  const count = Math.max(1, Math.ceil(now.items / rows));
  const items = itemsOf(tree, task);
  for (let number = 1; number <= count; number += 1) {
    task.signal.throwIfAborted();
    await tree.write(`${task.pages}/${pageName(task.folder, number)}`, bytesOf(folderPage(tree, task, items, number, count)), { durable: false });
  }
  for (let number = count + 1; number <= (before?.pages ?? 0); number += 1) await tree.removeFile(`${task.pages}/${pageName(task.folder, number)}`);
  const seal: Seal = { ...now, folder: task.folder, pages: count };
  await tree.write(sealFile, bytesOf(once(`${JSON.stringify(seal)}\n`)), { durable: false });
  return now;
}

/** Removes the pages of folders that are no longer there. */
export async function removeOldPages(tree: DiskTree, pages: string): Promise<void> {
  for await (const name of tree.names(pages)) {
    if (!name.endsWith(".json")) continue;
    const seal = await sealAt(tree, `${pages}/${name}`);
    if (seal !== undefined && (await tree.info(seal.folder)) !== undefined) continue;
    for (let number = 1; number <= (seal?.pages ?? 1); number += 1) await tree.removeFile(`${pages}/${name.replace(".json", number === 1 ? ".html" : `-${number}.html`)}`);
    await tree.removeFile(`${pages}/${name}`);
  }
}

interface Listed {
  readonly name: string;
  readonly file: string;
  readonly size: number;
  readonly modified: Date;
}

/** The folder's own items, sidecars left out, in the order of their names: dates come first in those of messages and events. */
async function* itemsOf(tree: DiskTree, { folder, area }: FolderTask): AsyncGenerator<Listed> {
  for await (const name of tree.names(folder)) {
    if (!name.endsWith(EXTENSIONS[area]) || (isDocuments(area) && name.endsWith(".body.json"))) continue;
    const base = area === "drive" ? sidecarBase(name) : undefined;
    if (base !== undefined && (await tree.info(`${folder}/${base}`)) !== undefined) continue;
    const file = `${folder}/${name}`;
    const info = await tree.info(file);
    if (info?.folder === false) yield { name, file, size: info.size, modified: info.modified };
  }
}

async function weigh(tree: DiskTree, task: FolderTask): Promise<FolderSum & { readonly fingerprint: string }> {
  const hash = createHash("sha256").update(JSON.stringify([LAYOUT, task.lang, task.title]));
  let items = 0;
  let bytes = 0;
  for await (const { name, file, size, modified } of itemsOf(tree, task)) {
    const beside = task.area === "mail" ? await tree.info(stateFileOf(file)) : task.area === "drive" ? await tree.info(versionsOf(file)) : undefined;
    hash.update(JSON.stringify([name, size, modified.getTime(), beside?.size, beside?.modified.getTime()]));
    items += 1;
    bytes += size;
  }
  return { items, bytes, fingerprint: hash.digest("hex") };
}

export function isDocuments(area: Area): boolean {
  return (DOCUMENTS as readonly Area[]).includes(area);
}

async function* folderPage(tree: DiskTree, task: FolderTask, items: AsyncGenerator<Listed>, number: number, count: number): AsyncGenerator<string> {
  const text = WORDS[task.lang];
  const links = [`<a href="${UP}index.html">${escapeHtml(text.back)}</a>`, `<a href="index.html">${escapeHtml(task.owner)}</a>`];
  if (number > 1) links.push(`<a rel="prev" href="${pageName(task.folder, number - 1)}">${escapeHtml(text.previous)}</a>`);
  if (number < count) links.push(`<a rel="next" href="${pageName(task.folder, number + 1)}">${escapeHtml(text.next)}</a>`);
  yield pageStart(task.lang, task.title, links.join(" · "));
  const columns = columnsOf(task);
  yield tableStart(count === 1 ? text[task.area] : `${text[task.area]}, ${text.page} ${number}/${count}`, columns);
  for (let index = 0; index < ROWS[task.area]; index += 1) {
    const next = await items.next();
    if (next.done === true) break;
    yield row(columns, await cells(tree, task, next.value));
  }
  yield `${TABLE_END}<nav>${links.join(" · ")}</nav>${PAGE_END}`;
}

function columnsOf({ area, lang }: FolderTask): readonly Column[] {
  const text = WORDS[lang];
  const size = { name: text.size, number: true };
  const documents = [text.name, text.file];
  const names = {
    tasks: documents, notes: documents, lists: documents, pages: documents, settings: documents, directory: documents,
    mail: [text.date, text.subject, text.from, text.file], calendars: [text.start, text.name, text.place, text.file],
    contacts: [text.photo, text.name, text.organization, text.file], drive: [text.modified, text.name, text.versions],
  }[area];
  return [...names.map((name) => ({ name })), size];
}

async function cells(tree: DiskTree, task: FolderTask, { name, file, size, modified }: Listed): Promise<readonly string[]> {
  const { area, lang } = task;
  const text = WORDS[lang];
  const bytes = escapeHtml(sizeText(size, lang));
  const link = `<a href="${href(UP, file)}">${EXTENSIONS[area]}</a>`;
  const title = decodeFileName(name);
  if (area === "mail") {
    const view = await messageView(tree, file, text);
    return [`<time>${escapeHtml(view.date)}</time>`, view.content, escapeHtml(view.from), link, bytes];
  }
  if (area === "calendars") {
    const view = await eventView(tree, file, title, text);
    return [`<time>${escapeHtml(view.start)}</time>`, view.content, escapeHtml(view.place), link, bytes];
  }
  if (area === "contacts") {
    const view = await contactView(tree, file, title, text);
    return [view.photo, view.content, escapeHtml(view.organization), link, bytes];
  }
  if (isDocuments(area)) return [await documentView(tree, file, title, UP, text), link, bytes];
  return [`<time>${dateText(modified)}</time>`, `<a href="${href(UP, file)}">${escapeHtml(title)}</a>`, await versionLinks(tree, file), bytes];
}

async function versionLinks(tree: DiskTree, file: string): Promise<string> {
  const links: string[] = [];
  for await (const name of tree.names(versionsOf(file))) {
    if (/^\d+$/.test(name)) links.push(`<a href="${href(UP, `${versionsOf(file)}/${name}`)}">${name}</a>`);
    if (links.length >= 500) break;
  }
  return links.join(" ");
}

/** A seal that cannot be read counts as none. */
async function sealAt(tree: DiskTree, file: string): Promise<Seal | undefined> {
  try {
    const value = JSON.parse((await tree.text(file)) ?? "null") as Partial<Seal> | null;
    return typeof value?.fingerprint === "string" && typeof value.folder === "string" && typeof value.pages === "number" ? (value as Seal) : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

async function* once(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}
