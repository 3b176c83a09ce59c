import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Entry } from "./entry.js";

const HEAD_BYTES = 64 * 1024;

/** The first 64 KiB of a file, or all of it. */
export async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Cheap identity of a content: its size and its beginning. */
export function fingerprintOf(head: Uint8Array, size: number): string {
  return createHash("sha256").update(`${size}\n`).update(head.subarray(0, HEAD_BYTES)).digest("base64url").slice(0, 16);
}

/** Remembers what an entry's content looks like, so that its copy at another place is known again after the original was removed. */
export async function rememberContent(store: { disk(file: string): string }, entry: Entry): Promise<void> {
  entry.fingerprint ??= fingerprintOf(await headOf(store.disk(entry.file)), entry.size);
}
