import { constants, type Stats } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { guarded, present } from "../../src/drivers/disk/errors.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";

/*
 * Reading without following links: the archive writes none, and what one that somebody put there leads to is no part of it.
 * Only the last component is looked at: walks come to a folder by way of those above.
 */

export interface Found extends Pick<Stats, "size" | "mtime"> {
  readonly kind: "file" | "folder" | "other";
}

/** What stands at a path itself: a link, like a device, is "other". */
export async function foundAt(tree: DiskTree, file: string): Promise<Found | undefined> {
  const found = await present(tree.root, () => lstat(tree.at(file)), undefined);
  if (found === undefined) return undefined;
  return { kind: found.isFile() ? "file" : found.isDirectory() ? "folder" : "other", size: found.size, mtime: found.mtime };
}

export async function kindAt(tree: DiskTree, file: string): Promise<Found["kind"] | undefined> {
  return (await foundAt(tree, file))?.kind;
}

/** Bytes of a file, refused for a link that took its place since it was looked at. Windows has no such flag. */
export async function* bytesAt(tree: DiskTree, file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(tree.at(file), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  yield* handle.createReadStream({ highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
}

/** A small file as text; undefined when no file stands there. */
export async function textAt(tree: DiskTree, file: string): Promise<string | undefined> {
  if ((await kindAt(tree, file)) !== "file") return undefined;
  return guarded(tree.root, async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytesAt(tree, file)) pieces.push(piece);
    return Buffer.concat(pieces).toString("utf8");
  });
}
