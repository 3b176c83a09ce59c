import PostalMime, { type Address, type Email } from "postal-mime";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import { stateFileOf } from "../message-state.js";
import { escapeHtml, terms } from "./html.js";
import { plainText } from "./plain-text.js";
import { dateText, type Words } from "./words.js";

/** What is read of a message: text stands at its start, attachments after; memory stays bounded. */
const READ_BYTES = 1 << 20;
const SHOWN = 12_000;
const ADDRESSES = 20;

export interface MessageView {
  readonly date: string;
  readonly from: string;
  /** HTML: subject, and behind it the header and the text. */
  readonly content: string;
}

/** A message as its row shows it: everything as text, nothing of its HTML. */
export async function messageView(tree: DiskTree, file: string, text: Words): Promise<MessageView> {
  const bytes = (await tree.head(file, READ_BYTES)) ?? Buffer.alloc(0);
  const email = await parsed(bytes);
  const state = await stateAt(tree, file);
  const subject = email?.subject?.trim() || text.noSubject;
  const date = dateText(dateOf(state["receivedDateTime"]) ?? dateOf(email?.date));
  const body = email === undefined ? "" : (email.text ?? "").trim() === "" ? plainText(email.html ?? "") : (email.text ?? "");
  const shown = [...body.slice(0, SHOWN)].join("").trimEnd();
  const cut = body.length > SHOWN || bytes.length === READ_BYTES;
  const details = terms([
    [text.from, people(email?.from === undefined ? [] : [email.from])], [text.to, people(email?.to)], [text.cc, people(email?.cc)], [text.date, email?.date ?? ""],
    [text.attachments, (email?.attachments ?? []).slice(0, ADDRESSES).map(({ filename, mimeType }) => filename ?? mimeType).join(", ")],
    [text.categories, Array.isArray(state["categories"]) ? state["categories"].map(String).join(", ") : ""],
  ]);
  const notes = [email === undefined ? text.unreadable : "", email !== undefined && cut ? text.cut : ""].filter((note) => note !== "");
  const body_ = `${details}<pre>${escapeHtml(shown)}</pre>${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join("")}`;
  return { date, from: email?.from?.name || email?.from?.address || "", content: `<details><summary>${escapeHtml(subject)}${badges(state, text)}</summary>${body_}</details>` };
}

function badges(state: Readonly<Record<string, unknown>>, text: Words): string {
  const told = [...(state["isRead"] === false ? [text.unread] : []), ...(state["isDraft"] === true ? [text.draft] : []), ...(state["flag"] === "flagged" ? [text.flagged] : [])];
  return told.length === 0 ? "" : ` <small>${escapeHtml(told.join(", "))}</small>`;
}

async function stateAt(tree: DiskTree, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse((await tree.text(stateFileOf(file))) ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return {};
    throw thrown;
  }
}

/**
 * Undefined for what the parser refuses; it throws plain errors of several kinds. A message in the message is an attachment, as in mail programs: the parser would
 * read the rest again for each of ten messages in messages.
 */
async function parsed(bytes: Buffer): Promise<Email | undefined> {
  return PostalMime.parse(bytes, { maxNestingDepth: 50, forceRfc822Attachments: true }).catch(() => undefined);
}

function people(addresses: readonly Address[] | undefined): string {
  const all = (addresses ?? []).flatMap((address) => address.group ?? [address]);
  const told = all.slice(0, ADDRESSES).map(({ name, address }) => [name, name === "" || name === undefined ? address : `<${address ?? ""}>`].filter((part) => part !== "" && part !== undefined).join(" "));
  return [...told, ...(all.length > ADDRESSES ? [`… (${all.length})`] : [])].join(", ");
}

function dateOf(value: unknown): Date | undefined {
  const date = new Date(typeof value === "string" ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
