import { createHash } from "node:crypto";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { chunk } from "../text.js";

const ROOT = "_index/stale/conversations";
/** One root message a line with its replies, in Graph's words: what a tenant loader reads. */
export const MESSAGES_FILE = "messages.jsonl";

/** Notes on the disk that a conversation's derived files are out of date, so that a crash does not hide it. `folder` = path below the archive. */
export async function markConversation(tree: DiskTree, folder: string): Promise<void> {
  await tree.makeFolder(ROOT);
  await tree.write(`${ROOT}/${createHash("sha256").update(folder).digest("hex").slice(0, 32)}`, chunk(folder));
}

/** Folders of conversations that changed since their files were derived. */
export async function* staleConversations(tree: DiskTree): AsyncGenerator<string> {
  for await (const name of tree.names(ROOT)) {
    const folder = await tree.text(`${ROOT}/${name}`);
    if (folder !== undefined && folder !== "") yield folder;
  }
}
