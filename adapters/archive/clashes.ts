import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { NAME_BYTES } from "../../src/lib/file-names.js";
import { SIDECAR_SUFFIXES, sidecarBase } from "./names.js";
import type { Notes } from "./notes.js";

/**
 * Whether a drive's file or folder under this name would be read as the sidecar of another, or have another item for its sidecar: the layout
 * keeps `x.versions/` and `x.permissions.json` for the file `x` beside them.
 */
export async function clashes(tree: DiskTree, notes: Notes, folder: string, name: string): Promise<boolean> {
  const base = sidecarBase(name);
  if (base !== undefined && (await tree.info(`${folder}/${base}`)) !== undefined) return true;
  for (const suffix of SIDECAR_SUFFIXES) {
    if (Buffer.byteLength(name + suffix) > NAME_BYTES) continue;
    const beside = `${folder}/${name}${suffix}`;
    if ((await notes.folder(beside)) !== undefined || (await notes.file(beside)) !== undefined) return true;
  }
  return false;
}
