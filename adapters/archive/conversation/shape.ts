import { hostedIdsIn } from "../../../src/convert/message/hosted.js";
import type { PutContext } from "../../../src/core/adapter.js";
import type { BlobRef, Item } from "../../../src/core/item.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { conversationItem } from "../../../src/kit/typed-items.js";
import type { JsonShape } from "../json/session.js";
import { component } from "../names.js";
import { cardJson, CARDS, messageJson } from "./graph-shape.js";
import { markConversation, MESSAGES_FILE } from "./stale.js";

/**
 * Conversations in the archive: a folder each, its card, one JSON file a message and its pictures; `messages.jsonl` and the pages are made from those
 * when the run ends. `group` is the name of the group behind a team.
 */
export function conversationShape(tree: DiskTree, group: string | undefined): JsonShape {
  return {
    fileOf, blobsOf, owned: false, folders: ["messages", "hosted"], derived: [MESSAGES_FILE],
    changed: (folder) => markConversation(tree, folder),
    blobsNamedIn: (text) => hostedIdsIn(text).map((id) => `hosted/${component(id)}`),
    async json(item, context) {
      const { record } = conversationItem(item);
      if (record.type === "conversation") return { ...(record.form === "team" ? { group } : {}), ...cardJson(record) };
      return messageJson(record, await textOf(item.body, context));
    },
  };
}

/** Messages sort by thread, then by time: ids are milliseconds, and "_" comes after ".". */
function fileOf(item: Item): string {
  const { record } = conversationItem(item);
  if (record.type === "conversation") return CARDS[record.form];
  const name = record.replyTo === undefined ? component(record.messageId) : `${component(record.replyTo)}_${component(record.messageId)}`;
  return `messages/${name}.json`;
}

function blobsOf(item: Item): readonly (readonly [string, BlobRef])[] {
  const { record, parts } = conversationItem(item);
  if (record.type === "conversation") return [];
  return record.hosted.flatMap(({ id, sha256 }) => {
    const blob = parts.find((part) => part.sha256 === sha256);
    return blob === undefined ? [] : [[`hosted/${component(id)}`, blob] as const];
  });
}

async function textOf(body: BlobRef | undefined, { open, reserve }: PutContext): Promise<string> {
  if (body === undefined) return "";
  const release = await reserve(body.size);
  try {
    const chunks: Uint8Array[] = [];
    for await (const piece of open(body)) chunks.push(piece);
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    release();
  }
}
