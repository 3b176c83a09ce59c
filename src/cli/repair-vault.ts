import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { ExodusError } from "../core/errors.js";
import type { StateStore } from "../core/state.js";
import { isThere } from "../vault/disk.js";
import { lockVault } from "../vault/lock.js";
import { repairVault } from "../vault/repair.js";
import type { Output } from "./output.js";
import { rebuildIndex } from "./rebuild-index.js";
import { indexFile, openState, type VaultAccess } from "./vault-access.js";

/** What a repair came to. */
export interface Repaired {
  /** Things put right. */
  readonly repaired: number;
  /** Items that the next pull reads again. */
  readonly toReadAgain: number;
}

/**
 * Repairs a vault and tells each thing that it did. A lost or damaged index is made anew first; a damaged one is kept under another name.
 * @throws as `repairVault` and `rebuildIndex`.
 */
export async function repair(access: VaultAccess, readData: boolean, output: Output, signal: AbortSignal): Promise<Repaired> {
  const counts = { repaired: 0, toReadAgain: 0 };
  const told = (code: string, file: string, message: string): void => {
    counts.repaired += 1;
    output.line(`${output.text.repaired}  [${code}] ${file}: ${message}`);
    output.record({ type: "vault-repair", kind: "repaired", code, file, message });
  };
  const state = await soundIndex(access, told, signal);
  try {
    const owners = new Map((await state.owners()).map(({ id, name }) => [id, name]));
    for await (const done of repairVault(access.dir, { index: state, cipher: access.cipher, readData, signal })) {
      if (done.kind === "repaired") {
        told(done.code, done.file, done.message);
        continue;
      }
      const { key, error } = done;
      counts.toReadAgain += 1;
      output.line(`${output.text.toReadAgain}  [${error.code}] ${owners.get(key.owner) ?? key.owner} ${key.workload} ${key.id}: ${error.describe(output.lang)}`);
      output.record({ type: "vault-repair", kind: "to-read-again", code: error.code, ...key, message: error.describe(output.lang) });
    }
  } finally {
    await state.close();
  }
  output.line(output.text.repairSummary(counts.repaired, counts.toReadAgain));
  output.record({ type: "vault-repair", kind: "summary", ...counts });
  return counts;
}

/** The index, made anew where it is lost or damaged: what is only an index must not stand in the way of what it finds. */
async function soundIndex(access: VaultAccess, told: (code: string, file: string, message: string) => void, signal: AbortSignal): Promise<StateStore> {
  const file = indexFile(access.dir);
  if (await isThere(file)) {
    const state = await openSound(access);
    if (state !== undefined) return state;
    const mark = randomUUID().slice(0, 8);
    const unlock = await lockVault(access.dir);
    try {
      for (const end of ["-wal", "-shm", ""]) if (await isThere(`${file}${end}`)) await rename(`${file}${end}`, `${file}.damaged-${mark}${end}`);
    } finally {
      await unlock();
    }
    told("index", "state.sqlite", `damaged: set aside as state.sqlite.damaged-${mark}`);
  }
  const { owners, blobs, records } = await rebuildIndex(access, signal);
  told("index", "state.sqlite", `made anew from segments and records: ${owners} owners, ${records} records, ${blobs} blobs`);
  return openState(access);
}

async function openSound(access: VaultAccess): Promise<StateStore | undefined> {
  let state: StateStore;
  try {
    state = await openState(access);
  } catch (thrown) {
    if (thrown instanceof ExodusError && thrown.code === "STATE_KEY") return undefined;
    throw thrown;
  }
  if (await state.isSound()) return state;
  await state.close();
  return undefined;
}
