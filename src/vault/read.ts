import { createHash } from "node:crypto";
import { ExodusError } from "../core/errors.js";
import type { BlobPlacement, JournalLine, RecordPlace } from "../core/vault.js";
import { errnoOf, readAt } from "./disk.js";
import type { ReadHandles } from "./read-handles.js";

const READ_CHUNK = 256 * 1024;

/** One line of a records file. @throws ExodusError VAULT_RECORD_TORN when no whole line stands there. */
export async function readRecord(handles: ReadHandles, place: RecordPlace): Promise<JournalLine> {
  try {
    const { handle, release } = await handles.acquire(place.file);
    try {
      return JSON.parse((await readAt(handle, place.offset, place.length)).toString("utf8")) as JournalLine;
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
export async function* openBlob(handles: ReadHandles, sha256: string, placement: BlobPlacement | undefined): AsyncGenerator<Uint8Array> {
  if (placement === undefined) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 } });
  const { handle, release } = await handles.acquire(placement.file).catch((cause: unknown) => {
    if (errnoOf(cause) !== "ENOENT") throw cause;
    throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 }, cause });
  });
  const hash = createHash("sha256");
  try {
    for (let done = 0; done < placement.size; ) {
      const chunk = await readAt(handle, placement.offset + done, Math.min(READ_CHUNK, placement.size - done));
      if (chunk.length === 0) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256 } });
      done += chunk.length;
      hash.update(chunk);
      if (done === placement.size && hash.digest("hex") !== sha256) throw new ExodusError("VAULT_BLOB_DAMAGED", { params: { sha256, file: placement.file } });
      yield chunk;
    }
  } finally {
    await release();
  }
}
