import type { Lang } from "../../../src/core/errors.js";
import { DiskTree } from "../../../src/drivers/disk/tree.js";
import { decodeFileName } from "../../../src/lib/file-names.js";
import { conversationPages } from "../conversation/page.js";
import { HOME_NAMES, HOMES, sidecarBase } from "../names.js";
import { bytesOf } from "../text.js";
import { AREAS, isDocuments, pageName, removeOldPages, writeFolder, type Area, type FolderSum, type FolderTask } from "./folder.js";
import { escapeHtml, href, PAGE_END, pageStart, row, TABLE_END, tableStart, type Column } from "./html.js";
import { sizeText, WORDS } from "./words.js";

export interface IndexOptions {
  readonly lang: Lang;
  /** Name of the organisation; else that of `tenant.json`. */
  readonly title?: string | undefined;
  readonly signal: AbortSignal;
}

interface OwnerSum extends FolderSum {
  readonly area: Area;
}

/** Makes an archive folder browsable offline; answers the path of `index.html`. Reads the content, writes `index.html` and `_index/` only. */
export function buildArchiveIndex(dir: string, options: IndexOptions): Promise<string> {
  return buildIndex(new DiskTree(dir), options);
}

/** Pages of folders that did not change since the last time are left as they are. Memory: one page's rows and one path of folders. */
export async function buildIndex(tree: DiskTree, options: IndexOptions): Promise<string> {
  await tree.makeFolder("_index");
  await tree.sweep("");
  await tree.write("index.html", bytesOf(overview(tree, options)), { durable: false });
  return tree.at("index.html");
}

async function* overview(tree: DiskTree, options: IndexOptions): AsyncGenerator<string> {
  const { lang } = options;
  const text = WORDS[lang];
  const title = options.title ?? (await memberOf(tree, "tenant.json", "name"));
  yield pageStart(lang, title === undefined ? text.title : `${text.title} – ${title}`, "");
  yield `<p>${escapeHtml(text.intro)}</p>`;
  const columns: Column[] = [{ name: text.owner }, ...AREAS.map((area) => ({ name: text[area], number: true })), { name: text.size, number: true }];
  yield tableStart(text.owners, columns);
  for (const kind of HOME_NAMES) {
    for await (const owner of tree.names(kind)) {
      if ((await tree.info(`${kind}/${owner}`))?.folder !== true) continue;
      options.signal.throwIfAborted();
      const shown = await ownerTitle(tree, kind, owner);
      const { page, sums } = await writeOwner(tree, `${kind}/${owner}`, shown, options);
      const bytes = sums.reduce((total, one) => total + one.bytes, 0);
      yield row(columns, [
        `<a href="${href("", page)}">${escapeHtml(shown)}</a>`,
        ...AREAS.map((area) => String(sums.filter((one) => one.area === area).reduce((total, one) => total + one.items, 0))), escapeHtml(sizeText(bytes, lang)),
      ]);
    }
  }
  yield TABLE_END;
  for (const area of ["teams", "chats"] as const) yield* conversations(tree, area, lang);
  yield PAGE_END;
}

async function* conversations(tree: DiskTree, area: "teams" | "chats", lang: Lang): AsyncGenerator<string> {
  const text = WORDS[lang];
  const columns: Column[] = [{ name: text.conversation }, { name: text.messages, number: true }];
  let open = false;
  for await (const { title, messages, page } of conversationPages(tree, area, lang)) {
    if (!open) yield tableStart(text[area], columns);
    open = true;
    yield row(columns, [`<a href="${href("", page)}">${escapeHtml(title)}</a>`, String(messages)]);
  }
  if (open) yield TABLE_END;
}

/** The owner's page, with the pages of all folders behind it. */
async function writeOwner(tree: DiskTree, home: string, owner: string, options: IndexOptions): Promise<{ readonly page: string; readonly sums: readonly OwnerSum[] }> {
  const pages = `_index/${home}`;
  await tree.makeFolder(pages);
  await tree.sweep(pages);
  const sums = AREAS.map((area) => ({ area, items: 0, bytes: 0 }));
  await tree.write(`${pages}/index.html`, bytesOf(ownerPage(tree, home, owner, pages, options, sums)), { durable: false });
  await removeOldPages(tree, pages);
  return { page: `${pages}/index.html`, sums };
}

async function* ownerPage(tree: DiskTree, home: string, owner: string, pages: string, { lang, signal }: IndexOptions, sums: { area: Area; items: number; bytes: number }[]): AsyncGenerator<string> {
  const text = WORDS[lang];
  yield pageStart(lang, owner, `<a href="../../../index.html">${escapeHtml(text.back)}</a>`);
  const columns: Column[] = [{ name: text.folder }, { name: text.items, number: true }, { name: text.size, number: true }];
  for (const sum of sums) {
    if ((await tree.info(`${home}/${sum.area}`))?.folder !== true) continue;
    yield tableStart(text[sum.area], columns);
    for await (const { folder, title } of folders(tree, `${home}/${sum.area}`, text[sum.area], sum.area)) {
      const task: FolderTask = { area: sum.area, folder, title: `${owner} – ${title}`, owner, pages, lang, signal };
      const { items, bytes } = await writeFolder(tree, task);
      sum.items += items;
      sum.bytes += bytes;
      // Only a drive has items outside of any folder.
      if (items > 0 || folder !== `${home}/${sum.area}` || sum.area === "drive") yield row(columns, [`<a href="${pageName(folder)}">${escapeHtml(title)}</a>`, String(items), escapeHtml(sizeText(bytes, lang))]);
    }
    yield TABLE_END;
  }
  yield PAGE_END;
}

/** A folder and all below it, parents first. Folders of older versions belong to their files. */
async function* folders(tree: DiskTree, folder: string, title: string, area: Area): AsyncGenerator<{ readonly folder: string; readonly title: string }> {
  yield { folder, title };
  for await (const name of tree.names(folder)) {
    const below = `${folder}/${name}`;
    if ((await tree.info(below))?.folder !== true) continue;
    // Pictures and files of a document stand in a folder of its name.
    if (isDocuments(area) && name.endsWith(".parts") && (await tree.info(below.replace(/\.parts$/, ".json"))) !== undefined) continue;
    const base = area === "drive" ? sidecarBase(name) : undefined;
    if (base === undefined || (await tree.info(`${folder}/${base}`)) === undefined) yield* folders(tree, below, `${title} / ${decodeFileName(name)}`, area);
  }
}

/** "Zoé Martin (zoe@commune.example)"; the name alone when nobody tells more. */
async function ownerTitle(tree: DiskTree, kind: keyof typeof HOMES, owner: string): Promise<string> {
  const name = decodeFileName(owner);
  const told = await memberOf(tree, `${kind}/${owner}/${HOMES[kind]}`, "displayName");
  return told === undefined || told === name ? name : `${told} (${name})`;
}

/** A text member of a small JSON file; a file that cannot be read tells nothing. */
async function memberOf(tree: DiskTree, file: string, member: string): Promise<string | undefined> {
  try {
    const value = (JSON.parse((await tree.text(file)) ?? "{}") as Record<string, unknown>)[member];
    return typeof value === "string" && value !== "" ? value : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof TypeError) return undefined;
    throw thrown;
  }
}
