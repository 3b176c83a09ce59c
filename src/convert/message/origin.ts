import { createHash } from "node:crypto";
import type { Lang } from "../../core/errors.js";
import type { ItemKey, Loss } from "../../core/item.js";
import type { ChatMessageRecord } from "../../format/records.js";
import { shownText } from "../../lib/shown-text.js";

/** For targets where a post is the service account's, of today: who wrote the message, and when, stand above its text. */
export interface OriginOptions {
  readonly lang: Lang;
  /** IANA name of the zone in which the date is told. */
  readonly zone: string;
  /** Where the message was: the product's name as people know it. */
  readonly from: string;
  /** `markOf` the item: told as a reference that people see, since it may be all that a target keeps of it. */
  readonly mark?: string;
}

type Told = Pick<ChatMessageRecord, "author" | "createdAt" | "subject">;

const WORDS = {
  en: { by: "Original message:", unknown: "unknown author", ref: "ref.", of: "Message from", months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"] },
  fr: { by: "Message d'origine :", unknown: "auteur inconnu", ref: "réf.", of: "Message de", months: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"] },
} as const;

const MARK = /(?<![A-Za-z0-9])o365-[a-z2-7]{16}(?![A-Za-z0-9])/;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * By which a post is found again: by workload and source id alone, so that it outlives the ledger, the vault and the target's name. Letters and figures
 * only, which no form escapes; 80 bits, for the posts of one place.
 */
export function markOf({ workload, id }: Pick<ItemKey, "workload" | "id">): string {
  const hash = createHash("sha256").update(`${workload}\n${id}`).digest();
  return `o365-${[...hash.subarray(0, 16)].map((byte) => BASE32.charAt(byte & 31)).join("")}`;
}

/** The mark of a post, wherever a target shows it. It stands before all that others wrote: the first is ours. */
export function markIn(text: string): string | undefined {
  return MARK.exec(text)?.[0];
}

/** "Message d'origine : Jean Martin, le 3 mars 2025 à 14:05 UTC+1 (Microsoft Teams, réf. o365-…)". */
export function originLine(record: Told, { lang, zone, from, mark }: OriginOptions): string {
  const { by, ref } = WORDS[lang];
  const { day, month, year, time } = clock(record.createdAt, lang, zone);
  const date = lang === "fr" ? `le ${day === "1" ? "1er" : day} ${month} ${year} à ${time}` : `on ${day} ${month} ${year} at ${time}`;
  return `${by} ${authorOf(record, lang)}, ${date} (${from}${mark === undefined ? "" : `, ${ref} ${mark}`})`;
}

/** A heading for a message that has none, where a target asks for one: its subject, else its first words, else whose it is. Whole characters, `max` of them. */
export function titleOf(record: Told, plainText: string, lang: Lang, max: number): string {
  const first = [record.subject ?? "", ...plainText.split("\n", TITLE_LINES)].map((line) => shownText(line).trim()).find((line) => line !== "");
  const characters = [...(first ?? `${WORDS[lang].of} ${authorOf(record, lang)}`)];
  return characters.length <= max ? characters.join("") : `${characters.slice(0, max - 1).join("").trimEnd()}…`;
}
/** Beyond these nobody would take a line for the beginning. */
const TITLE_LINES = 50;

/** What a target costs that takes neither author nor date: both are in the text. */
export function originLosses(): readonly Loss[] {
  return [
    { field: "author", change: "approximated", side: "target", reason: "conversation.author-in-text" },
    { field: "createdAt", change: "approximated", side: "target", reason: "conversation.date-in-text" },
  ];
}

/** Whose message it is: one line without a mark of ours, since a name is somebody's own choice. */
export function authorOf({ author }: Told, lang: Lang): string {
  const told = shownText(author?.name ?? author?.address ?? "").replace(/o365-/g, "o365 ").trim();
  return told === "" ? WORDS[lang].unknown : told;
}

interface Clock {
  readonly day: string;
  readonly month: string;
  readonly year: string;
  /** With the offset from UTC, which the hour that autumn repeats needs. */
  readonly time: string;
}

/** Words of our own: those of the runtime change with its version, and a text is compared with what was written by another. */
function clock(instant: string, lang: Lang, zone: string): Clock {
  const at = new Date(instant);
  const parts = new Map(new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "shortOffset",
  }).formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return { day: part("day"), month: WORDS[lang].months[Number(part("month")) - 1] ?? "", year: part("year"), time: `${part("hour")}:${part("minute")} ${part("timeZoneName").replace("GMT", "UTC").replace(/[+-]0$/, "")}` };
}
