import path from "node:path";
import type { BlobPlacement } from "../core/vault.js";
import type { Cipher } from "./cipher.js";
import { ifPresent, readAt } from "./disk.js";
import { keptSize } from "./kept-blob.js";
import { blobName } from "./layout.js";
import type { ReadHandles } from "./read-handles.js";
import { BLOCK, parseTarHeader } from "./tar.js";

/** Why a blob does not stand where the index says; its bytes are not read. */
export interface Astray {
  readonly code: "blob-missing" | "index-wrong";
  readonly message: string;
}

/**
 * By name and size: answers the name when it stands there; an encrypted blob is named by the hash of its message.
 * @param sizes sizes of files that do not change meanwhile, asked once each.
 */
export async function astray(handles: ReadHandles, placement: BlobPlacement, cipher: Cipher | undefined, sizes?: Map<string, number>): Promise<Astray | { readonly kept: string }> {
  const { sha256, file, offset } = placement;
  const opened = await ifPresent(handles.acquire(file), undefined);
  if (opened === undefined) return { code: "blob-missing", message: `${file} is not there` };
  const elsewhere: Astray = { code: "index-wrong", message: `${sha256} does not stand at byte ${offset} of ${file}` };
  try {
    const size = sizes?.get(file) ?? (await opened.handle.stat()).size;
    sizes?.set(file, size);
    const length = cipher === undefined ? placement.size : await keptSize(opened.handle, offset);
    if (length === undefined) return elsewhere;
    if (offset + length > size) return { code: "blob-missing", message: `${file} ends before ${sha256} does` };
    const entry = offset === 0 ? { name: path.posix.basename(file), size } : parseTarHeader(await readAt(opened.handle, offset - BLOCK, BLOCK));
    const name = entry === undefined ? undefined : blobName(entry.name);
    if (name === undefined || entry?.size !== length || (cipher === undefined && name.sha256 !== sha256)) return elsewhere;
    return { kept: name.sha256 };
  } finally {
    await opened.release();
  }
}
