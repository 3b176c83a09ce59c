import { randomUUID } from "node:crypto";
import { mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { RateGovernor } from "../core/governor.js";
import type { PassKind, StateStore } from "../core/state.js";
import type { VaultPort } from "../core/vault.js";
import type { LoadedConfig } from "../config/load.js";
import { ByteBudget } from "../engine/budget.js";
import type { RunContext } from "../engine/context.js";
import type { Listener } from "../engine/events.js";
import type { StopSwitch } from "../engine/stop.js";
import { openStateStore } from "../state/store.js";
import { createVault, openVault, vaultHeader } from "../vault/vault.js";

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

/** Index, resume points and ledger of the vault in `dir`. */
export function indexFile(dir: string): string {
  return path.join(dir, "state.sqlite");
}

export function vaultDir({ config, baseDir }: LoadedConfig): string {
  return path.resolve(baseDir, config.vault);
}

export async function vaultExists(loaded: LoadedConfig): Promise<boolean> {
  return present(path.join(vaultDir(loaded), "exodus-vault.json"));
}

async function present(file: string): Promise<boolean> {
  return stat(file).then(() => true, () => false);
}

/** Opens the vault for writing, making it at the first run. @throws ExodusError VAULT_LOCKED, VAULT_VERSION, STATE_VERSION, VAULT_INDEX_MISSING. */
export async function openWorkspace(loaded: LoadedConfig): Promise<Workspace> {
  const dir = vaultDir(loaded);
  if (!(await vaultExists(loaded))) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await createVault(dir);
  }
  // With records and an empty index, a run would read everything again and set the records aside.
  if (!(await present(indexFile(dir))) && (await readdir(path.join(dir, "owners")).catch(() => [])).length > 0) throw new ExodusError("VAULT_INDEX_MISSING", { params: { dir } });
  let state: StateStore | undefined;
  const vault = await openVault(dir, { index: async () => (state = await openStateStore(indexFile(dir))) });
  if (state === undefined) throw new ExodusError("INTERNAL", { params: { message: "no state" } });
  return { vaultId: vault.id, vault, state, close: () => vault.close() };
}

/** Opens only the ledger, to look at it while a run goes on. */
export async function openLedger(loaded: LoadedConfig): Promise<Ledger> {
  const dir = vaultDir(loaded);
  const { id } = await vaultHeader(dir);
  const state = await openStateStore(indexFile(dir));
  return { vaultId: id, state, close: () => state.close() };
}

/** Everything that the stages of a run share. */
export async function runContext(
  loaded: LoadedConfig, workspace: Workspace, kind: PassKind,
  run: { readonly governor: RateGovernor; readonly stop: StopSwitch; readonly emit: Listener; readonly applyDeletions: boolean },
): Promise<RunContext> {
  const { limits } = loaded.config;
  return {
    run: randomUUID(), pass: await workspace.state.openPass(kind), vault: workspace.vault, state: workspace.state,
    budget: new ByteBudget(limits.bufferBytes), attempts: limits.attempts, ...run,
  };
}
