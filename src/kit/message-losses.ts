import type { Foresight, Gap, Manifest } from "../core/adapter.js";
import type { Item, Loss } from "../core/item.js";
import type { LossReason } from "../core/losses.js";
import type { ChatMessageRecord } from "../format/records.js";
import { declared, foresight, sure } from "./forecast.js";
import { conversationItem } from "./typed-items.js";

/** Rule of `skips.ts`: what tells about a channel (members, description, tabs) has no place at the target. */
export const CARD_RULE = "CONVERSATION_CARD";
/** Of a message that changed at the source and stands as it was sent. */
export const UNCHANGEABLE: Loss = { field: "changes", change: "dropped", side: "target", reason: "conversation.unchangeable" };
/** What a message's record alone decides. */
const BY_RECORD: readonly LossReason[] = ["conversation.importance", "conversation.reactions-in-text", "conversation.mentions-in-text"];
const DROPPED: readonly LossReason[] = ["conversation.active-content", "conversation.appearance", "conversation.link", "conversation.picture-missing"];
const APPROXIMATED: readonly LossReason[] = [
  "conversation.card", "conversation.cell-blocks", "conversation.cell-spans", "conversation.characters", "conversation.event", "conversation.nesting", "conversation.outside-picture", "conversation.quote",
  "conversation.too-many-tags",
];

/** What the form of a message's text may cost (`renderMessage`); `cite`: where the form is described. */
export function formGaps(cite: string): readonly Gap[] {
  const gap = (change: Loss["change"]) => (reason: LossReason): Gap => ({ of: "item", field: "body", change, side: "tool", reason, cite });
  return [...DROPPED.map(gap("dropped")), ...APPROXIMATED.map(gap("approximated"))];
}

export function importanceLosses({ importance }: ChatMessageRecord): readonly Loss[] {
  return importance === "normal" ? [] : [{ field: "importance", change: "dropped", side: "target", reason: "conversation.importance" }];
}

/** Of a target that has neither reactions nor mentions: both are words of the text. */
export function wordLosses({ deletedAt, reactions, mentions }: ChatMessageRecord): readonly Loss[] {
  if (deletedAt !== undefined) return [];
  return [
    ...(reactions.length === 0 ? [] : [{ field: "reactions", change: "approximated", side: "target", reason: "conversation.reactions-in-text" } as const]),
    ...(mentions.length === 0 ? [] : [{ field: "mentions", change: "approximated", side: "target", reason: "conversation.mentions-in-text" } as const]),
  ];
}

/**
 * Of a target that leaves cards out. `certain`: what the record alone costs; what the text loses hangs on its form, and the rest on what stands: possible, as
 * declared, but for `decided`, which the record decides too.
 */
export function foreseenMessage(item: Item, manifest: Manifest, certain: (record: ChatMessageRecord) => readonly Loss[], decided: readonly string[] = []): Promise<Foresight> {
  const { record } = conversationItem(item);
  if (record.type === "conversation") return Promise.resolve({ losses: [], skipped: CARD_RULE });
  const losses = certain(record);
  const told = [...BY_RECORD, ...decided, ...losses.map(({ reason }) => reason)];
  return Promise.resolve(foresight(sure(losses), declared(manifest, "channels", "item").filter(({ reason }) => !told.includes(reason))));
}
