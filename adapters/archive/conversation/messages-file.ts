import type { Lang } from "../../../src/core/errors.js";
import { unreadReason } from "../../../src/drivers/disk/errors.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { bytesOf } from "../text.js";
import { Hosted } from "./hosted.js";
import { showMessage } from "./message-html.js";
import { MESSAGES_FILE } from "./stale.js";

export type Message = Readonly<Record<string, unknown>>;

/** A message that opens a thread, and its replies; a reply whose root is not there stands alone. */
export interface Thread {
  readonly root: Message;
  readonly replies: readonly Message[];
}

/** Threads of a conversation in the order of their first messages. `instead`: of a file that cannot be read, by its name; without it, that is an error. Memory: one thread. */
export async function* threads(tree: DiskTree, folder: string, instead?: (name: string) => Message): AsyncGenerator<Thread> {
  if ((await tree.itself(`${folder}/messages`))?.kind !== "folder") return;
  let open: { root: Message; replies: Message[] } | undefined;
  for await (const name of tree.names(`${folder}/messages`)) {
    const message = await messageAt(tree, `${folder}/messages/${name}`).catch((thrown: unknown) => {
      if (instead === undefined || unreadReason(thrown) === undefined) throw thrown;
      return instead(name);
    });
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

/** Writes `messages.jsonl` from the messages' own files: each with its text as it was, and as sanitised HTML. */
export async function writeMessagesFile(tree: DiskTree, folder: string, lang: Lang): Promise<void> {
  if ((await tree.itself(`${folder}/messages`))?.kind !== "folder") return;
  await tree.write(`${folder}/${MESSAGES_FILE}`, bytesOf(lines(tree, folder, lang)));
}

async function* lines(tree: DiskTree, folder: string, lang: Lang): AsyncGenerator<string> {
  const hosted = new Hosted(tree, folder);
  const safe = async (message: Message): Promise<Message> => {
    const shown = await showMessage(hosted, message, { lang, addressOf: (file) => `hosted/${encodeURIComponent(file)}` });
    return shown === undefined ? message : { ...message, sanitizedHtml: shown.html };
  };
  for await (const { root, replies } of threads(tree, folder)) {
    const answers: Message[] = [];
    for (const reply of replies) answers.push(await safe(reply));
    yield `${JSON.stringify({ ...(await safe(root)), ...(answers.length === 0 ? {} : { replies: answers }) })}\n`;
  }
}

/** A file that somebody broke is left out of what is derived; `verify` names it. */
async function messageAt(tree: DiskTree, file: string): Promise<Message | undefined> {
  try {
    const value: unknown = JSON.parse((await tree.ownText(file)) ?? "null");
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
