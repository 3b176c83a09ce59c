import { createHash, hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { ExodusError } from "../core/errors.js";
import type { BlobPlacement, JournalLine, RecordPlace } from "../core/vault.js";
import { clearJson, type Cipher } from "./cipher.js";
import { errnoOf, readAt } from "./disk.js";
import { keptSize } from "./kept-blob.js";
import { readFully } from "./read-fully.js";
import type { ReadHandles } from "./read-handles.js";

const LINE_BREAK = 0x0a;
const READ_CHUNK = 256 * 1024;
/** What is read without waiting for another thread, which takes longer than the reading of so little. Bytes. */
const AT_ONCE = 64 * 1024;

/** One line of a records file. @throws ExodusError VAULT_RECORD_TORN when no whole line stands there. */
export async function readRecord(handles: ReadHandles, place: RecordPlace, cipher: Cipher | undefined): Promise<JournalLine> {
  try {
    const { handle, release } = await handles.acquire(place.file);
    try {
      const line = await piece(handle, place.offset, place.length);
      // Without its line break it is not whole to anybody who reads the file from its beginning.
      if (line.length < place.length || line.at(-1) !== LINE_BREAK) throw new Error("no whole line");
      return JSON.parse(await clearJson(cipher, line.toString("utf8"))) as JournalLine;
    } finally {
      await release();
    }
  } catch (cause) {
    throw new ExodusError("VAULT_RECORD_TORN", { params: { file: place.file, offset: place.offset }, cause });
  }
}

/**
 * A blob's bytes in pieces of 256 KiB. The last one is given only when all of them have the blob's hash, so that nobody finishes on damaged bytes.
 * @throws ExodusError VAULT_BLOB_MISSING when it is not there in its whole length, VAULT_BLOB_DAMAGED.
 */
export async function* openBlob(handles: ReadHandles, sha256: string, placement: BlobPlacement | undefined, cipher: Cipher | undefined): AsyncGenerator<Uint8Array> {
  if (placement === undefined) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 } });
  const { handle, release } = await handles.acquire(placement.file).catch((cause: unknown) => {
    if (errnoOf(cause) !== "ENOENT") throw cause;
    throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 }, cause });
  });
  try {
    if (cipher === undefined && placement.size <= READ_CHUNK) {
      yield* await onePiece(handle, placement);
      return;
    }
    const whole = createHash("sha256");
    let done = 0;
    for await (const chunk of cipher === undefined ? pieces(handle, placement.offset, placement.size) : opened(cipher, handle, placement)) {
      done += chunk.length;
      whole.update(chunk);
      if (done >= placement.size && (done > placement.size || whole.digest("hex") !== sha256)) throw damaged(placement);
      yield chunk;
    }
    if (done < placement.size) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 } });
  } finally {
    await release();
  }
}

async function piece(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  return length <= AT_ONCE ? readFully(handle.fd, Buffer.allocUnsafe(length), offset) : readAt(handle, offset, length);
}

/** Most blobs are one piece: read and hashed at once. */
async function onePiece(handle: FileHandle, placement: BlobPlacement): Promise<readonly Uint8Array[]> {
  const { sha256, offset, size } = placement;
  const bytes = await piece(handle, offset, size);
  if (bytes.length < size) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 } });
  if (hash("sha256", bytes, "hex") !== sha256) throw damaged(placement);
  return size === 0 ? [] : [bytes];
}

/** Bytes of a file, fewer at its end. */
async function* pieces(handle: FileHandle, offset: number, size: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < size; ) {
    const chunk = await readAt(handle, offset + done, Math.min(READ_CHUNK, size - done));
    if (chunk.length === 0) return;
    done += chunk.length;
    yield chunk;
  }
}

async function* opened(cipher: Cipher, handle: FileHandle, placement: BlobPlacement): AsyncGenerator<Uint8Array> {
  const size = keptSize(handle.fd, placement.offset);
  if (size === undefined) return;
  try {
    // An empty last piece says nothing: the hash was judged with the one before.
    for await (const chunk of cipher.decrypting(pieces(handle, placement.offset, size))) if (chunk.length > 0) yield chunk;
  } catch (cause) {
    throw damaged(placement, cause);
  }
}

function damaged({ sha256, file }: BlobPlacement, cause?: unknown): ExodusError {
  return new ExodusError("VAULT_BLOB_DAMAGED", { params: { sha256, file }, cause });
}
