import { readdir } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import { writeBag, type BagCounts } from "../export/bagit.js";
import { finishExport, openExportFolder } from "../export/export-folder.js";
import { isCalled } from "../lib/owner-name.js";
import { lockVault } from "../vault/lock.js";
import { ownerOf } from "../vault/owner-folders.js";
import type { Cipher } from "../vault/cipher.js";
import type { VaultAccess } from "./vault-access.js";
import { programVersion } from "./version.js";

/**
 * A bag of the vault in `dir`, locked meanwhile so that no file grows under the copy.
 * @throws ExodusError VAULT_MISSING, VAULT_LOCKED, VAULT_OWNER_UNKNOWN, EXPORT_EXISTS, EXPORT_UNFINISHED; the signal's reason.
 */
export async function bagVault({ dir, id, cipher }: VaultAccess, out: string, options: { readonly owners: readonly string[] | undefined; readonly signal: AbortSignal; readonly onFile: () => void }): Promise<BagCounts> {
  const unlock = await lockVault(dir);
  try {
    const owners = options.owners === undefined ? undefined : await foldersOf(dir, options.owners, cipher);
    const tree = await openExportFolder(out);
    const counts = await writeBag({
      vault: dir, vaultId: id, agent: `o365-exodus ${programVersion()}`, tree, signal: options.signal, onFile: options.onFile, ...(owners === undefined ? {} : { owners }),
    });
    await finishExport(tree);
    return counts;
  } finally {
    await unlock();
  }
}

async function foldersOf(dir: string, names: readonly string[], cipher: Cipher | undefined): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const missing = new Set(names);
  for (const folder of await readdir(path.join(dir, "owners"))) {
    const owner = await ownerOf(dir, `owners/${folder}`, cipher);
    const meant = owner === undefined ? [] : names.filter((name) => isCalled(owner, name));
    if (meant.length > 0) found.add(folder);
    for (const name of meant) missing.delete(name);
  }
  const [unknown] = missing;
  if (unknown !== undefined) throw new ExodusError("VAULT_OWNER_UNKNOWN", { params: { owner: unknown } });
  return found;
}
