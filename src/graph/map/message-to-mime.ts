import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import type Mail from "nodemailer/lib/mailer";

/** Graph `recipient` (api-reference/v1.0/resources/recipient). */
export interface GraphRecipient {
  readonly emailAddress?: { readonly name?: string | null; readonly address?: string | null } | null;
}

/** Graph `message` (api-reference/v1.0/resources/message): what a rebuilt message is made of. */
export interface GraphMessage {
  readonly id: string;
  readonly subject?: string | null;
  readonly hasAttachments?: boolean | null;
  readonly body?: { readonly contentType?: string | null; readonly content?: string | null } | null;
  readonly from?: GraphRecipient | null;
  readonly sender?: GraphRecipient | null;
  readonly toRecipients?: readonly GraphRecipient[] | null;
  readonly ccRecipients?: readonly GraphRecipient[] | null;
  readonly bccRecipients?: readonly GraphRecipient[] | null;
  readonly replyTo?: readonly GraphRecipient[] | null;
  readonly sentDateTime?: string | null;
  readonly receivedDateTime?: string | null;
  readonly internetMessageId?: string | null;
  readonly internetMessageHeaders?: readonly { readonly name?: string | null; readonly value?: string | null }[] | null;
}

/** One attachment, its bytes given when they are asked for. */
export interface MimePart {
  readonly name: string;
  readonly contentType: string;
  /** Present: the part belongs to the body, which names it by `cid:`. */
  readonly contentId?: string;
  bytes(): AsyncIterable<Uint8Array>;
}

export const MESSAGE_FIELDS =
  "id,subject,body,from,sender,toRecipients,ccRecipients,bccRecipients,replyTo,sentDateTime,receivedDateTime,internetMessageId,internetMessageHeaders";

/** Headers that are made anew from the fields and from the structure of the parts. */
const MADE_ANEW = /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*)$/i;

/**
 * RFC 5322 form of a message from its fields, streamed. The same message gives the same bytes: nothing in it is drawn by lot.
 * What cannot come back are the layout of the parts, and with it every signature over them.
 */
export function messageToMime(message: GraphMessage, parts: readonly MimePart[]): AsyncIterable<Uint8Array> {
  const content = message.body?.content ?? "";
  const html = message.body?.contentType?.toLowerCase() !== "text";
  const mark = markOf(message.id);
  const node = new MailComposer({
    ...optional("from", addressOf(message.from)),
    ...optional("sender", senderOf(message)),
    to: addresses(message.toRecipients), cc: addresses(message.ccRecipients), bcc: addresses(message.bccRecipients), replyTo: addresses(message.replyTo),
    subject: message.subject ?? "", date: new Date(message.sentDateTime ?? message.receivedDateTime ?? 0), messageId: message.internetMessageId ?? derivedMessageId(message.id),
    ...(html ? { html: content } : { text: content }),
    headers: (message.internetMessageHeaders ?? []).flatMap(({ name, value }) => (name === null || name === undefined || MADE_ANEW.test(name) ? [] : [{ key: name, value: value ?? "" }])),
    attachments: parts.map(attachmentOf),
    // The library's own default is random.
    ...{ baseBoundary: mark },
  }).compile();
  // What was kept of the hidden recipients belongs to the owner's copy (sent items, drafts).
  node.keepBcc = true;
  return node.createReadStream() as AsyncIterable<Uint8Array>;
}

/** Message-ID of a message that tells none: the same at each reading. */
export function derivedMessageId(id: string): string {
  return `<${markOf(id)}@rebuilt.invalid>`;
}

function markOf(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 24);
}

function attachmentOf({ name, contentType, contentId, bytes }: MimePart): Mail.Attachment {
  return {
    filename: name, contentType, content: Readable.from(bytes(), { objectMode: false }),
    ...(contentId === undefined ? { contentDisposition: "attachment" as const } : { cid: contentId, contentDisposition: "inline" as const }),
  };
}

/** Sender: only where it differs from the author (RFC 5322 §3.6.2). */
function senderOf({ from, sender }: GraphMessage): Mail.Address | undefined {
  return sender?.emailAddress?.address === from?.emailAddress?.address ? undefined : addressOf(sender);
}

function addresses(recipients: readonly GraphRecipient[] | null | undefined): Mail.Address[] {
  return (recipients ?? []).flatMap((recipient) => addressOf(recipient) ?? []);
}

function addressOf(recipient: GraphRecipient | null | undefined): Mail.Address | undefined {
  const { name, address } = recipient?.emailAddress ?? {};
  return address === undefined || address === null || address === "" ? undefined : { name: name ?? "", address };
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
