import type { Lang } from "../../src/core/errors.js";
import type { PlacedContainer } from "../../src/core/item.js";
import { NAME_MAX } from "../../src/drivers/netframe/channels.js";
import type { ConversationRecord } from "../../src/format/records.js";
import { shownText } from "../../src/lib/shown-text.js";
import { undecoded } from "./shown.js";

const WORDS = { en: { from: "Brought from Microsoft Teams", ref: "ref." }, fr: { from: "Repris de Microsoft Teams", ref: "réf." } } as const satisfies Record<Lang, Record<string, string>>;

/** Names from the team down to the channel: a channel stands in no other. */
export function channelTitle(team: string, { path }: Pick<PlacedContainer, "path">): string {
  return [team, ...path.filter((name) => name !== "")].join(" – ").trim();
}

/** The schema's columns of channels have the character set `utf8`, of three bytes; a line of text. */
export function columnText(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|[\u{10000}-\u{10ffff}]/gu, "\ufffd");
}

/** Whole characters. */
export function channelName(title: string): string {
  const characters = [...title.replace(/\s+/g, " ").trim()];
  return characters.length <= NAME_MAX ? title : `${characters.slice(0, NAME_MAX - 1).join("").trimEnd()}…`;
}

/** The first line has the whole name, which the channel's own may be too short for, and the mark; what people wrote at the source follows. */
export function described(title: string, mark: string, lang: Lang, record?: Pick<ConversationRecord, "description" | "tabs">): string {
  const { from, ref } = WORDS[lang];
  const tabs = (record?.tabs ?? []).map(({ name, url }) => (url === undefined ? name : `${name} : ${url}`));
  const lines = [`${from}${title === "" ? "" : `, ${shownText(title).replace(/o365-/g, "o365 ")}`} (${ref} ${mark})`, record?.description ?? "", ...tabs];
  // Decoded twice on the way to the page (app/Helpers/StringHelper.php, "collapsePostText").
  return undecoded(columnText(lines.filter((line) => line !== "").join("\n")), 2).trim();
}
