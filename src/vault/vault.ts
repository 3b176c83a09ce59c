import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import type { BlobIndex, OwnerVault, VaultPort } from "../core/vault.js";
import { onDisk, syncFolder } from "./disk.js";
import { DIR_MODE, FILE_MODE, FORMAT, FORMAT_VERSION, HEADER_FILE, type VaultHeader } from "./layout.js";
import { lockVault } from "./lock.js";
import { openOwnerVault } from "./owner-vault.js";

/** Makes an empty vault in an existing folder; the header appears whole or not at all. */
export async function createVault(dir: string): Promise<VaultHeader> {
  await chmod(dir, DIR_MODE);
  const header: VaultHeader = { format: FORMAT, version: FORMAT_VERSION, id: randomUUID(), createdAt: new Date().toISOString(), tool: "o365-exodus" };
  const part = path.join(dir, `${HEADER_FILE}.part`);
  await onDisk(part, async () => {
    const handle = await open(part, "w", FILE_MODE);
    await handle.write(`${JSON.stringify(header, null, 2)}\n`);
    await handle.sync();
    await handle.close();
  });
  await rename(part, path.join(dir, HEADER_FILE));
  await syncFolder(dir);
  return header;
}

/** Reads and judges the header. @throws ExodusError VAULT_MISSING or VAULT_VERSION. */
export async function vaultHeader(dir: string): Promise<VaultHeader> {
  let header: VaultHeader;
  try {
    header = JSON.parse(await readFile(path.join(dir, HEADER_FILE), "utf8")) as VaultHeader;
  } catch (cause) {
    throw new ExodusError("VAULT_MISSING", { params: { dir }, cause });
  }
  if (header.format !== FORMAT || header.version !== FORMAT_VERSION) {
    throw new ExodusError("VAULT_VERSION", { params: { dir, found: String(header.version), known: FORMAT_VERSION } });
  }
  return header;
}

/**
 * Opens a vault for one process. Unfinished files of an earlier process are removed; each owner's part recovers when it is first used.
 * @throws ExodusError VAULT_MISSING, VAULT_VERSION, VAULT_LOCKED.
 */
export async function openVault(dir: string, { index }: { readonly index: BlobIndex }): Promise<VaultPort> {
  const header = await vaultHeader(dir);
  const unlock = await lockVault(dir);
  const tmp = path.join(dir, "tmp");
  await rm(tmp, { recursive: true, force: true });
  await mkdir(tmp, { mode: DIR_MODE });
  const owners = new Map<string, Promise<OwnerVault & { close(): Promise<void> }>>();
  return {
    id: header.id,
    owner(owner: Owner) {
      const known = owners.get(owner.id) ?? openOwnerVault(dir, owner, index);
      owners.set(owner.id, known);
      return known;
    },
    async close() {
      for (const owner of owners.values()) await (await owner).close();
      await unlock();
    },
  };
}
