import { createHash } from "node:crypto";
import type { ExodusError } from "../../core/errors.js";
import { refusalError } from "./error-table.js";
import { nameOf, type Arguments, type JmapClient } from "./client.js";

/** One account's mail at one server. */
export interface MailAccess {
  readonly client: JmapClient;
  /** Id of the account. */
  readonly account: string;
}

export interface Email {
  readonly id: string;
  readonly blobId: string;
  readonly size: number;
  readonly keywords: ReadonlySet<string>;
  readonly receivedAt: Date;
  readonly mailboxes: ReadonlySet<string>;
}

/** An error of one object in an answer to `/set` or `/import` (RFC 8620 §5.3). */
export interface SetError {
  readonly type?: unknown;
  readonly properties?: unknown;
  /** The server's own sentence: to compare, not to show. */
  readonly description?: unknown;
  /** Of `alreadyExists` (RFC 8621 §4.8). */
  readonly existingId?: unknown;
}

const STATE = ["id", "blobId", "size", "keywords", "receivedAt", "mailboxIds"];

/** Undefined when it is not there. */
export async function readEmail({ client, account }: MailAccess, id: string, signal: AbortSignal): Promise<Email | undefined> {
  const { list } = await client.call("Email/get", { accountId: account, ids: [id], properties: STATE }, signal);
  return emailsIn(list)[0];
}

export function emailsIn(list: unknown): readonly Email[] {
  return (Array.isArray(list) ? (list as readonly Arguments[]) : []).map((one) => ({
    id: String(one["id"]), blobId: String(one["blobId"]), size: Number(one["size"]), receivedAt: new Date(String(one["receivedAt"])), keywords: named(one["keywords"]), mailboxes: named(one["mailboxIds"]),
  }));
}

/** Patches one message: paths such as `keywords/$seen` (RFC 8620 §5.3). @throws ExodusError. */
export async function changeEmail({ client, account }: MailAccess, id: string, patch: Arguments, signal: AbortSignal): Promise<void> {
  const { notUpdated } = await client.call("Email/set", { accountId: account, update: { [id]: patch } }, signal);
  const error = errorOf(notUpdated, id);
  if (error !== undefined) throw setRefusal(client, "Email/set", error);
}

/** @throws ExodusError TARGET_REFUSED_ITEM when the server does not take one of them: then none has changed. */
export async function changeKeywords(mail: MailAccess, id: string, { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] }, signal: AbortSignal): Promise<void> {
  const patch = [...add.map((keyword) => [pathTo(keyword), true] as const), ...remove.map((keyword) => [pathTo(keyword), null] as const)];
  if (patch.length > 0) await changeEmail(mail, id, Object.fromEntries(patch), signal);
}

/** JSON pointer (RFC 6901 section 3), without the first "/" (RFC 8620 section 5.3). */
function pathTo(keyword: string): string {
  return `keywords/${keyword.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Takes a message out of one mailbox: it is destroyed where that is its only one. Absent already: done. */
export async function takeOut(mail: MailAccess, id: string, mailbox: string, signal: AbortSignal): Promise<void> {
  const standing = await readEmail(mail, id, signal);
  if (standing?.mailboxes.has(mailbox) !== true) return;
  if (standing.mailboxes.size > 1) return changeEmail(mail, id, { [`mailboxIds/${mailbox}`]: null }, signal);
  const { notDestroyed } = await mail.client.call("Email/set", { accountId: mail.account, destroy: [id] }, signal);
  const error = errorOf(notDestroyed, id);
  if (error !== undefined && error.type !== "notFound") throw setRefusal(mail.client, "Email/set", error);
}

/** SHA-256 of a blob's bytes in hexadecimal, streamed; undefined when it is not there. */
export function blobHash({ client, account }: MailAccess, blobId: string, signal: AbortSignal): Promise<string | undefined> {
  return client.download(account, blobId, async (bytes) => {
    const hash = createHash("sha256");
    for await (const piece of bytes) hash.update(piece);
    return hash.digest("hex");
  }, signal);
}

export function errorOf(errors: unknown, id: string): SetError | undefined {
  return typeof errors === "object" && errors !== null ? ((errors as Readonly<Record<string, SetError>>)[id]) : undefined;
}

export function setRefusal(client: JmapClient, what: string, { type, properties }: SetError): ExodusError {
  const names = Array.isArray(properties) ? properties.flatMap((one) => nameOf(one) ?? []) : [];
  return refusalError({ what, type: nameOf(type), names }, client.access);
}

/** Keys of a set as JMAP writes it: `{"a": true}`. */
function named(set: unknown): ReadonlySet<string> {
  return new Set(typeof set === "object" && set !== null ? Object.entries(set).flatMap(([key, value]) => (value === true ? [key] : [])) : []);
}
