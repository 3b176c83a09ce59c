import { originLosses } from "../../src/convert/message/origin.js";
import type { Foresight } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { declared, foresight, sure } from "../../src/kit/forecast.js";
import { importanceLosses, wordLosses } from "../../src/kit/message-losses.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";

/** Rule of `skips.ts`: a group has no place for what tells about a channel. */
export const CARD_RULE = "CONVERSATION_CARD";
export const THREAD_MISSING: Loss = { field: "replyTo", change: "dropped", side: "target", reason: "conversation.thread-missing" };
export const UNCHANGEABLE: Loss = { field: "changes", change: "dropped", side: "target", reason: "conversation.unchangeable" };

/** What every post of such a message costs. */
export function recordLosses(record: ChatMessageRecord): readonly Loss[] {
  return [...originLosses(), ...importanceLosses(record), ...wordLosses(record)];
}

/** What the text loses hangs on its form, and the rest on what stands: possible, as declared. */
export function foresee(item: Item): Promise<Foresight> {
  const { record } = conversationItem(item);
  if (record.type === "conversation") return Promise.resolve({ losses: [], skipped: CARD_RULE });
  const certain = recordLosses(record);
  const byRecord = ["conversation.importance", "conversation.reactions-in-text", "conversation.mentions-in-text", ...certain.map(({ reason }) => reason)];
  return Promise.resolve(foresight(sure(certain), declared(manifest, "channels", "item").filter(({ reason }) => !byRecord.includes(reason))));
}
