import { originLosses } from "../../src/convert/message/origin.js";
import type { Foresight } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { foreseenMessage, importanceLosses, wordLosses } from "../../src/kit/message-losses.js";
import { manifest } from "./manifest.js";

export const THREAD_MISSING: Loss = { field: "replyTo", change: "dropped", side: "target", reason: "conversation.thread-missing" };

/** What every post of such a message costs. */
export function recordLosses(record: ChatMessageRecord): readonly Loss[] {
  return [...originLosses(), ...importanceLosses(record), ...wordLosses(record)];
}

export function foresee(item: Item): Promise<Foresight> {
  return foreseenMessage(item, manifest, recordLosses);
}
