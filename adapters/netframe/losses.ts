import { originLosses } from "../../src/convert/message/origin.js";
import type { Foresight } from "../../src/core/adapter.js";
import type { ForeseenLoss, Item, Loss, PlacedContainer } from "../../src/core/item.js";
import type { LossReason } from "../../src/core/losses.js";
import type { ChatMessageRecord, ConversationRecord } from "../../src/format/records.js";
import { declared, foresight, possible, sure } from "../../src/kit/forecast.js";
import { importanceLosses, wordLosses } from "../../src/kit/message-losses.js";
import { conversationItem } from "../../src/kit/typed-items.js";
import { channelName, channelTitle, columnText } from "./channel-texts.js";
import { manifest } from "./manifest.js";

const loss = (field: string, change: Loss["change"], reason: LossReason): Loss => ({ field, change, side: "target", reason });

export const pictureBeside = loss("pictures", "approximated", "conversation.picture-beside");
export const pictureTooLarge = loss("pictures", "dropped", "conversation.file-too-large");
export const longText = loss("body", "approximated", "conversation.long-text");

/** What a message's record alone decides. */
export function recordLosses(record: ChatMessageRecord): readonly Loss[] {
  return [
    ...originLosses(), ...importanceLosses(record), ...wordLosses(record),
    ...(record.replyTo === undefined ? [] : [loss("replyTo", "approximated", "conversation.thread-flat")]),
  ];
}

export function cardLosses({ tabs, members, archived, description = "" }: ConversationRecord): readonly Loss[] {
  const told = [description, ...tabs.map(({ name, url }) => `${name}${url ?? ""}`)].join("");
  return [
    ...(members === undefined || members.length === 0 ? [] : [loss("members", "dropped", "conversation.members")]),
    ...(archived ? [loss("archived", "dropped", "conversation.archived")] : []),
    ...(tabs.length === 0 ? [] : [loss("tabs", "approximated", "conversation.tabs-in-topic")]),
    ...(columnText(told) === told ? [] : [loss("description", "approximated", "conversation.characters")]),
  ];
}

/** Whether the card of a conversation goes to a channel of ours is known where it stands. */
export function foresee(item: Item): Promise<Foresight> {
  const { record } = conversationItem(item);
  if (record.type === "conversation") return Promise.resolve(foresight(possible(cardLosses(record))));
  const certain = recordLosses(record);
  const byRecord = ["conversation.importance", "conversation.reactions-in-text", "conversation.mentions-in-text", "conversation.thread-flat", ...CARD, ...certain.map(({ reason }) => reason)];
  const rest = declared(manifest, "channels", "item").filter(({ reason, field }) => field !== "description" && !byRecord.some((one) => one === reason));
  return Promise.resolve(foresight(sure(certain), rest));
}
/** Of a conversation's card, not of a message. */
const CARD: readonly LossReason[] = ["conversation.members", "conversation.archived", "conversation.tabs-in-topic"];

export function placeLosses(team: string, placed: Pick<PlacedContainer, "path" | "role">): readonly Loss[] {
  if (placed.role === "root") return [];
  const title = channelTitle(team, placed);
  const written = columnText(title);
  return [
    ...(written === title ? [] : [loss("name", "approximated", "conversation.characters")]),
    ...(channelName(written) === written ? [] : [loss("name", "approximated", "conversation.name-shortened")]),
  ];
}

/** How long the name is hangs on the team's, which is not told here. */
export function foreseePlace(placed: PlacedContainer): readonly ForeseenLoss[] {
  const own = placeLosses("", placed);
  return placed.role === "root" ? [] : [...sure(own), ...declared(manifest, "channels", "container").filter(({ reason }) => own.every((one) => one.reason !== reason))];
}
