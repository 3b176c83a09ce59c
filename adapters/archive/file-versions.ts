import type { PutContext, Verdict } from "../../src/core/adapter.js";
import type { BlobRef } from "../../src/core/item.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import type { FileRecord } from "../../src/format/records.js";
import { versionsOf } from "./names.js";

/** Older versions of a file as `<file>.versions/1` (oldest), `2` …, each with its own date. */
export async function writeVersions(tree: DiskTree, file: string, record: FileRecord, parts: readonly BlobRef[], context: PutContext): Promise<void> {
  const folder = versionsOf(file);
  if (record.versions.length > 0) await tree.makeFolder(folder);
  for (const [index, { sha256, modifiedAt }] of record.versions.entries()) {
    const name = `${folder}/${index + 1}`;
    const blob = parts[index];
    if (blob !== undefined && (await tree.hash(name)) !== sha256) await tree.write(name, context.open(blob), { modifiedAt, signal: context.signal });
    else if (modifiedAt !== undefined && blob !== undefined) await tree.setTime(name, modifiedAt);
  }
  await removeVersions(tree, file, record.versions.length);
}

/** Removes the versions after the first `keep`, and the folder when it is empty. */
export async function removeVersions(tree: DiskTree, file: string, keep: number): Promise<void> {
  const folder = versionsOf(file);
  if ((await tree.info(folder))?.folder !== true) return;
  await tree.sweep(folder);
  for await (const name of tree.names(folder)) if (/^\d+$/.test(name) && Number(name) > keep) await tree.removeFile(`${folder}/${name}`);
  await tree.removeFolder(folder);
}

export async function compareVersions(tree: DiskTree, file: string, record: FileRecord): Promise<Verdict["fields"]> {
  const fields: { field: string; expected: string; found: string }[] = [];
  const folder = versionsOf(file);
  for (const [index, { sha256, modifiedAt, size }] of record.versions.entries()) {
    const name = `${folder}/${index + 1}`;
    const info = await tree.info(name);
    const hash = info?.size === size ? await tree.hash(name) : undefined;
    if (hash !== sha256) fields.push({ field: `versions[${index}]`, expected: sha256, found: hash ?? "" });
    const wanted = modifiedAt === undefined ? undefined : seconds(new Date(modifiedAt));
    const modified = info === undefined ? "" : seconds(info.modified);
    if (wanted !== undefined && wanted !== modified) fields.push({ field: `versions[${index}].modifiedAt`, expected: wanted, found: modified });
  }
  let count = 0;
  for await (const name of tree.names(folder)) if (/^\d+$/.test(name)) count += 1;
  if (count !== record.versions.length) fields.push({ field: "versions", expected: String(record.versions.length), found: String(count) });
  return fields;
}

/** An instant to the second, which every common file system keeps (FAT: two). */
export function seconds(date: Date): string {
  return new Date(Math.floor(date.getTime() / 1000) * 1000).toISOString();
}
