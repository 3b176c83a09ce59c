import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Cipher } from "./cipher.js";
import { ifPresent, onDisk, syncFolder } from "./disk.js";
import { erasedMark } from "./erasures.js";
import { ownerOf } from "./owner-folders.js";
import { TMP } from "./spill.js";

/** What a repair set aside of the index, and what a killed process left unfinished. */
const LEAVINGS = /^(?:state\.sqlite\.(?:damaged-[0-9a-f]{8}|part)(?:-\w+)?|\.[0-9a-f-]{36}\.part)$/;

/** Folders of an owner, relative to the vault: one, unless a backup was put back beside it. A folder without a readable card is told by its name. */
export async function foldersOf(root: string, ownerId: string, cipher?: Cipher): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await ifPresent(readdir(path.join(root, "owners")), [])) {
    const card = await ownerOf(root, `owners/${name}`, cipher);
    if (card === undefined ? name.endsWith(`-${erasedMark(ownerId).slice(0, 8)}`) : card.id === ownerId) found.push(`owners/${name}`);
  }
  return found;
}

/** SHA-256 over the records files of the folders, one after another in the order of their names: what was removed can be told from a backup. */
export async function hashOfRecords(root: string, folders: readonly string[], signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of folders) {
    for (const name of (await ifPresent(readdir(path.join(root, folder, "records")), [])).sort()) {
      for await (const chunk of createReadStream(path.join(root, folder, "records", name), { signal }) as AsyncIterable<Buffer>) hash.update(chunk);
    }
  }
  return hash.digest("hex");
}

/**
 * Takes the folders out of the vault. Each leaves it whole, by one rename into the folder of unfinished files: cut off behind that, the next opening
 * empties it.
 */
export async function removeFolders(root: string, folders: readonly string[]): Promise<void> {
  await onDisk("owners", async () => {
    for (const folder of folders) await rename(path.join(root, folder), path.join(root, TMP, randomUUID()));
    if (folders.length > 0) await syncFolder(path.join(root, "owners"));
    await syncFolder(path.join(root, TMP));
  });
  for (const name of await readdir(path.join(root, TMP))) await onDisk(TMP, () => rm(path.join(root, TMP, name), { recursive: true, force: true }));
  await onDisk(TMP, () => syncFolder(path.join(root, TMP)));
}

/** Takes away what beside folders and index may tell of the owner: former indexes, whole, since nothing depends on them and no row of theirs can be cut out. */
export async function removeLeavings(root: string): Promise<void> {
  await onDisk(root, async () => {
    for (const name of await readdir(root)) if (LEAVINGS.test(name)) await rm(path.join(root, name), { force: true });
    await syncFolder(root);
  });
}
