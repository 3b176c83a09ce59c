import type { Loss } from "../core/item.js";
import type { MailRecord } from "../format/records.js";

/** Seconds since 1970 of receipt, else of sending; undefined when the record tells neither. */
export function secondsOf({ receivedAt, sentAt }: MailRecord): number | undefined {
  const told = receivedAt ?? sentAt;
  return told === undefined ? undefined : Math.floor(Date.parse(told) / 1000);
}

/**
 * A category as a word without spaces: ASCII letters, digits, "-" and "." stand for themselves, every other byte of its UTF-8 form is "_" and
 * two lower-case hexadecimal digits. It can be read back.
 */
export function keywordOf(category: string): string {
  return category.replace(/[^A-Za-z0-9.-]/gu, (character) => [...Buffer.from(character)].map((byte) => `_${byte.toString(16).padStart(2, "0")}`).join(""));
}

/** RFC 8457 section 2, and a word for "dealt with", which has no registered one. No category's keyword has either form. */
export function keywordsOf({ categories, importance, flag }: MailRecord): readonly string[] {
  return [...(importance === "high" ? ["$Important"] : []), ...(flag === "complete" ? ["Flag_complete"] : []), ...categories.map(keywordOf)];
}

export function dropped(field: string, reason: string): Loss {
  return { field, change: "dropped", side: "target", reason };
}
