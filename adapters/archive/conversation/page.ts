import { createHash } from "node:crypto";
import { reactionsText } from "../../../src/convert/message/reactions.js";
import type { Lang } from "../../../src/core/errors.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { decodeFileName } from "../../../src/lib/file-names.js";
import { address, escapeHtml, href, PAGE_END, pageStart, terms } from "../offline/html.js";
import { dateText, WORDS } from "../offline/words.js";
import { bytesOf, chunk } from "../text.js";
import { Hosted, HOSTED } from "./hosted.js";
import { showMessage } from "./message-html.js";
import { threads, type Message, type Thread } from "./messages-file.js";

const PAGES = "_index/conversations";
const UP = "../../";
/** Threads a page. */
const THREADS = 100;

/** What the overview tells of a conversation; stands beside its first page. */
interface Seal {
  readonly folder: string;
  readonly title: string;
  readonly messages: number;
  readonly pages: number;
}

/** Writes the pages of a conversation, each message as sanitised HTML. Memory: one page's threads. */
export async function writeConversation(tree: DiskTree, folder: string, lang: Lang): Promise<Seal | undefined> {
  await tree.makeFolder(PAGES);
  const name = nameIn(folder);
  const title = folder.split("/").slice(1).map(decodeFileName).join(" / ");
  const before = await sealAt(tree, `${PAGES}/${name}.json`);
  if ((await tree.info(folder)) === undefined) {
    await removePages(tree, name, 1, before?.pages ?? 1);
    return undefined;
  }
  const hosted = new Hosted(tree, folder);
  const source = threads(tree, folder);
  let [messages, page, next] = [0, 0, await source.next()];
  do {
    const batch: Thread[] = [];
    for (; next.done !== true && batch.length < THREADS; next = await source.next()) batch.push(next.value);
    page += 1;
    messages += batch.reduce((sum, { replies }) => sum + 1 + replies.length, 0);
    const links = [`<a href="${UP}index.html">${escapeHtml(WORDS[lang].back)}</a>`, ...(page > 1 ? [link(name, page - 1, WORDS[lang].previous)] : []), ...(next.done === true ? [] : [link(name, page + 1, WORDS[lang].next)])].join(" · ");
    await tree.write(`${PAGES}/${pageName(name, page)}`, bytesOf(pageOf(batch, { hosted, lang, title, folder, links })), { durable: false });
  } while (next.done !== true);
  await removePages(tree, name, page + 1, before?.pages ?? 0);
  const seal: Seal = { folder, title, messages, pages: page };
  await tree.write(`${PAGES}/${name}.json`, chunk(`${JSON.stringify(seal)}\n`), { durable: false });
  return seal;
}

/** Conversations below "teams" or "chats" in the order of their folders; one without pages gets them. */
export async function* conversationPages(tree: DiskTree, area: "teams" | "chats", lang: Lang): AsyncGenerator<Seal & { readonly page: string }> {
  for await (const folder of conversationFolders(tree, area)) {
    const name = nameIn(folder);
    const seal = (await sealAt(tree, `${PAGES}/${name}.json`)) ?? (await writeConversation(tree, folder, lang));
    if (seal !== undefined) yield { ...seal, page: `${PAGES}/${pageName(name, 1)}` };
  }
}

async function* conversationFolders(tree: DiskTree, area: "teams" | "chats"): AsyncGenerator<string> {
  for await (const name of tree.names(area)) {
    const folder = `${area}/${name}`;
    if ((await tree.info(folder))?.folder !== true) continue;
    if (area === "chats") yield folder;
    else for await (const channel of tree.names(folder)) if ((await tree.info(`${folder}/${channel}`))?.folder === true) yield `${folder}/${channel}`;
  }
}

function nameIn(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 20);
}

interface PageTask {
  readonly hosted: Hosted;
  readonly lang: Lang;
  readonly title: string;
  readonly folder: string;
  readonly links: string;
}

async function* pageOf(batch: readonly Thread[], { hosted, lang, title, folder, links }: PageTask): AsyncGenerator<string> {
  yield pageStart(lang, title, links);
  for (const thread of batch) yield* threadHtml(hosted, thread, { lang, up: UP, place: folder });
  yield `<nav>${links}</nav>${PAGE_END}`;
}

/** Where a page finds the conversation's pictures: `place` below `up`. */
interface Shown {
  readonly lang: Lang;
  readonly up: string;
  readonly place: string;
}

export async function* threadHtml(hosted: Hosted, { root, replies }: Thread, shown: Shown): AsyncGenerator<string> {
  yield `<article>${await messageHtml(hosted, root, shown)}`;
  for (const reply of replies) yield `<section>${await messageHtml(hosted, reply, shown)}</section>`;
  yield "</article><hr>\n";
}

async function messageHtml(hosted: Hosted, message: Message, { lang, up, place }: Shown): Promise<string> {
  const text = WORDS[lang];
  const at = (file: string): string => [...(place === "" ? [] : [place]), HOSTED, file].join("/");
  const shown = await showMessage(hosted, message, { lang, addressOf: (file) => address(up, at(file)) });
  if (shown === undefined) return `<p><em>${escapeHtml(text.unreadable)}</em></p>`;
  const { record: { author, createdAt, reactions }, html, aside } = shown;
  return [
    `<p><b>${escapeHtml(author?.name ?? author?.address ?? text.unknown)}</b> <time>${escapeHtml(dateText(new Date(createdAt)))}</time></p>`,
    `<div>${html}</div>`, terms([[text.reactions, reactionsText(reactions)]]),
    aside.length === 0 ? "" : `<p>${escapeHtml(text.pictures)}: ${aside.map((file, index) => `<a href="${href(up, at(file))}">${index + 1}</a>`).join(" ")}</p>`,
  ].join("");
}

function pageName(name: string, page: number): string {
  return `${name}${page === 1 ? "" : `-${page}`}.html`;
}

function link(name: string, page: number, text: string): string {
  return `<a href="${pageName(name, page)}">${escapeHtml(text)}</a>`;
}

async function removePages(tree: DiskTree, name: string, from: number, to: number): Promise<void> {
  for (let page = from; page <= to; page += 1) await tree.removeFile(`${PAGES}/${pageName(name, page)}`);
  if (from === 1) await tree.removeFile(`${PAGES}/${name}.json`);
}

/** A seal that cannot be read counts as none. */
async function sealAt(tree: DiskTree, file: string): Promise<Seal | undefined> {
  try {
    const value = JSON.parse((await tree.text(file)) ?? "null") as Partial<Seal> | null;
    return typeof value?.folder === "string" && typeof value.pages === "number" ? (value as Seal) : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
