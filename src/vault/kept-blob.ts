import { hash } from "node:crypto";
import { fstatSync } from "node:fs";
import type { Cipher } from "./cipher.js";
import { blobName, ENCRYPTED_EXTENSION } from "./layout.js";
import { readFully } from "./read-fully.js";
import { BLOCK, parseTarHeader, tarEntry, type TarEntry } from "./tar.js";

/** The tar entry of a small blob. In an encrypted vault it holds the message, and is named by the hash of that: anybody can check it, nobody can tell by it what it holds. */
export async function keptEntry(cipher: Cipher | undefined, sha256: string, extension: string, chunks: readonly Uint8Array[], size: number): Promise<readonly Uint8Array[]> {
  if (cipher === undefined) return tarEntry(`${sha256}${extension}`, chunks, size);
  const kept = await cipher.encrypt(Buffer.concat(chunks));
  return tarEntry(`${sha256Of(kept)}${ENCRYPTED_EXTENSION}`, [kept], kept.length);
}

/** What an entry holds; undefined when its bytes have not the hash of its name, or are no message for the vault's key. */
export async function clearBlob(
  cipher: Cipher | undefined, entry: string, body: Uint8Array | undefined,
): Promise<{ readonly sha256: string; readonly extension: string; readonly size: number } | undefined> {
  const name = blobName(entry);
  if (name === undefined || body === undefined || sha256Of(body) !== name.sha256) return undefined;
  if (cipher === undefined) return { ...name, size: body.length };
  // Its name does not tell the kind of content: the record that names the blob does.
  const clear = await cipher.decrypt(body).catch(() => undefined);
  return clear === undefined ? undefined : { sha256: sha256Of(clear), extension: "", size: clear.length };
}

/** Bytes that an encrypted blob takes where it stands: by its tar header, or all of a large blob's file (`offset` 0). */
export function keptSize(fd: number, offset: number): number | undefined {
  return offset === 0 ? fstatSync(fd).size : headerBefore(fd, offset)?.size;
}

/** Header of the entry whose body begins at `offset`. */
export function headerBefore(fd: number, offset: number): TarEntry | undefined {
  return parseTarHeader(readFully(fd, Buffer.allocUnsafe(BLOCK), offset - BLOCK));
}

function sha256Of(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}
