import type { Gap } from "../core/adapter.js";
import type { Loss } from "../core/item.js";
import type { LossReason } from "../core/losses.js";
import type { ChatMessageRecord } from "../format/records.js";

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
