import { createHash } from "node:crypto";
import type { ImapFlow } from "imapflow";

/** Bytes asked for at a time when a body is read back. */
const PIECE = 1024 * 1024;

export interface MessageState {
  readonly flags: ReadonlySet<string>;
  readonly internalDate: Date;
  /** RFC822.SIZE, in bytes. */
  readonly size: number;
}

/** State of one message of the selected mailbox; undefined when it is not there. */
export async function readState(client: ImapFlow, uid: number): Promise<MessageState | undefined> {
  // Apache James refuses the command in an empty mailbox ("Invalid messageset"), where RFC 3501 section 6.4.8 has an absent UID ignored.
  if (client.mailbox !== false && client.mailbox.exists === 0) return undefined;
  const message = await client.fetchOne(uid, { flags: true, internalDate: true, size: true }, { uid: true });
  if (message === false || message.flags === undefined || message.size === undefined || message.internalDate === undefined) return undefined;
  return { flags: message.flags, internalDate: new Date(message.internalDate), size: message.size };
}

/** SHA-256 of the message's bytes, streamed; undefined when it is not there. Reading sets no flag (BODY.PEEK). */
export async function readContentHash(client: ImapFlow, uid: number): Promise<string | undefined> {
  const { content } = await client.download(uid, undefined, { uid: true, chunkSize: PIECE });
  if (content === undefined) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of content) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
