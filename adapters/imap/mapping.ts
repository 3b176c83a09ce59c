import { createHash } from "node:crypto";
import type { Loss } from "../../src/core/item.js";
import type { MailRecord } from "../../src/format/records.js";

/** Dovecot refuses longer keywords (setting mail_max_keyword_length, default 50). */
const KEYWORD_MAX = 50;
/** RFC 8457 §2. */
const IMPORTANT = "$Important";
/** No registered keyword says "dealt with"; an encoded category never has this form ("_" is always followed by two hexadecimal digits). */
const COMPLETE = "Flag_complete";
/** Keywords by which mail programs sort spam or templates: a category of that name must not do it. */
const MEANINGFUL = new Set(["junk", "nonjunk", "notjunk", "forwarded", "mdnsent", "redirected", "template", "old"]);
const OWN_FLAGS = new Set(["\\Seen", "\\Flagged", "\\Draft", IMPORTANT, COMPLETE]);

const EARLIEST_MS = 1_000;
/** Last second of a signed 32-bit clock, 2038-01-19. */
const LATEST_MS = (2 ** 31 - 1) * 1_000;

export interface WantedState {
  readonly system: readonly string[];
  readonly keywords: readonly string[];
  readonly internalDate: Date | undefined;
  readonly losses: readonly Loss[];
}

/** What the record asks of the mailbox beside the message's bytes. */
export function wantedState(record: MailRecord): WantedState {
  const keywords: string[] = [];
  const losses: Loss[] = [];
  if (record.flag === "complete") keywords.push(COMPLETE);
  if (record.importance === "high") keywords.push(IMPORTANT);
  if (record.importance === "low") losses.push({ field: "importance", change: "dropped", side: "target", reason: "mail.low-importance" });
  for (const category of record.categories) {
    const { keyword, cut } = categoryKeyword(category);
    if (!keywords.some((other) => same(other, keyword))) keywords.push(keyword);
    if (cut) losses.push({ field: "categories", change: "truncated", side: "target", reason: "mail.keyword" });
  }
  const system = [...(record.isRead ? ["\\Seen"] : []), ...(record.flag === "flagged" ? ["\\Flagged"] : []), ...(record.isDraft ? ["\\Draft"] : [])];
  const { internalDate, clamped } = internalDateOf(record);
  if (clamped) losses.push({ field: "receivedAt", change: "approximated", side: "target", reason: "mail.received-range" });
  return { system, keywords, internalDate, losses };
}

/** Servers keep the internal date as seconds since 1970: Dovecot 2.3 answers 2105 for a date of 1969. */
function internalDateOf({ receivedAt }: MailRecord): { internalDate: Date | undefined; clamped: boolean } {
  if (receivedAt === undefined) return { internalDate: undefined, clamped: false };
  const time = new Date(receivedAt).getTime();
  const kept = Math.min(Math.max(time, EARLIEST_MS), LATEST_MS);
  return { internalDate: new Date(kept), clamped: kept !== time };
}

/**
 * A category as an IMAP keyword: ASCII letters, digits, "-" and "." stand for themselves, every other byte of its UTF-8 form is "_" and two
 * lower-case hexadecimal digits. Over 50 characters it is cut at a whole character and ends in "_" and eight digits of its SHA-256.
 */
export function categoryKeyword(category: string): { keyword: string; cut: boolean } {
  const characters = [...category].map((char, at) => (/[A-Za-z0-9.-]/.test(char) && !(at === 0 && MEANINGFUL.has(category.toLowerCase())) ? char : escaped(char)));
  const keyword = characters.join("");
  if (keyword !== "" && keyword.length <= KEYWORD_MAX) return { keyword, cut: false };
  let kept = "";
  for (const char of characters) {
    if (kept.length + char.length > KEYWORD_MAX - 9) break;
    kept += char;
  }
  return { keyword: `${kept}_${createHash("sha256").update(category).digest("hex").slice(0, 8)}`, cut: true };
}

/** The category of a keyword that was not cut. */
export function keywordCategory(keyword: string): string {
  return Buffer.from(keyword.replace(/_([0-9a-f]{2})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16))), "latin1").toString("utf8");
}

/** Flags to add and remove so that the message shows the wanted state; flags that mail programs set for themselves stay. */
export function flagChange(wanted: WantedState, found: ReadonlySet<string>): { add: string[]; remove: string[] } {
  const all = [...wanted.system, ...wanted.keywords];
  const standing = [...found];
  return {
    add: all.filter((flag) => !standing.some((other) => same(other, flag))),
    remove: standing.filter((flag) => isOurs(flag) && !all.some((other) => same(other, flag))),
  };
}

function isOurs(flag: string): boolean {
  if ([...OWN_FLAGS].some((own) => same(own, flag))) return true;
  return !flag.startsWith("\\") && !flag.startsWith("$") && !MEANINGFUL.has(flag.toLowerCase());
}

/** Flags and keywords compare without case (RFC 3501 §2.3.2 leaves it open; Dovecot and RFC 9051 do so). */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function escaped(char: string): string {
  return [...Buffer.from(char, "utf8")].map((byte) => `_${byte.toString(16).padStart(2, "0")}`).join("");
}
