import { fstatSync } from "node:fs";
import path from "node:path";
import type { BlobPlacement } from "../core/vault.js";
import type { Cipher } from "./cipher.js";
import { ifPresent } from "./disk.js";
import { headerBefore, keptSize } from "./kept-blob.js";
import { blobName } from "./layout.js";
import type { ReadHandles } from "./read-handles.js";

/** Why a blob does not stand where the index says; its bytes are not read. */
export interface Astray {
  readonly code: "blob-missing" | "index-wrong";
  readonly message: string;
}

/** Where it stands, by its name: of an encrypted blob the hash of its message. */
export type Standing = Astray | { readonly kept: string };

/** Answers for each placement. Neighbours that stand in the same file open it once. */
export async function standing(handles: ReadHandles, placements: readonly BlobPlacement[], cipher: Cipher | undefined): Promise<readonly Standing[]> {
  const told: Standing[] = [];
  while (told.length < placements.length) {
    const { file } = placements[told.length] as BlobPlacement;
    const opened = await ifPresent(handles.acquire(file), undefined);
    try {
      const size = opened === undefined ? 0 : fstatSync(opened.handle.fd).size;
      for (let next = placements[told.length]; next?.file === file; next = placements[told.length]) {
        told.push(opened === undefined ? { code: "blob-missing", message: `${file} is not there` } : standsIn(opened.handle.fd, size, next, cipher));
      }
    } finally {
      await opened?.release();
    }
  }
  return told;
}

/** By name and size, in a file of `size` bytes. */
function standsIn(fd: number, size: number, placement: BlobPlacement, cipher: Cipher | undefined): Standing {
  const { sha256, file, offset } = placement;
  const elsewhere: Astray = { code: "index-wrong", message: `${sha256} does not stand at byte ${offset} of ${file}` };
  const length = cipher === undefined ? placement.size : keptSize(fd, offset);
  if (length === undefined) return elsewhere;
  if (offset + length > size) return { code: "blob-missing", message: `${file} ends before ${sha256} does` };
  const entry = offset === 0 ? { name: path.posix.basename(file), size } : headerBefore(fd, offset);
  const name = entry === undefined ? undefined : blobName(entry.name);
  if (name === undefined || entry?.size !== length || (cipher === undefined && name.sha256 !== sha256)) return elsewhere;
  return { kept: name.sha256 };
}
