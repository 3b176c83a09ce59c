import { randomUUID } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
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

export function vaultDir({ config, baseDir }: LoadedConfig): string {
  return path.resolve(baseDir, config.vault);
}

export async function vaultExists(loaded: LoadedConfig): Promise<boolean> {
  return stat(path.join(vaultDir(loaded), "exodus-vault.json")).then(() => true, () => false);
}

/** Opens the vault for writing, making it at the first run. @throws ExodusError VAULT_LOCKED, VAULT_VERSION, STATE_VERSION. */
export async function openWorkspace(loaded: LoadedConfig): Promise<Workspace> {
  const dir = vaultDir(loaded);
  if (!(await vaultExists(loaded))) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await createVault(dir);
  }
  let state: StateStore | undefined;
  const vault = await openVault(dir, { index: async () => (state = await openStateStore(path.join(dir, "state.sqlite"))) });
  if (state === undefined) throw new ExodusError("INTERNAL", { params: { message: "no state" } });
  return { vaultId: vault.id, vault, state, close: () => vault.close() };
}

/** Opens only the ledger, to look at it while a run goes on. */
export async function openLedger(loaded: LoadedConfig): Promise<Ledger> {
  const dir = vaultDir(loaded);
  const { id } = await vaultHeader(dir);
  const state = await openStateStore(path.join(dir, "state.sqlite"));
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
