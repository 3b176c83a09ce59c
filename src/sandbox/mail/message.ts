import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import type { Entry } from "../tenant/entry.js";
import { fingerprintOf, headOf } from "../tenant/fingerprint.js";
import { sidecarState } from "../tenant/read.js";
import { sidecarOf } from "../tenant/scan.js";
import type { TenantStore } from "../tenant/store.js";

/** What one request wants of a message. */
export interface MessageView {
  /** Properties of `$select`; undefined = all. */
  readonly wanted: ReadonlySet<string> | undefined;
  /** `Prefer: outlook.body-content-type="text"`. */
  readonly asText: boolean;
}

/** What an e-mail's bytes are parsed for only when asked. */
const IN_BODY = ["body", "bodyPreview", "uniqueBody"];

/** Graph `message`, all from its bytes and its sidecar; nothing here fails on malformed mail. Only the header is parsed where it is enough. */
export async function messageJson(store: TenantStore, entry: Entry, { wanted, asText }: MessageView): Promise<Record<string, unknown>> {
  const file = store.disk(entry.file);
  const head = await headOf(file);
  entry.fingerprint ??= fingerprintOf(head, entry.size);
  const header = headerOf(head);
  const asks = (name: string): boolean => wanted === undefined || wanted.has(name);
  // A message of one part has no attachment; one of several is looked into.
  const whole = IN_BODY.some(asks) || (asks("hasAttachments") && /^content-type:\s*(?:multipart|message|application|image|audio|video)\//im.test(header.toString("latin1")));
  const email = await parsed(whole ? await readFile(file) : header);
  const state = await sidecarState(store.disk(sidecarOf(entry.file)));
  const sent = instant(email?.date) ?? fileInstant(entry);
  const received = instant(state["receivedDateTime"]) ?? receivedAt(email) ?? sent;
  const text = email?.text ?? "";
  return {
    "@odata.etag": `W/"${changeKey(entry)}"`, id: entry.id, changeKey: changeKey(entry), createdDateTime: received, lastModifiedDateTime: fileInstant(entry),
    categories: Array.isArray(state["categories"]) ? state["categories"] : [], receivedDateTime: received, sentDateTime: sent,
    hasAttachments: whole && (email?.attachments ?? []).some(({ disposition }) => disposition !== "inline"),
    internetMessageId: email?.messageId ?? `<${entry.id}@exodus-sandbox.invalid>`, subject: email?.subject ?? "",
    bodyPreview: (text === "" ? plain(email?.html ?? "") : text).replace(/\s+/g, " ").trim().slice(0, 255), importance: oneOf(state["importance"], ["low", "normal", "high"], "normal"),
    parentFolderId: entry.container, conversationId: conversation(store, email), conversationIndex: null,
    isDeliveryReceiptRequested: headerValue(email, "return-receipt-to") !== undefined, isReadReceiptRequested: headerValue(email, "disposition-notification-to") !== undefined,
    isRead: state["isRead"] !== false, isDraft: state["isDraft"] === true, webLink: `https://outlook.office365.com/owa/?ItemID=${entry.id}`, inferenceClassification: "focused",
    body: asText ? { contentType: "text", content: text === "" ? plain(email?.html ?? "") : text } : { contentType: "html", content: email?.html ?? asHtml(text) },
    sender: recipient(email?.sender ?? email?.from), from: recipient(email?.from), toRecipients: recipients(email?.to), ccRecipients: recipients(email?.cc),
    bccRecipients: recipients(email?.bcc), replyTo: recipients(email?.replyTo), flag: { flagStatus: flagOf(state["flag"]) },
    // Told only to those who select it (api-reference/v1.0/resources/message).
    ...(wanted?.has("internetMessageHeaders") === true ? { internetMessageHeaders: (email?.headers ?? []).map(({ originalKey, key, value }) => ({ name: originalKey ?? key, value })) } : {}),
  };
}

/** Properties that `$select` may name (metadata of August 2026). */
export const MESSAGE_PROPERTIES: ReadonlySet<string> = new Set([
  "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "categories", "receivedDateTime", "sentDateTime", "hasAttachments", "internetMessageId", "internetMessageHeaders", "subject",
  "bodyPreview", "importance", "parentFolderId", "conversationId", "conversationIndex", "isDeliveryReceiptRequested", "isReadReceiptRequested", "isRead", "isDraft", "webLink",
  "inferenceClassification", "body", "uniqueBody", "sender", "from", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag", "attachments", "extensions",
  "singleValueExtendedProperties", "multiValueExtendedProperties",
]);

/** An attachment with its place in the message's parts. */
export type PlacedAttachment = Attachment & { readonly id: string };

export async function attachmentsOf(store: TenantStore, entry: Entry): Promise<readonly PlacedAttachment[]> {
  const email = await parsed(await readFile(store.disk(entry.file)));
  return (email?.attachments ?? []).map((attachment, index) => ({ ...attachment, id: store.idOf(entry.id, "attachment", String(index)) }));
}

/** Graph `fileAttachment`, or `itemAttachment` for a message inside the message, whose bytes only `/$value` gives (api-reference/v1.0/api/attachment-get). */
export function attachmentJson(entry: Entry, attachment: PlacedAttachment): Record<string, unknown> {
  const content = bytesOf(attachment);
  const item = attachment.mimeType.toLowerCase() === "message/rfc822";
  const common = {
    id: attachment.id, lastModifiedDateTime: fileInstant(entry), name: attachment.filename ?? (item ? "message" : "attachment"), contentType: attachment.mimeType, size: content.length,
    isInline: attachment.disposition === "inline",
  };
  if (item) return { "@odata.type": "#microsoft.graph.itemAttachment", ...common };
  return {
    "@odata.type": "#microsoft.graph.fileAttachment", "@odata.mediaContentType": attachment.mimeType, ...common,
    contentId: attachment.contentId?.replace(/^<|>$/g, "") ?? null, contentLocation: null, contentBytes: content.toString("base64"),
  };
}

export function bytesOf(attachment: Attachment): Buffer {
  return typeof attachment.content === "string" ? Buffer.from(attachment.content) : Buffer.from(attachment.content as ArrayBuffer);
}

/** Change mark of an entry as it stands: another one after any change of content, state or place. */
export function changeKey(entry: Entry): string {
  return createHash("sha256").update(`${entry.mark}:${entry.seq}`).digest("base64url").slice(0, 24);
}

export function fileInstant(entry: Entry): string {
  return new Date(entry.mtimeMs).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The header block; all of the beginning when the empty line is missing. */
function headerOf(head: Buffer): Buffer {
  const ends = [head.indexOf("\r\n\r\n"), head.indexOf("\n\n")].filter((end) => end !== -1);
  return ends.length === 0 ? head : head.subarray(0, Math.min(...ends) + 2);
}

async function parsed(bytes: Buffer): Promise<Email | undefined> {
  try {
    return await PostalMime.parse(bytes, { forceRfc822Attachments: true, maxNestingDepth: 50, maxHeadersSize: 4 * 1024 * 1024 });
  } catch {
    // A message that no parser can read is still served, with empty properties, as Exchange does.
    return undefined;
  }
}

function headerValue(email: Email | undefined, name: string): string | undefined {
  return email?.headers.find(({ key }) => key === name)?.value;
}

function receivedAt(email: Email | undefined): string | undefined {
  const header = headerValue(email, "received");
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

function plain(html: string): string {
  return html.replace(/<(?:style|script)\b[\s\S]*?<\/(?:style|script)>/gi, "").replace(/<[^>]+>/g, " ").replace(/&nbsp;/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

function asHtml(text: string): string {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\r?\n/g, "<br>\r\n");
  return text === "" ? "" : `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${escaped}</body></html>`;
}
