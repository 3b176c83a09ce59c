import { createHash } from "node:crypto";
import type { Lang } from "../../../src/core/errors.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { decodeFileName } from "../../../src/lib/file-names.js";
import { component } from "../names.js";
import { escapeHtml, href, PAGE_END, pageStart, terms } from "../offline/html.js";
import { plainText } from "../offline/plain-text.js";
import { dateText, WORDS, type Words } from "../offline/words.js";
import { bytesOf, chunk } from "../text.js";
import { threads, type Message, type Thread } from "./messages-file.js";

const PAGES = "_index/conversations";
const UP = "../../";
/** Threads a page. */
const THREADS = 100;
const SHOWN = 12_000;

/** What the overview tells of a conversation; stands beside its first page. */
interface Seal {
  readonly folder: string;
  readonly title: string;
  readonly messages: number;
  readonly pages: number;
}

/** Writes the pages of a conversation: everything as text, pictures as links, nothing of its HTML. Memory: one page's threads. */
export async function writeConversation(tree: DiskTree, folder: string, lang: Lang): Promise<Seal | undefined> {
  await tree.makeFolder(PAGES);
  const name = nameIn(folder);
  const title = folder.split("/").slice(1).map(decodeFileName).join(" / ");
  const before = await sealAt(tree, `${PAGES}/${name}.json`);
  if ((await tree.info(folder)) === undefined) {
    await removePages(tree, name, 1, before?.pages ?? 1);
    return undefined;
  }
  const source = threads(tree, folder);
  let [messages, page, next] = [0, 0, await source.next()];
  do {
    const batch: Thread[] = [];
    for (; next.done !== true && batch.length < THREADS; next = await source.next()) batch.push(next.value);
    page += 1;
    messages += batch.reduce((sum, { replies }) => sum + 1 + replies.length, 0);
    const links = [`<a href="${UP}index.html">${escapeHtml(WORDS[lang].back)}</a>`, ...(page > 1 ? [link(name, page - 1, WORDS[lang].previous)] : []), ...(next.done === true ? [] : [link(name, page + 1, WORDS[lang].next)])].join(" · ");
    await tree.write(`${PAGES}/${pageName(name, page)}`, bytesOf(pageOf(batch, { lang, title, folder, links })), { durable: false });
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
  readonly lang: Lang;
  readonly title: string;
  readonly folder: string;
  readonly links: string;
}

async function* pageOf(batch: readonly Thread[], { lang, title, folder, links }: PageTask): AsyncGenerator<string> {
  const text = WORDS[lang];
  yield await Promise.resolve(pageStart(lang, title, links));
  for (const { root, replies } of batch) {
    yield `<article>${messageHtml(root, folder, text)}${replies.map((reply) => `<blockquote>${messageHtml(reply, folder, text)}</blockquote>`).join("")}</article><hr>\n`;
  }
  yield `<nav>${links}</nav>${PAGE_END}`;
}

function messageHtml(message: Message, folder: string, text: Words): string {
  const { content, contentType } = objectOf(message["body"]);
  const raw = String(content ?? "");
  const shown = (contentType === "text" ? raw : plainText(raw)).slice(0, SHOWN);
  const marks = [...(message["deletedDateTime"] === undefined ? [] : [text.deleted]), ...(message["lastEditedDateTime"] === undefined ? [] : [text.edited]), ...(message["eventDetail"] === undefined ? [] : [text.event])];
  const pictures = [...new Set([...raw.matchAll(/\/hostedContents\/([^/"'\s?#]+)/g)].map(([, id = ""]) => component(id)))];
  const details = terms([
    [text.attachments, listOf(message["attachments"]).map(({ name, contentUrl, contentType: type }) => [name, contentUrl ?? type].filter(Boolean).join(" ")).join(", ")],
    [text.reactions, listOf(message["reactions"]).map(({ reactionType, user }) => `${String(reactionType)} ${nameOf(user, "")}`.trim()).join(", ")],
  ]);
  return [
    `<p><b>${escapeHtml(nameOf(message["from"], text.unknown))}</b> <time>${escapeHtml(dateText(new Date(String(message["createdDateTime"]))))}</time> <small>${escapeHtml(marks.join(", "))}</small></p>`,
    typeof message["subject"] === "string" ? `<p><b>${escapeHtml(message["subject"])}</b></p>` : "", `<pre>${escapeHtml(shown)}</pre>`, details,
    pictures.length === 0 ? "" : `<p>${escapeHtml(text.pictures)}: ${pictures.map((id, index) => `<a href="${href(UP, `${folder}/hosted/${id}`)}">${index + 1}</a>`).join(" ")}</p>`,
  ].join("");
}

function nameOf(identities: unknown, otherwise: string): string {
  const { user, application, device } = objectOf(identities);
  const person = objectOf(user ?? application ?? device);
  return String(person["displayName"] ?? person["email"] ?? otherwise);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
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
