import path from "node:path";
import { Option } from "commander";
import { ExodusError } from "../core/errors.js";
import type { StateStore } from "../core/state.js";
import { Holdings } from "../export/holdings.js";
import { resolveSecret } from "../config/secrets.js";
import { openVault } from "../vault/vault.js";
import type { Frame } from "./frame.js";
import { hasIndex, openState, vaultAccess, type VaultAccess } from "./vault-access.js";
import { configuredIdentity, vaultDir } from "./workspace.js";

/** What every command about a vault takes. */
export interface VaultOptions {
  readonly vault?: string;
  readonly identity?: string;
}

export function vaultOption(): Option {
  return new Option("--vault <dir>", "the vault's folder; default: that of the configuration");
}

/** Of every command that reads what the vault holds. */
export function identityOption(): Option {
  return new Option("--identity <reference>", "age identity that opens an encrypted vault, file:PATH or env:NAME; default: that of the configuration");
}

/** What `--identity` names, else the configuration, where there is one. @throws ExodusError CONFIG_SECRET_MISSING. */
export async function identityOf(frame: Frame, { vault, identity }: VaultOptions): Promise<string | undefined> {
  if (identity !== undefined) return resolveSecret(identity, process.cwd());
  return vault === undefined ? configuredIdentity(await frame.loaded()) : undefined;
}

/** The vault of the options, opened if it is encrypted. @throws as `vaultAccess`. */
export async function vaultOf(frame: Frame, options: VaultOptions, erasing = false): Promise<VaultAccess> {
  return vaultAccess(await vaultFolder(frame, options), () => identityOf(frame, options), erasing);
}

/** The folder that `--vault` names, else the configuration's: a vault is read without one. */
export async function vaultFolder(frame: Frame, { vault }: VaultOptions): Promise<string> {
  return vault === undefined ? vaultDir(await frame.loaded()) : path.resolve(vault);
}

/** @throws ExodusError VAULT_INDEX_MISSING, STATE_VERSION, STATE_KEY. */
export async function openIndex(access: VaultAccess): Promise<StateStore> {
  if (!(await hasIndex(access.dir))) throw new ExodusError("VAULT_INDEX_MISSING", { params: { dir: access.dir } });
  return openState(access);
}

/** The vault read beside whoever writes it. @throws as `vaultOf` and `openIndex`. */
export async function openHoldings(frame: Frame, options: VaultOptions): Promise<{ readonly holdings: Holdings; readonly state: StateStore; close(): Promise<void> }> {
  const access = await vaultOf(frame, options);
  const state = await openIndex(access);
  const vault = await openVault(access.dir, { readOnly: true, cipher: access.cipher, index: () => Promise.resolve(state) });
  return { holdings: new Holdings(state, vault), state, close: () => vault.close() };
}
