import { rm } from "node:fs/promises";
import path from "node:path";
import type { Owner } from "../core/item.js";
import { isThere, onDisk } from "./disk.js";
import { RECORDS_BYTES, SEGMENT_BYTES, type Sizes } from "./layout.js";
import { lockVault } from "./lock.js";
import { ownerOf } from "./owner-folders.js";
import { ReadHandles } from "./read-handles.js";
import { repairCard } from "./repair-card.js";
import { forgetLost } from "./repair-items.js";
import { forgetBlobs, repairLarge } from "./repair-large.js";
import { repairRecords } from "./repair-records.js";
import { repairSeals } from "./repair-seals.js";
import { repairSegments } from "./repair-segments.js";
import { names, type Mending, type Repairing } from "./repairing.js";
import { sealedFiles, unseal } from "./seal.js";
import { emptyTmp } from "./spill.js";
import { vaultHeader } from "./vault-header.js";

export type { Mending } from "./repairing.js";

export interface RepairOptions extends Pick<Repairing, "index" | "cipher" | "readData" | "signal"> {
  /** Where files are sealed; for tests. */
  readonly sizes?: Sizes;
}

/**
 * Brings the files and the index of a vault together again, whatever of the files is damaged or lost: what the index calls stored can be read
 * afterwards, and the rest is to be read again. Nothing is deleted but unfinished files: damaged bytes go to the owner's folder `damaged`. May be cut
 * off at any point and run again.
 * @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION, VAULT_LOCKED, DISK_FULL, VAULT_IO; the signal's reason.
 */
export async function* repairVault(root: string, options: RepairOptions): AsyncGenerator<Mending> {
  await vaultHeader(root);
  const unlock = await lockVault(root);
  const repairing: Repairing = { sizes: { segment: SEGMENT_BYTES, records: RECORDS_BYTES }, ...options, root, handles: new ReadHandles(root) };
  try {
    yield* removeUnfinished(root);
    const owners = await options.index.owners();
    const folders: { readonly dir: string; readonly owner: Owner }[] = [];
    for (const name of await names(path.join(root, "owners"))) {
      const dir = `owners/${name}`;
      yield* repairCard(repairing, dir, owners);
      const owner = await ownerOf(root, dir, options.cipher);
      if (owner !== undefined) folders.push({ dir, owner });
    }
    for (const { dir, owner } of folders) {
      yield* repairSeals(repairing, dir);
      yield* repairSegments(repairing, dir, owner.id);
      yield* repairLarge(repairing, dir);
    }
    // Before any records file is cut: at the place of a lost record another one may stand later.
    for (const { id } of owners) {
      yield* forgetBlobs(repairing, id);
      yield* forgetLost(repairing, id);
    }
    for (const { dir, owner } of folders) yield* repairRecords(repairing, dir, owner.id);
    yield* forgetFiles(repairing, folders.map(({ dir }) => dir));
  } finally {
    await repairing.handles.close();
    await unlock();
  }
}

/** Unfinished files of a process that was killed: of none of them anything depends. */
async function* removeUnfinished(root: string): AsyncGenerator<Mending> {
  for (const name of await names(path.join(root, "tmp"))) yield { kind: "repaired", code: "unfinished", file: `tmp/${name}`, message: "an unfinished file: removed" };
  await emptyTmp(root);
  for (const dir of ["", ...(await names(path.join(root, "owners"))).map((name) => `owners/${name}`)]) {
    for (const name of await names(path.join(root, dir))) {
      if (!/^\.[0-9a-f-]{36}\.part$/.test(name)) continue;
      const file = path.posix.join(dir, name);
      await onDisk(file, () => rm(path.join(root, file), { force: true }));
      yield { kind: "repaired", code: "unfinished", file, message: "an unfinished file: removed" };
    }
  }
}

/** Files that are not there any more hold nothing: what stood in them was forgotten before. */
async function* forgetFiles({ root, index }: Repairing, dirs: readonly string[]): AsyncGenerator<Mending> {
  for (const dir of dirs) {
    for (const { file } of await sealedFiles(root, dir)) if (!(await isThere(path.join(root, file)))) await unseal(root, dir, file);
  }
  for (const file of await index.committedFiles()) {
    if (await isThere(path.join(root, file))) continue;
    await index.setCommitted(file, undefined);
    yield { kind: "repaired", code: "lost-file", file, message: "is not there any more" };
  }
}
