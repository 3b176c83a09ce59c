import PostalMime from "postal-mime";
import type { BlobRef, Item } from "../core/item.js";
import type { Holdings } from "./holdings.js";

/** Messages up to this size are taken apart to search their text; of larger ones the bytes are searched as they are. Bytes. */
const PARSED = 16 * 1024 * 1024;
/** Lines that may begin a part: the parser keeps about a kilobyte for each, whatever stands in it. */
const BOUNDARIES = 5_000;
/** Bodies that are text: messages, calendar objects, cards, web pages, plain files. */
const TEXT = new Set([".eml", ".ics", ".vcf", ".html", ".htm", ".txt", ".md", ".csv", ".json", ".xml"]);
/** Members of records that people know an item by. */
const FIELDS = ["subject", "from", "name", "displayName", "summary", "title", "mail"] as const;

/** Text without case and accents, so that "Séance" is found as "seance". */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Where `needle` (folded) stands in what the vault tells of the item: its title or a member of its record. */
export function fieldWith(needle: string, { title, record }: Item): string | undefined {
  if (folded(title).includes(needle)) return "title";
  const members = typeof record === "object" && record !== null ? (record as Readonly<Record<string, unknown>>) : {};
  const author = members["author"];
  const name = typeof author === "object" && author !== null && "name" in author ? author.name : undefined;
  if (typeof name === "string" && folded(name).includes(needle)) return "author";
  return FIELDS.find((field) => typeof members[field] === "string" && folded(members[field]).includes(needle));
}

/** Whether `needle` (folded) stands in the item's body. */
export async function bodyHas(needle: string, item: Item, holdings: Holdings): Promise<boolean> {
  const { body, key } = item;
  if (body === undefined || !TEXT.has(body.extension)) return false;
  if (body.extension === ".eml" && body.size <= PARSED) {
    const text = await messageText(await gathered(holdings.bytes(key.owner, body), body));
    if (text !== undefined) return folded(text).includes(needle);
  }
  return streamHas(needle, holdings.bytes(key.owner, body));
}

/** Undefined for what has too many parts, and for what the parser refuses, which throws plain errors of several kinds: parts in parts without end, a header of many megabytes. */
async function messageText(whole: Buffer): Promise<string | undefined> {
  if (boundaries(whole) > BOUNDARIES) return undefined;
  const email = await PostalMime.parse(whole).catch(() => undefined);
  return email === undefined ? undefined : `${email.text ?? ""}\n${(email.html ?? "").replace(/<[^<>]*>/g, " ")}`;
}

function boundaries(whole: Buffer): number {
  let count = 0;
  for (let at = whole.indexOf("\n--"); at !== -1; at = whole.indexOf("\n--", at + 3)) count += 1;
  return count;
}

async function gathered(bytes: AsyncIterable<Uint8Array>, { size }: BlobRef): Promise<Buffer> {
  const whole = Buffer.alloc(size);
  let at = 0;
  for await (const chunk of bytes) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Keeps the end of each piece, since the needle may lie across two: folding makes at most three characters of one. */
async function streamHas(needle: string, bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  const decoder = new TextDecoder();
  let held = "";
  for await (const chunk of bytes) {
    const text = held + decoder.decode(chunk, { stream: true });
    if (folded(text).includes(needle)) return true;
    held = text.slice(-(needle.length * 3 + 3));
  }
  return false;
}
