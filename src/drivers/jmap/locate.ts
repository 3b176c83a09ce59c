import type { StreamBody } from "../http/client.js";
import type { Arguments } from "./client.js";
import { blobHash, emailsIn, type Email, type MailAccess } from "./emails.js";
import { utcDate } from "./values.js";

export interface Wanted {
  /** SHA-256 of the message's bytes in hexadecimal. */
  readonly sha256: string;
  readonly size: number;
  readonly receivedAt: Date | undefined;
  readonly messageId: string | undefined;
  /** The message's bytes, to be sent once more where the server may have rewritten them. */
  open(): StreamBody;
}

export interface Located {
  readonly email: Email;
  /** SHA-256 of what the server holds. */
  readonly stored: string;
}

/** What makes out a message whose bytes the server changed: envelope and parts, as the server itself reads both forms. */
const LIKENESS = ["messageId", "inReplyTo", "references", "from", "to", "cc", "subject", "sentAt", "bodyStructure"];

/** Automatic messages of one second may have no Message-ID and the same subject: their texts tell them apart. */
const TEXT_CHARACTERS = 20_000;
const TEXTS = { fetchAllBodyValues: true, maxBodyValueBytes: 5 * TEXT_CHARACTERS };

/** Those that are alike in date or Message-ID and still differ: a handful, but where a message tells neither. */
const MOST_ALIKE = 100;

/**
 * Finds a message of a mailbox by date of receipt or Message-ID, and confirms it by the SHA-256 of its bytes; where the server changes what it
 * stores (RFC 8621 §4.8 lets it), by what the server reads in the message (Email/parse, §4.9), texts included.
 */
export async function locate(mail: MailAccess, mailbox: string, wanted: Wanted, accept: (id: string) => Promise<boolean>, signal: AbortSignal): Promise<Located | undefined> {
  const others: Email[] = [];
  for await (const email of candidates(mail, mailbox, wanted, signal)) {
    if (wanted.receivedAt !== undefined && utcDate(email.receivedAt) !== utcDate(wanted.receivedAt)) continue;
    if (!(await accept(email.id))) continue;
    if (email.size === wanted.size && (await blobHash(mail, email.blobId, signal)) === wanted.sha256) return { email, stored: wanted.sha256 };
    if (others.length < MOST_ALIKE) others.push(email);
  }
  if (others.length === 0) return undefined;
  const alike = await likeness(mail, others, wanted.open(), signal);
  const stored = alike === undefined ? undefined : await blobHash(mail, alike.blobId, signal);
  return alike === undefined || stored === undefined ? undefined : { email: alike, stored };
}

async function* candidates({ client, account }: MailAccess, mailbox: string, wanted: Wanted, signal: AbortSignal): AsyncGenerator<Email> {
  const filter = { inMailbox: mailbox, ...criteria(wanted) };
  const { limits: { maxObjectsInGet: limit } } = await client.session(signal);
  for (let position = 0; ;) {
    const { ids, limit: imposed } = await client.call("Email/query", { accountId: account, filter, sort: [{ property: "receivedAt", isAscending: false }], position, limit }, signal);
    const page = Array.isArray(ids) ? (ids as readonly string[]) : [];
    if (page.length === 0) return;
    const { list } = await client.call("Email/get", { accountId: account, ids: page, properties: ["id", "blobId", "size", "keywords", "receivedAt", "mailboxIds"] }, signal);
    yield* emailsIn(list);
    if (page.length < Math.min(limit, typeof imposed === "number" ? imposed : limit)) return;
    position += page.length;
  }
}

/** "after" takes the instant itself (RFC 8621 §4.4.1), but not in Apache James: a second is added, and the date compared again. */
function criteria({ receivedAt, messageId }: Wanted): Arguments {
  if (receivedAt !== undefined) return { after: utcDate(new Date(receivedAt.getTime() - 1_000)), before: utcDate(new Date(receivedAt.getTime() + 1_000)) };
  return messageId === undefined ? {} : { header: ["Message-ID", messageId] };
}

/** Undefined also where the server has no Email/parse: rather twice than once too few. */
async function likeness({ client, account }: MailAccess, others: readonly Email[], body: StreamBody, signal: AbortSignal): Promise<Email | undefined> {
  const blobId = await client.upload(account, body, "message/rfc822", signal);
  const [parsed, got] = await client.callAll([
    ["Email/parse", { accountId: account, blobIds: [blobId], properties: [...LIKENESS, "bodyValues"], ...TEXTS }],
    ["Email/get", { accountId: account, ids: others.map(({ id }) => id), properties: ["id", ...LIKENESS] }],
  ], signal);
  if (parsed === undefined || got === undefined || parsed instanceof Error || got instanceof Error) return undefined;
  const original = (parsed["parsed"] as Readonly<Record<string, Arguments>> | null | undefined)?.[blobId];
  const list = Array.isArray(got["list"]) ? (got["list"] as readonly Arguments[]) : [];
  for (const { id } of original === undefined ? [] : list.filter((one) => features(one) === features(original))) {
    const { list: read } = await client.call("Email/get", { accountId: account, ids: [id], properties: ["id", "bodyValues"], ...TEXTS }, signal);
    if (texts(Array.isArray(read) ? (read as readonly Arguments[])[0] : undefined) === texts(original)) return others.find((one) => one.id === id);
  }
  return undefined;
}

/** Beginnings of the texts, by part. White space may have changed with the lines. */
function texts(email: Arguments | undefined): string {
  const values = Object.entries((email?.["bodyValues"] ?? {}) as Readonly<Record<string, { readonly value?: unknown }>>);
  return JSON.stringify(values.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { value }]) => String(value).replace(/\s+/g, " ").trim().slice(0, TEXT_CHARACTERS)));
}

function features(email: Arguments | undefined): string | undefined {
  if (email === undefined) return undefined;
  return JSON.stringify(LIKENESS.map((property) => (property === "bodyStructure" ? parts(email[property]) : email[property] ?? null)));
}

/** Type, name and size of each part. Line ends of texts may have changed, so that only sizes of other parts count. */
function parts(structure: unknown): unknown {
  const part = (structure ?? {}) as { readonly type?: string; readonly name?: string | null; readonly size?: number; readonly subParts?: readonly unknown[] | null };
  const text = part.type === undefined || /^(text|message|multipart)\//.test(part.type);
  return [part.type ?? null, part.name ?? null, text ? null : part.size ?? null, (part.subParts ?? []).map(parts)];
}
