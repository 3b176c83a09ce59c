import path from "node:path";
import type { StateStore } from "../core/state.js";
import { openStateStore, type StateOptions } from "../state/store.js";
import { isThere } from "../vault/disk.js";
import type { Cipher } from "../vault/cipher.js";
import { openVaultKey } from "../vault/vault-key.js";
import { vaultHeader } from "../vault/vault.js";

/** A vault's folder, and what opens it when it is encrypted. */
export interface VaultAccess {
  readonly dir: string;
  readonly id: string;
  readonly cipher: Cipher | undefined;
}

/** Index, resume points and ledger of the vault in `dir`. */
export function indexFile(dir: string): string {
  return path.join(dir, "state.sqlite");
}

export function hasIndex(dir: string): Promise<boolean> {
  return isThere(indexFile(dir));
}

/** @param identity asked only of an encrypted vault. @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION, VAULT_ERASURE_UNFINISHED, VAULT_IDENTITY_MISSING, VAULT_IDENTITY_WRONG, VAULT_KEY. */
export async function vaultAccess(dir: string, identity: () => Promise<string | undefined>, erasing = false): Promise<VaultAccess> {
  const header = await vaultHeader(dir, erasing);
  return { dir, id: header.id, cipher: header.recipients === undefined ? undefined : await openVaultKey(dir, header, await identity()) };
}

/** @throws ExodusError STATE_VERSION, STATE_KEY. */
export function openState({ dir, cipher }: VaultAccess, options: StateOptions & { readonly file?: string } = {}): Promise<StateStore> {
  return openStateStore(options.file ?? indexFile(dir), { ...options, key: cipher?.stateKey });
}
