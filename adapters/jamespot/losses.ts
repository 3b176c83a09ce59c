import type { Foresight } from "../../src/core/adapter.js";
import { originLosses } from "../../src/convert/message/origin.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../../src/core/item.js";
import type { LossReason } from "../../src/core/losses.js";
import type { ChatMessageRecord, ConversationRecord } from "../../src/format/records.js";
import { importanceLosses } from "../../src/kit/message-losses.js";
import { declared, foresight, sure } from "../../src/kit/forecast.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { manifest } from "./manifest.js";

/** What a message's record alone decides. */
const BY_RECORD: readonly LossReason[] = ["conversation.author-in-text", "conversation.date-in-text", "conversation.importance", "conversation.members", "conversation.archived", "conversation.tabs-in-topic"];
const loss = (field: string, change: Loss["change"], reason: LossReason): Loss => ({ field, change, side: "target", reason });

export function messageLosses(record: ChatMessageRecord): readonly Loss[] {
  return [...originLosses(), ...importanceLosses(record)];
}

export function cardLosses({ tabs, members, archived }: ConversationRecord): readonly Loss[] {
  return [
    ...(members === undefined || members.length === 0 ? [] : [loss("members", "dropped", "conversation.members")]),
    ...(archived ? [loss("archived", "dropped", "conversation.archived")] : []),
    ...(tabs.length === 0 ? [] : [loss("tabs", "approximated", "conversation.tabs-in-topic")]),
  ];
}

export const threadMissing = loss("replyTo", "dropped", "conversation.thread-missing");
export const pictureBeside = loss("pictures", "approximated", "conversation.picture-beside");
export const pictureTooLarge = loss("pictures", "dropped", "conversation.file-too-large");

export function foresee(item: Item): Promise<Foresight> {
  const { record } = conversationItem(item);
  if (record.type === "conversation") return Promise.resolve(foresight(sure(cardLosses(record))));
  return Promise.resolve(foresight(sure(messageLosses(record)), declared(manifest, "channels", "item").filter(({ reason }) => !BY_RECORD.some((one) => one === reason))));
}

/** Names from the team down to the channel: a group of Jamespot stands in no other. A team's own container has no name. */
export function spotTitle(team: string, { path }: Pick<PlacedContainer, "path">): { readonly title: string; readonly losses: readonly Loss[] } {
  const told = [team, ...path.filter((name) => name !== "")].join(" – ");
  const title = told.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
  return { title, losses: title === told ? [] : [loss("name", "approximated", "conversation.characters")] };
}

export function foreseePlace(placed: PlacedContainer): readonly ForeseenLoss[] {
  return sure(spotTitle("", placed).losses);
}
