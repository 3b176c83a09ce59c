import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { bytesOf } from "../text.js";
import { MESSAGES_FILE } from "./stale.js";

export type Message = Readonly<Record<string, unknown>>;

/** A message that opens a thread, and its replies; a reply whose root is not there stands alone. */
export interface Thread {
  readonly root: Message;
  readonly replies: readonly Message[];
}

/** Threads of a conversation in the order of their first messages. Memory: one thread. */
export async function* threads(tree: DiskTree, folder: string): AsyncGenerator<Thread> {
  let open: { root: Message; replies: Message[] } | undefined;
  for await (const name of tree.names(`${folder}/messages`)) {
    const message = await messageAt(tree, `${folder}/messages/${name}`);
    if (message === undefined) continue;
    if (open !== undefined && message["replyToId"] !== undefined && message["replyToId"] === open.root["id"]) {
      open.replies.push(message);
      continue;
    }
    if (open !== undefined) yield open;
    open = { root: message, replies: [] };
  }
  if (open !== undefined) yield open;
}

/** Writes `messages.jsonl` from the messages' own files. */
export async function writeMessagesFile(tree: DiskTree, folder: string): Promise<void> {
  if ((await tree.info(`${folder}/messages`))?.folder !== true) return;
  await tree.write(`${folder}/${MESSAGES_FILE}`, bytesOf(lines(tree, folder)));
}

async function* lines(tree: DiskTree, folder: string): AsyncGenerator<string> {
  for await (const { root, replies } of threads(tree, folder)) yield `${JSON.stringify(replies.length === 0 ? root : { ...root, replies })}\n`;
}

/** A file that somebody broke is left out of what is derived; `verify` names it. */
async function messageAt(tree: DiskTree, file: string): Promise<Message | undefined> {
  try {
    const value: unknown = JSON.parse((await tree.text(file)) ?? "null");
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
