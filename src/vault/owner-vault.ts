import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, unlink, writeFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { BlobRef, Owner, Sha256, WorkloadName } from "../core/item.js";
import type { BlobIndex, BlobPlacement, Flushed, JournalLine, OwnerVault, RecordPlace } from "../core/vault.js";
import { onDisk, readAt, syncFolder } from "./disk.js";
import { DIR_MODE, FILE_MODE, largeFile, ownerDir, SMALL_BLOB } from "./layout.js";
import { RecordsFile } from "./records.js";
import { Segments } from "./segments.js";
import { serial } from "./serial.js";

/** Placements remembered after their commit, until the index surely has them. */
const RECENT = 4_096;
const READ_CHUNK = 256 * 1024;

/** Opens one owner's part of the vault for reading and appending. `tmp` is the vault's folder for unfinished files. */
export async function openOwnerVault(root: string, owner: Owner, index: BlobIndex): Promise<OwnerVault & { close(): Promise<void> }> {
  const dir = ownerDir(owner);
  await mkdir(path.join(root, dir, "large"), { recursive: true, mode: DIR_MODE });
  await writeFile(path.join(root, dir, "owner.json"), `${JSON.stringify(owner)}\n`, { mode: FILE_MODE });
  const segments = await Segments.open(root, dir, owner.id, index);
  return new OpenOwner(root, dir, owner.id, index, segments);
}

class OpenOwner implements OwnerVault {
  readonly #inOrder = serial();
  readonly #records = new Map<WorkloadName, RecordsFile>();
  #pending = new Map<string, BlobPlacement>();
  readonly #recent = new Map<string, BlobPlacement>();
  #largeAdded = false;

  constructor(
    private readonly root: string, private readonly dir: string, private readonly owner: string, private readonly index: BlobIndex, private readonly segments: Segments,
  ) {}

  async write(bytes: AsyncIterable<Uint8Array>, extension: string): Promise<BlobRef> {
    const hash = createHash("sha256");
    let chunks: Uint8Array[] = [];
    let size = 0;
    let spill: { readonly file: string; readonly handle: FileHandle } | undefined;
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        size += chunk.length;
        if (spill === undefined && size > SMALL_BLOB) {
          spill = await this.#spill(chunks);
          chunks = [];
        }
        if (spill === undefined) chunks.push(chunk);
        else await writeChunk(spill.handle, chunk, spill.file);
      }
    } catch (thrown) {
      if (spill !== undefined) await drop(spill);
      throw thrown;
    }
    const sha256 = hash.digest("hex") as Sha256;
    await (spill === undefined ? this.#keepSmall(sha256, extension, chunks, size) : this.#keepLarge(spill, sha256, extension, size));
    return { sha256, size, extension };
  }

  async commit(workload: WorkloadName, lines: readonly JournalLine[]): Promise<Flushed> {
    return this.#inOrder(async () => {
      await this.segments.sync();
      if (this.#largeAdded) await syncFolder(path.join(this.root, this.dir, "large"));
      this.#largeAdded = false;
      const placements = [...this.#pending.values()];
      const records = await this.#recordsOf(workload);
      const { places, file, length } = await records.append(lines);
      for (const [sha256, placement] of this.#pending) this.#recent.set(sha256, placement);
      for (const oldest of [...this.#recent.keys()].slice(0, Math.max(0, this.#recent.size - RECENT))) this.#recent.delete(oldest);
      this.#pending = new Map();
      return { places, placements, lengths: { [file]: length } };
    });
  }

  async read(place: RecordPlace): Promise<JournalLine> {
    const handle = await open(path.join(this.root, place.file), "r");
    try {
      return JSON.parse((await readAt(handle, place.offset, place.length)).toString("utf8")) as JournalLine;
    } catch (cause) {
      throw new ExodusError("VAULT_RECORD_TORN", { params: { file: place.file, offset: place.offset }, cause });
    } finally {
      await handle.close();
    }
  }

  async *open(blob: BlobRef): AsyncIterable<Uint8Array> {
    const placement = await this.#find(blob.sha256);
    if (placement === undefined) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256: blob.sha256 } });
    if (placement.size === 0) return;
    yield* createReadStream(path.join(this.root, placement.file), {
      start: placement.offset, end: placement.offset + placement.size - 1, highWaterMark: READ_CHUNK,
    }) as AsyncIterable<Uint8Array>;
  }

  async close(): Promise<void> {
    await this.#inOrder(async () => {
      await this.segments.close();
      for (const records of this.#records.values()) await records.close();
    });
  }

  async #find(sha256: string): Promise<BlobPlacement | undefined> {
    return this.#pending.get(sha256) ?? this.#recent.get(sha256) ?? (await this.index.find(this.owner, sha256));
  }

  async #keepSmall(sha256: string, extension: string, chunks: readonly Uint8Array[], size: number): Promise<void> {
    if ((await this.#find(sha256)) !== undefined) return;
    await this.#inOrder(async () => {
      // The same bytes may have been appended while this call waited for its turn.
      if (this.#pending.has(sha256) || this.#recent.has(sha256)) return;
      this.#pending.set(sha256, await this.segments.append(sha256, extension, chunks, size));
    });
  }

  async #keepLarge(spill: { readonly file: string; readonly handle: FileHandle }, sha256: string, extension: string, size: number): Promise<void> {
    if ((await this.#find(sha256)) !== undefined) return drop(spill);
    const file = largeFile(this.dir, sha256, extension);
    await onDisk(file, () => spill.handle.sync());
    await spill.handle.close();
    await rename(spill.file, path.join(this.root, file));
    this.#largeAdded = true;
    this.#pending.set(sha256, { owner: this.owner, sha256, extension, size, file, offset: 0 });
  }

  async #spill(chunks: readonly Uint8Array[]): Promise<{ file: string; handle: FileHandle }> {
    const file = path.join(this.root, "tmp", randomUUID());
    const handle = await onDisk(file, () => open(file, "wx", FILE_MODE));
    for (const chunk of chunks) await writeChunk(handle, chunk, file);
    return { file, handle };
  }

  async #recordsOf(workload: WorkloadName): Promise<RecordsFile> {
    const known = this.#records.get(workload);
    if (known !== undefined) return known;
    const records = await RecordsFile.open(this.root, this.dir, workload, this.index);
    this.#records.set(workload, records);
    return records;
  }
}

async function writeChunk(handle: FileHandle, chunk: Uint8Array, file: string): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    written += (await onDisk(file, () => handle.write(chunk, written, chunk.length - written))).bytesWritten;
  }
}

async function drop(spill: { readonly file: string; readonly handle: FileHandle }): Promise<void> {
  await spill.handle.close();
  await unlink(spill.file);
}
