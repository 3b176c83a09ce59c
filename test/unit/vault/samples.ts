import { itemDigest } from "../../../src/core/digest.js";
import type { BlobRef, Item, Owner } from "../../../src/core/item.js";
import type { JournalLine } from "../../../src/core/vault.js";

export const ALICE: Owner = { id: "6f1c-alice", name: "alice@mairie.example", kind: "user", displayName: "Alice Martin" };

export async function* pieces(bytes: Uint8Array, length = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length));
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A mail's journal line. */
export function line(id: string, body: BlobRef, subject = id): JournalLine & Item {
  const record = { v: 1, type: "mail", subject, isRead: true, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false };
  return {
    v: 1, at: "2026-11-24T09:00:00Z", kind: "item", key: { workload: "mail", owner: ALICE.id, id }, container: "inbox", version: "1", title: subject, record,
    body, parts: [], digest: itemDigest(record, body, []), losses: [],
  };
}
