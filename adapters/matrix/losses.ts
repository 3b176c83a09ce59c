import type { Foresight } from "../../src/core/adapter.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { LossReason } from "../../src/core/losses.js";
import type { ConversationRecord } from "../../src/format/records.js";
import { declared, foresight, possible, sure } from "../../src/kit/forecast.js";
import { importanceLosses } from "../../src/kit/message-losses.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";

const BY_RECORD: readonly LossReason[] = ["conversation.importance", "conversation.tabs-in-topic", "conversation.meeting"];
const loss = (field: string, change: Loss["change"], reason: LossReason): Loss => ({ field, change, side: "target", reason });

export function cardLosses({ tabs, meeting }: ConversationRecord): readonly Loss[] {
  return [
    ...(tabs.length === 0 ? [] : [loss("tabs", "approximated", "conversation.tabs-in-topic")]),
    ...(meeting === undefined ? [] : [loss("meeting", "dropped", "conversation.meeting")]),
  ];
}

/** What nobody could do for an account that is closed. */
export function closedLoss(field: "members" | "reactions"): Loss {
  return loss(field, "dropped", "conversation.account-closed");
}

/** What the text loses hangs on its form and on who is known at the server: possible, as declared. */
export function foresee(item: Item): Promise<Foresight> {
  const { record } = conversationItem(item);
  if (record.type === "conversation") return Promise.resolve(foresight(sure(cardLosses(record)), possible([closedLoss("members")])));
  const others = declared(manifest, item.key.workload, "item").filter(({ field, reason }) => field !== "members" && !BY_RECORD.some((one) => one === reason));
  return Promise.resolve(foresight(sure(importanceLosses(record)), others));
}
