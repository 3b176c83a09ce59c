import { stat } from "node:fs/promises";
import path from "node:path";
import { Option } from "commander";
import { ExodusError } from "../../../core/errors.js";
import type { StateStore } from "../../../core/state.js";
import { Holdings } from "../../../export/holdings.js";
import { openStateStore } from "../../../state/store.js";
import { openVault, vaultHeader } from "../../../vault/vault.js";
import type { Frame } from "../../frame.js";
import { indexFile, vaultDir } from "../../workspace.js";

/** What every command about a vault takes. */
export interface VaultOptions {
  readonly vault?: string;
}

export function vaultOption(): Option {
  return new Option("--vault <dir>", "the vault's folder; default: that of the configuration");
}

/** The folder that `--vault` names, else the configuration's: a vault is read without one. */
export async function vaultFolder(frame: Frame, { vault }: VaultOptions): Promise<string> {
  return vault === undefined ? vaultDir(await frame.loaded()) : path.resolve(vault);
}

/** @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION, VAULT_INDEX_MISSING. */
export async function openIndex(dir: string): Promise<StateStore> {
  await vaultHeader(dir);
  if (!(await hasIndex(dir))) throw new ExodusError("VAULT_INDEX_MISSING", { params: { dir } });
  return openStateStore(indexFile(dir));
}

/** The vault read beside whoever writes it. @throws as `openIndex`. */
export async function openHoldings(frame: Frame, options: VaultOptions): Promise<{ readonly holdings: Holdings; close(): Promise<void> }> {
  const dir = await vaultFolder(frame, options);
  const state = await openIndex(dir);
  const vault = await openVault(dir, { readOnly: true, index: () => Promise.resolve(state) });
  return { holdings: new Holdings(state, vault), close: () => vault.close() };
}

export async function hasIndex(dir: string): Promise<boolean> {
  return stat(indexFile(dir)).then(() => true, () => false);
}
