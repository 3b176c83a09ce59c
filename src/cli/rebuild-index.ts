import { rename, rm } from "node:fs/promises";
import { SHARED_WORKLOAD } from "../core/item.js";
import type { CommittedChange, StateStore } from "../core/state.js";
import type { BlobPlacement, JournalLine } from "../core/vault.js";
import { lockVault } from "../vault/lock.js";
import { scanVault, type Scanned } from "../vault/rebuild.js";
import { indexFile, openState, type VaultAccess } from "./vault-access.js";

/** Blobs or lines of one transaction. */
const BATCH = 500;

export interface RebuiltCounts {
  readonly owners: number;
  readonly blobs: number;
  /** Record lines. */
  readonly records: number;
  /** Damaged or unknown, and so not in the index. */
  readonly leftOut: number;
}

/**
 * Makes `state.sqlite` from segments and records alone. It appears under its name only when it is whole.
 * @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION, VAULT_LOCKED; the signal's reason.
 */
export async function rebuildIndex(access: VaultAccess, signal: AbortSignal): Promise<RebuiltCounts> {
  const { dir, cipher } = access;
  const unlock = await lockVault(dir);
  const part = `${indexFile(dir)}.part`;
  try {
    await removeDatabase(part);
    const state = await openState(access, { file: part, journal: "delete" });
    let counts: RebuiltCounts;
    try {
      counts = await fill(state, scanVault(dir, cipher), signal);
    } finally {
      await state.close();
    }
    await rename(part, indexFile(dir));
    return counts;
  } finally {
    await removeDatabase(part);
    await unlock();
  }
}

async function fill(state: StateStore, scanned: AsyncIterable<Scanned>, signal: AbortSignal): Promise<RebuiltCounts> {
  const counts = { owners: 0, blobs: 0, records: 0, leftOut: 0 };
  let blobs: BlobPlacement[] = [];
  let lines: Extract<Scanned, { kind: "line" }>[] = [];
  const flush = async (): Promise<void> => {
    if (blobs.length > 0) await state.adopt(blobs);
    await saveLines(state, lines);
    [blobs, lines] = [[], []];
  };
  for await (const found of scanned) {
    signal.throwIfAborted();
    switch (found.kind) {
      case "owner":
        await flush();
        await state.saveOwner(found.owner);
        counts.owners += 1;
        break;
      case "blob":
        blobs.push(found.placement);
        counts.blobs += 1;
        break;
      case "line": {
        const first = lines[0];
        if (first !== undefined && (first.workload !== found.workload || feedOf(first.line) !== feedOf(found.line))) await flush();
        lines.push(found);
        counts.records += 1;
        break;
      }
      case "left-out":
        counts.leftOut += 1;
        break;
      case "length":
        await flush();
        await state.setCommitted(found.file, found.length);
        break;
    }
    if (blobs.length + lines.length >= BATCH) await flush();
  }
  await flush();
  return counts;
}

async function saveLines(state: StateStore, lines: readonly Extract<Scanned, { kind: "line" }>[]): Promise<void> {
  const first = lines[0];
  if (first === undefined) return;
  const unit = { workload: first.workload, owner: first.owner };
  for (const { line } of lines) {
    // Who holds a shared feed is known by where its records stand.
    if (first.workload === SHARED_WORKLOAD && line.kind === "container") await state.claimFeed(unit, line.container.id, line.container);
  }
  const changes = lines.map(({ line, place }): CommittedChange => (line.kind === "item" ? { change: line, place } : { change: line }));
  await state.commitRetry({ ...unit, feed: feedOf(first.line), changes, done: false, flushed: { places: [], placements: [], lengths: {} } });
}

/** Most feeds are called as the container that they list: the next listing then finds what has gone since. */
function feedOf(line: JournalLine): string {
  switch (line.kind) {
    case "item":
      return line.container;
    case "container":
      return line.container.id;
    default:
      return "";
  }
}

async function removeDatabase(file: string): Promise<void> {
  for (const end of ["", "-journal"]) await rm(`${file}${end}`, { force: true });
}
