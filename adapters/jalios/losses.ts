import { originLosses } from "../../src/convert/message/origin.js";
import type { Foresight } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { declared, foresight, sure } from "../../src/kit/forecast.js";
import { importanceLosses, wordLosses } from "../../src/kit/message-losses.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";

/** Rule of `skips.ts`: the workspace is its administrator's, and has no place for what tells about a channel. */
export const CARD_RULE = "CONVERSATION_CARD";
export const THREAD_MISSING: Loss = { field: "replyTo", change: "dropped", side: "target", reason: "conversation.thread-missing" };

/** What every post of such a message costs. `authorKept`: the platform says that the content is its author's. */
export function recordLosses(record: ChatMessageRecord, authorKept: boolean): readonly Loss[] {
  const origin = originLosses().filter(({ field }) => !authorKept || field !== "author");
  return [...origin, ...importanceLosses(record), ...wordLosses(record)];
}

/** Whether a member with the author's address is there, and the platform takes it for the author, is seen once it is written. */
export function foreseen(authors: boolean): (item: Item) => Promise<Foresight> {
  return (item) => {
    const { record } = conversationItem(item);
    if (record.type === "conversation") return Promise.resolve({ losses: [], skipped: CARD_RULE });
    const certain = recordLosses(record, authors && record.author?.address !== undefined);
    const byRecord = ["conversation.importance", "conversation.reactions-in-text", "conversation.mentions-in-text", ...certain.map(({ reason }) => reason)];
    return Promise.resolve(foresight(sure(certain), declared(manifest, "channels", "item").filter(({ reason }) => !byRecord.includes(reason))));
  };
}
