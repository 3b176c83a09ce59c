import type { Lang } from "../../../src/core/errors.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { decodeFileName } from "../../../src/lib/file-names.js";
import { component } from "../names.js";
import { PAGE_END, pageStart } from "../offline/html.js";
import { bytesOf } from "../text.js";
import { Hosted } from "./hosted.js";
import { threads, type Message, type Thread } from "./messages-file.js";
import { threadHtml } from "./page.js";

/** A readable page of each thread of a conversation, in the order of their names, for a folder beside `hosted/`. Memory: one thread. */
export async function* threadPages(tree: DiskTree, folder: string, lang: Lang): AsyncGenerator<{ readonly name: string; open(): AsyncIterable<Uint8Array> }> {
  const hosted = new Hosted(tree, folder);
  for await (const thread of threads(tree, folder, unread)) yield { name: nameOf(thread), open: () => bytesOf(page(hosted, folder, thread, lang)) };
}

/** Keeps the place of a message whose file cannot be read, and is shown as such; the name is `fileOf`'s of conversation/shape.ts. */
function unread(name: string): Message {
  const [first = "", second] = decodeFileName(name.replace(/\.json$/, "")).split("_");
  return second === undefined ? { id: first } : { replyToId: first, id: second };
}

/** As the file of the message that opens it is called: a reply whose root is gone keeps the root's id before its own. */
function nameOf({ root }: Thread): string {
  const ids = [root["replyToId"], root["id"]].filter((id) => typeof id === "string");
  return `${component(ids.join("_"))}.html`;
}

async function* page(hosted: Hosted, folder: string, thread: Thread, lang: Lang): AsyncGenerator<string> {
  yield pageStart(lang, folder.split("/").slice(1).map(decodeFileName).join(" / "), "");
  yield* threadHtml(hosted, thread, { lang, up: "../", place: "" });
  yield PAGE_END;
}
