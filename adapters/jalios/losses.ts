import { originLosses } from "../../src/convert/message/origin.js";
import type { Foresight } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { foreseenMessage, importanceLosses, wordLosses } from "../../src/kit/message-losses.js";
import { manifest } from "./manifest.js";

export const THREAD_MISSING: Loss = { field: "replyTo", change: "dropped", side: "target", reason: "conversation.thread-missing" };

/** What every post of such a message costs. `authorKept`: the platform says that the content is its author's. */
export function recordLosses(record: ChatMessageRecord, authorKept: boolean): readonly Loss[] {
  const origin = originLosses().filter(({ field }) => !authorKept || field !== "author");
  return [...origin, ...importanceLosses(record), ...wordLosses(record)];
}

/** Whether a member with the author's address is there, and the platform takes it for the author, is seen once it is written. */
export function foreseen(authors: boolean): (item: Item) => Promise<Foresight> {
  return (item) => foreseenMessage(item, manifest, (record) => recordLosses(record, authors && record.author?.address !== undefined));
}
