import { open, readFile } from "node:fs/promises";
import path from "node:path";
import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import type { Entry } from "../tenant/entry.js";
import { jsonOf } from "../tenant/scan.js";
import type { TenantStore } from "../tenant/store.js";

const HEADER_BYTES = 64 * 1024;

/** Parts that JSON tells about a message, all from its bytes and its sidecar; nothing here may fail on malformed mail. */
export async function messageJson(store: TenantStore, entry: Entry, whole: boolean): Promise<Record<string, unknown>> {
  const file = path.join(store.dir, entry.file);
  const bytes = whole ? await readFile(file) : await head(file);
  const email = await parsed(bytes);
  const state = await jsonOf(file.replace(/\.eml$/, ".json"));
  const sent = instant(email?.date) ?? fileInstant(entry);
  const received = instant(state["receivedDateTime"]) ?? receivedAt(email) ?? sent;
  const attachments = whole ? (email?.attachments ?? []) : [];
  return {
    "@odata.etag": `W/"${changeKey(entry)}"`, id: entry.id, changeKey: changeKey(entry), createdDateTime: received, lastModifiedDateTime: fileInstant(entry),
    categories: Array.isArray(state["categories"]) ? state["categories"] : [], receivedDateTime: received, sentDateTime: sent,
    hasAttachments: whole ? attachments.some(({ disposition }) => disposition !== "inline") : /^content-type:\s*multipart\/mixed/im.test(bytes.toString("latin1")),
    internetMessageId: email?.messageId ?? `<${entry.id}@exodus-sandbox.invalid>`, subject: email?.subject ?? "", bodyPreview: (email?.text ?? "").slice(0, 255),
    importance: oneOf(state["importance"], ["low", "normal", "high"], "normal"), parentFolderId: entry.container, conversationId: conversation(store, email),
    isDeliveryReceiptRequested: false, isReadReceiptRequested: false, isRead: state["isRead"] !== false, isDraft: state["isDraft"] === true,
    webLink: `https://outlook.office365.com/owa/?ItemID=${entry.id}`, inferenceClassification: "focused",
    body: { contentType: email?.html === undefined ? "text" : "html", content: email?.html ?? email?.text ?? "" },
    sender: recipient(email?.sender ?? email?.from), from: recipient(email?.from), toRecipients: recipients(email?.to), ccRecipients: recipients(email?.cc),
    bccRecipients: recipients(email?.bcc), replyTo: recipients(email?.replyTo), flag: { flagStatus: flagOf(state["flag"]) },
  };
}

/** Properties that `$select` may name. */
export const MESSAGE_PROPERTIES: ReadonlySet<string> = new Set([
  "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "categories", "receivedDateTime", "sentDateTime", "hasAttachments", "internetMessageId", "subject",
  "bodyPreview", "importance", "parentFolderId", "conversationId", "isDeliveryReceiptRequested", "isReadReceiptRequested", "isRead", "isDraft", "webLink",
  "inferenceClassification", "body", "sender", "from", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag",
]);

export async function attachmentsOf(store: TenantStore, entry: Entry): Promise<readonly (Attachment & { readonly id: string })[]> {
  const email = await parsed(await readFile(path.join(store.dir, entry.file)));
  return (email?.attachments ?? []).map((attachment, index) => ({ ...attachment, id: store.idOf(entry.id, "attachment", String(index)) }));
}

export function attachmentJson(entry: Entry, attachment: Attachment & { readonly id: string }, withBytes: boolean): Record<string, unknown> {
  const content = bytesOf(attachment);
  return {
    "@odata.type": "#microsoft.graph.fileAttachment", "@odata.mediaContentType": attachment.mimeType, id: attachment.id, lastModifiedDateTime: fileInstant(entry),
    name: attachment.filename ?? "attachment", contentType: attachment.mimeType, size: content.length, isInline: attachment.disposition === "inline",
    contentId: attachment.contentId?.replace(/^<|>$/g, "") ?? null, contentLocation: null, ...(withBytes ? { contentBytes: content.toString("base64") } : {}),
  };
}

export function bytesOf(attachment: Attachment): Buffer {
  return typeof attachment.content === "string" ? Buffer.from(attachment.content) : Buffer.from(attachment.content as ArrayBuffer);
}

/** Change mark of an entry as it stands. */
export function changeKey(entry: Entry): string {
  return Buffer.from(`${entry.mark}:${entry.seq}`).toString("base64").slice(0, 40);
}

export function fileInstant(entry: Entry): string {
  return new Date(entry.mtimeMs).toISOString().replace(/\.\d+Z$/, "Z");
}

async function head(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const end = bytes.indexOf("\r\n\r\n");
    const bare = end === -1 ? bytes.indexOf("\n\n") : end;
    return bare === -1 ? bytes : bytes.subarray(0, bare + 2);
  } finally {
    await handle.close();
  }
}

async function parsed(bytes: Buffer): Promise<Email | undefined> {
  try {
    return await PostalMime.parse(bytes, { maxNestingDepth: 50, maxHeadersSize: 4 * 1024 * 1024 } as never);
  } catch {
    // A message that no parser can read is still served, with empty properties, as Exchange does.
    return undefined;
  }
}

function receivedAt(email: Email | undefined): string | undefined {
  const header = email?.headers.find(({ key }) => key === "received")?.value;
  return instant(header?.slice(header.lastIndexOf(";") + 1).trim());
}

function instant(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1900 || date.getUTCFullYear() > 9999 ? undefined : date.toISOString().replace(/\.\d+Z$/, "Z");
}

function recipient(address: Address | undefined): object | null {
  if (address === undefined) return null;
  const box = address.address === undefined ? address.group?.[0] : address;
  return { emailAddress: { name: address.name ?? box?.address ?? "", address: box?.address ?? "" } };
}

function recipients(addresses: readonly Address[] | undefined): readonly object[] {
  return (addresses ?? []).flatMap((address) => address.group ?? [address]).map((address) => ({ emailAddress: { name: address.name ?? "", address: address.address ?? "" } }));
}

function conversation(store: TenantStore, email: Email | undefined): string {
  const thread = /<[^>]+>/.exec(email?.references ?? email?.inReplyTo ?? email?.messageId ?? "")?.[0] ?? email?.subject ?? "";
  return store.idOf("conversation", thread);
}

function flagOf(flag: unknown): string {
  const told = typeof flag === "object" && flag !== null ? (flag as { flagStatus?: unknown }).flagStatus : flag;
  return oneOf(told, ["notFlagged", "flagged", "complete"], "notFlagged");
}

function oneOf(value: unknown, known: readonly string[], otherwise: string): string {
  return typeof value === "string" && known.includes(value) ? value : otherwise;
}
