import { randomUUID } from "node:crypto";
import { copyFile, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { BlobRef, Owner } from "../core/item.js";
import type { MovedRecord } from "../core/copying.js";
import type { StateStore } from "../core/state.js";
import type { JournalLine, OwnerVault } from "../core/vault.js";
import { ifPresent, isThere, onDisk, syncFolder } from "../vault/disk.js";
import { ERASURES_FILE } from "../vault/erasures.js";
import { lockVault } from "../vault/lock.js";
import { ownersIn } from "../vault/owner-folders.js";
import { scanOwnerLines, type ScannedLine } from "../vault/rebuild.js";
import { createVault, openVault } from "../vault/vault.js";
import { openState, vaultAccess, type VaultAccess } from "./vault-access.js";

/** Lines that are committed together. */
const BATCH = 200;

export interface CopyOptions {
  /** age recipients of the copy; none: it is plain. */
  readonly recipients: readonly string[];
  /** Opens the copy, where it is encrypted. */
  readonly identity: string | undefined;
  readonly signal: AbortSignal;
  readonly onRecord: () => void;
}

export interface CopiedCounts {
  readonly owners: number;
  /** Record lines, former ones included. */
  readonly records: number;
  /** Blobs that only former records name, and that are lost already. */
  readonly lost: number;
}

/**
 * Writes a vault anew into another folder, for other recipients: every line, every blob that a line names, and all that the index knows, so that runs go
 * on from the copy. The vault keeps its identifier, by which targets know what they took. The copy gets its name when it is whole; the vault is only read.
 * @throws ExodusError VAULT_EXISTS, VAULT_LOCKED, VAULT_RECIPIENT, VAULT_IDENTITY_WRONG; VAULT_RECORD_TORN, VAULT_BLOB_MISSING, VAULT_BLOB_DAMAGED where the vault must be
 * repaired first; the signal's reason.
 */
export async function copyVault(from: VaultAccess, index: () => Promise<StateStore>, to: string, options: CopyOptions): Promise<CopiedCounts> {
  if ((await ifPresent(readdir(to), [])).length > 0) throw new ExodusError("VAULT_EXISTS", { params: { dir: to } });
  const unlock = await lockVault(from.dir);
  const part = `${to}.part-${randomUUID().slice(0, 8)}`;
  try {
    await createVault(part, { recipients: options.recipients, identity: options.identity }, from.id);
    const counts = await fill(from, await index(), part, options);
    if (await isThere(path.join(from.dir, ERASURES_FILE))) await onDisk(ERASURES_FILE, () => copyFile(path.join(from.dir, ERASURES_FILE), path.join(part, ERASURES_FILE)));
    await onDisk(to, async () => {
      await syncFolder(part);
      await rename(part, to);
      await syncFolder(path.dirname(to));
    });
    return counts;
  } finally {
    await rm(part, { recursive: true, force: true });
    await unlock();
  }
}

async function fill(from: VaultAccess, there: StateStore, part: string, options: CopyOptions): Promise<CopiedCounts> {
  const source = await openVault(from.dir, { readOnly: true, cipher: from.cipher, index: () => Promise.resolve(there) });
  try {
    const access = await vaultAccess(part, () => Promise.resolve(options.identity));
    const here = await openState(access, { journal: "delete" });
    const target = await openVault(part, { cipher: access.cipher, index: () => Promise.resolve(here) });
    try {
      for await (const rows of there.keptRows()) await here.takeRows(rows);
      const counts = { owners: 0, records: 0, lost: 0 };
      const folders = (await readdir(path.join(from.dir, "owners"))).sort();
      for (const owner of await ownersIn(from.dir, from.cipher)) {
        const [reading, writing] = [await source.owner(owner), await target.owner(owner)];
        const copying = new OwnerCopy(owner, { there, here, reading, writing }, options);
        for await (const line of scanOwnerLines(from.dir, owner, folders, there, from.cipher)) await copying.add(line);
        await copying.flush();
        await writing.close();
        await reading.close();
        counts.owners += 1;
        counts.records += copying.records;
        counts.lost += copying.lost;
      }
      const unmoved = await here.unmovedRecord();
      if (unmoved !== undefined) throw new ExodusError("VAULT_RECORD_TORN", { params: { file: unmoved, offset: 0 } });
      return counts;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

interface Sides {
  readonly there: StateStore;
  readonly here: StateStore;
  readonly reading: OwnerVault;
  readonly writing: OwnerVault;
}

/** Lines of one owner on their way, in their order. */
class OwnerCopy {
  records = 0;
  readonly #lost = new Set<string>();
  #lines: ScannedLine[] = [];

  constructor(private readonly owner: Owner, private readonly sides: Sides, private readonly options: CopyOptions) {}

  get lost(): number {
    return this.#lost.size;
  }

  async add(scanned: ScannedLine): Promise<void> {
    this.options.signal.throwIfAborted();
    if (this.#lines[0] !== undefined && this.#lines[0].workload !== scanned.workload) await this.flush();
    for (const blob of blobsOf(scanned.line)) await this.#blob(blob, scanned);
    this.#lines.push(scanned);
    this.records += 1;
    this.options.onRecord();
    if (this.#lines.length >= BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    const lines = this.#lines;
    const [first] = lines;
    if (first === undefined) return;
    this.#lines = [];
    const { here, writing } = this.sides;
    const { places, placements, lengths } = await writing.commit(first.workload, lines.map(({ line }) => line));
    await here.adopt(placements);
    for (const [file, length] of Object.entries(lengths)) await here.setCommitted(file, length);
    await here.moveRecords(lines.flatMap(({ line, place: from }, position): readonly MovedRecord[] => {
      const to = places[position];
      return line.kind === "item" && to !== undefined ? [{ key: line.key, from, to }] : [];
    }));
  }

  async #blob(blob: BlobRef, { line, place }: ScannedLine): Promise<void> {
    const { there, here, reading, writing } = this.sides;
    if ((await here.find(this.owner.id, blob.sha256)) !== undefined) return;
    try {
      await writing.write(reading.open(blob), blob.extension);
    } catch (thrown) {
      const gone = thrown instanceof ExodusError && (thrown.code === "VAULT_BLOB_MISSING" || thrown.code === "VAULT_BLOB_DAMAGED");
      if (!gone || (line.kind === "item" && (await there.relies(line.key, place)))) throw thrown;
      this.#lost.add(blob.sha256);
    }
  }
}

function blobsOf(line: JournalLine): readonly BlobRef[] {
  return line.kind === "item" ? [...(line.body === undefined ? [] : [line.body]), ...line.parts] : [];
}
