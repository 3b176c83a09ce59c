import type { PutContext } from "../core/adapter.js";
import type { BlobRef, Item } from "../core/item.js";
import { snippetIds } from "../convert/message/hosted.js";
import type { ChatMessageRecord } from "../format/records.js";

/** Longest snippet that is shown as text. */
const SNIPPET_MAX = 20_000;

/** What a message says: its text as the source gave it, and the code in it by the ids of its snippets. */
export interface MessageText {
  readonly body: string;
  readonly snippets: ReadonlyMap<string, string>;
}

/** Gives `work` the text of a message. `weight`: how often the text stands in memory meanwhile, which the run's budget is asked for. */
export async function withMessageText<T>({ record, body, parts }: Item<ChatMessageRecord>, context: Pick<PutContext, "open" | "reserve">, weight: number, work: (text: MessageText) => Promise<T>): Promise<T> {
  const release = await context.reserve((body?.size ?? 0) * weight);
  try {
    const snippets = new Map<string, string>();
    for (const id of snippetIds(record.attachments)) {
      const sha256 = record.hosted.find((one) => one.id === id && one.size <= SNIPPET_MAX)?.sha256;
      const blob = parts.find((one) => one.sha256 === sha256);
      if (blob !== undefined) snippets.set(id, await textOf(blob, context));
    }
    return await work({ body: body === undefined ? "" : await textOf(body, context), snippets });
  } finally {
    release();
  }
}

async function textOf(blob: BlobRef, { open }: Pick<PutContext, "open">): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of open(blob)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
