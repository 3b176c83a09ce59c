import type { Verdict } from "../core/adapter.js";
import type { Loss } from "../core/item.js";
import { categoryKeyword, IMAP_PLAIN, isMeaningful } from "../drivers/imap/keywords.js";
import type { MailboxName } from "../drivers/imap/mailbox-names.js";
import type { MailRecord } from "../format/records.js";
import { sameSecond } from "../lib/same-second.js";

/** RFC 8457 §2. */
const IMPORTANT = "$Important";
/** No registered keyword says "dealt with"; an encoded category never has this form ("_" is always followed by two hexadecimal digits). */
const COMPLETE = "Flag_complete";
const OWN_FLAGS = new Set(["\\Seen", "\\Flagged", "\\Draft", IMPORTANT, COMPLETE]);

const EARLIEST_MS = 1_000;
/** Last second of a signed 32-bit clock, 2038-01-19. */
const LATEST_MS = (2 ** 31 - 1) * 1_000;

/** The mailbox takes no new keyword, or not these. */
export const KEYWORDS_REFUSED: Loss = { field: "categories", change: "dropped", side: "target", reason: "mail.keywords-refused" };

export interface WantedState {
  readonly system: readonly string[];
  readonly keywords: readonly string[];
  readonly internalDate: Date | undefined;
  readonly losses: readonly Loss[];
}

/** What the record asks of the mailbox beside the message's bytes. Flags are named as in IMAP; `plain`: characters that stand for themselves in a category's keyword. */
export function wantedState(record: MailRecord, plain = IMAP_PLAIN): WantedState {
  const keywords: string[] = [];
  const losses: Loss[] = [];
  if (record.flag === "complete") keywords.push(COMPLETE);
  if (record.importance === "high") keywords.push(IMPORTANT);
  if (record.importance === "low") losses.push({ field: "importance", change: "dropped", side: "target", reason: "mail.low-importance" });
  for (const category of record.categories) {
    const { keyword, cut } = categoryKeyword(category, plain);
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

/** What a mailbox's name could not keep of its folder's. */
export function nameLosses({ altered, cut }: Pick<MailboxName, "altered" | "cut">): readonly Loss[] {
  if (!altered) return [];
  return [cut ? { field: "name", change: "truncated", side: "target", reason: "mail.folder-name-shortened" } : { field: "name", change: "approximated", side: "target", reason: "mail.folder-name" }];
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

export type Difference = Verdict["fields"][number];

/** Where a standing message shows another state than the wanted one; keywords that its mailbox cannot keep are not asked for. */
export function stateDifferences(wanted: WantedState, found: { readonly flags: ReadonlySet<string>; readonly internalDate: Date }, keeps: (keyword: string) => boolean = () => true): Difference[] {
  const fields: Difference[] = [];
  if (wanted.internalDate !== undefined && !sameSecond(found.internalDate, wanted.internalDate)) {
    fields.push({ field: "receivedAt", expected: wanted.internalDate.toISOString(), found: found.internalDate.toISOString() });
  }
  const standing = new Set([...found.flags].map((flag) => flag.toLowerCase()));
  for (const [field, flag] of [["isRead", "\\Seen"], ["flag", "\\Flagged"], ["isDraft", "\\Draft"]] as const) {
    const expected = wanted.system.includes(flag);
    if (standing.has(flag.toLowerCase()) !== expected) fields.push({ field, expected: String(expected), found: String(!expected) });
  }
  const missing = wanted.keywords.filter((keyword) => keeps(keyword) && !standing.has(keyword.toLowerCase()));
  if (missing.length > 0) fields.push({ field: "categories", expected: missing.join(" "), found: "" });
  return fields;
}

function isOurs(flag: string): boolean {
  if ([...OWN_FLAGS].some((own) => same(own, flag))) return true;
  return !flag.startsWith("\\") && !flag.startsWith("$") && !isMeaningful(flag);
}

/** Flags and keywords compare without case (RFC 3501 §2.3.2 leaves it open; Dovecot and RFC 9051 do so). */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
