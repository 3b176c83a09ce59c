import { randomUUID } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { RateGovernor } from "../core/governor.js";
import type { Pass, PassKind, StateStore } from "../core/state.js";
import type { VaultPort } from "../core/vault.js";
import type { LoadedConfig } from "../config/load.js";
import { vaultConfig } from "../config/schema.js";
import { resolveSecret } from "../config/secrets.js";
import { ByteBudget } from "../engine/budget.js";
import type { RunContext } from "../engine/context.js";
import type { Listener } from "../engine/events.js";
import type { StopSwitch } from "../engine/stop.js";
import { ifPresent, isThere } from "../vault/disk.js";
import { createVault, openVault, vaultHeader } from "../vault/vault.js";
import { hasIndex, openState, vaultAccess } from "./vault-access.js";

/** The checkpoints of a configuration's vault. */
export interface Ledger {
  readonly vaultId: string;
  readonly state: StateStore;
  close(): Promise<void>;
}

/** The vault with its checkpoints, locked while open. */
export interface Workspace extends Ledger {
  readonly vault: VaultPort;
}

export function vaultDir({ config, baseDir }: LoadedConfig): string {
  return path.resolve(baseDir, vaultConfig(config).path);
}

export async function vaultExists(loaded: LoadedConfig): Promise<boolean> {
  return isThere(path.join(vaultDir(loaded), "exodus-vault.json"));
}

/** Opens the vault for writing, making it at the first run. @throws ExodusError VAULT_LOCKED, VAULT_VERSION, STATE_VERSION, VAULT_INDEX_MISSING. */
export async function openWorkspace(loaded: LoadedConfig): Promise<Workspace> {
  const dir = vaultDir(loaded);
  if (!(await vaultExists(loaded))) {
    const { recipients, identity } = vaultConfig(loaded.config);
    // Whoever names an identity means to encrypt, and for whom has to be said.
    if (identity !== undefined && recipients === undefined) throw new ExodusError("VAULT_PLAIN", { params: { dir } });
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await createVault(dir, recipients === undefined ? undefined : { recipients, identity: await configuredIdentity(loaded) });
  }
  await agreeOnRecipients(loaded, dir);
  const access = await vaultAccess(dir, () => configuredIdentity(loaded));
  // With records and an empty index, a run would read everything again and set the records aside.
  if (!(await hasIndex(dir)) && (await ifPresent(readdir(path.join(dir, "owners")), [])).length > 0) throw new ExodusError("VAULT_INDEX_MISSING", { params: { dir } });
  let state: StateStore | undefined;
  const vault = await openVault(dir, { cipher: access.cipher, index: async () => (state = await openState(access)) });
  if (state === undefined) throw new ExodusError("INTERNAL", { params: { message: "no state" } });
  return { vaultId: vault.id, vault, state, close: () => vault.close() };
}

/** The identity that the configuration names. @throws ExodusError CONFIG_SECRET_MISSING. */
export async function configuredIdentity({ config, baseDir }: LoadedConfig): Promise<string | undefined> {
  const { identity } = vaultConfig(config);
  return identity === undefined ? undefined : resolveSecret(identity, baseDir);
}

/** What the configuration promises must be so: nothing is written in clear, or for others, because it stood there already. @throws ExodusError VAULT_PLAIN, VAULT_RECIPIENTS. */
export async function agreeOnRecipients({ config }: LoadedConfig, dir: string): Promise<void> {
  const { recipients = [], identity } = vaultConfig(config);
  const standing = (await vaultHeader(dir)).recipients;
  if (standing === undefined && identity === undefined) return;
  if (standing === undefined) throw new ExodusError("VAULT_PLAIN", { params: { dir } });
  const missing = recipients.filter((recipient) => !standing.includes(recipient));
  if (missing.length > 0) throw new ExodusError("VAULT_RECIPIENTS", { params: { dir, recipients: missing.join(" ") } });
}

/** Opens only the ledger, to look at it while a run goes on. */
export async function openLedger(loaded: LoadedConfig): Promise<Ledger> {
  const dir = vaultDir(loaded);
  const access = await vaultAccess(dir, () => configuredIdentity(loaded));
  const state = await openState(access);
  return { vaultId: access.id, state, close: () => state.close() };
}

/** Everything that the stages of a run share. `pass`: the one to look at, instead of going on with one of this kind or starting it. */
export async function runContext(
  loaded: LoadedConfig, workspace: Workspace, kind: PassKind,
  run: { readonly governor: RateGovernor; readonly stop: StopSwitch; readonly emit: Listener; readonly applyDeletions: boolean; readonly pass?: Pass },
): Promise<RunContext> {
  const { limits } = loaded.config;
  return {
    run: randomUUID(), pass: run.pass ?? (await workspace.state.openPass(kind)), vault: workspace.vault, state: workspace.state,
    budget: new ByteBudget(limits.bufferBytes), attempts: limits.attempts, ...run,
  };
}
