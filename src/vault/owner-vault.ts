import { createHash } from "node:crypto";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import type { BlobRef, Sha256, WorkloadName } from "../core/item.js";
import type { BlobPlacement, Flushed, JournalLine, OwnerVault, RecordPlace } from "../core/vault.js";
import { ensureFolder, syncFolder, onDisk } from "./disk.js";
import { ENCRYPTED_EXTENSION, EXTENSION, largeFile, SMALL_BLOB, type Sizes } from "./layout.js";
import { openBlob, readRecord } from "./read.js";
import type { ReadHandles } from "./read-handles.js";
import { Records, type Appended } from "./records.js";
import { Segments, type OwnerPlace } from "./segments.js";
import { serial } from "../lib/serial.js";
import { Spill } from "./spill.js";

/** Placements answered by a commit, until the index is seen to hold that commit. */
interface Answered {
  readonly file: string;
  readonly length: number;
  readonly placements: ReadonlyMap<string, BlobPlacement>;
}

/** A small blob on its way into a segment. */
interface Small {
  readonly blob: BlobRef;
  readonly chunks: readonly Uint8Array[];
  /** Set as soon as its turn has come, by whichever of those that wait together was first. */
  kept: Promise<void> | undefined;
}

/** Lines on their way into a records file. */
interface Batch {
  readonly workload: WorkloadName;
  readonly lines: readonly JournalLine[];
  /** Set as soon as its turn has come, as with a small blob. */
  flushed: Promise<Flushed> | undefined;
}

interface Failed {
  readonly thrown: unknown;
}

/** One owner's part of the vault, open for reading and appending. Recovers from a crash at its first write. */
export class OpenOwner implements OwnerVault {
  readonly #inOrder = serial();
  readonly #records = new Map<WorkloadName, Records>();
  #segments: Promise<Segments> | undefined;
  #pending = new Map<string, BlobPlacement>();
  #answered: Answered[] = [];
  #largeAdded = false;
  #waiting: Small[] = [];
  #committing: Batch[] = [];

  constructor(private readonly place: OwnerPlace, private readonly handles: ReadHandles, private readonly sizes: Sizes) {}

  async write(bytes: AsyncIterable<Uint8Array>, extension: string): Promise<BlobRef> {
    if (!EXTENSION.test(extension)) throw new ExodusError("INTERNAL", { params: { message: `"${extension}" cannot end a blob's name` } });
    const hash = createHash("sha256");
    let chunks: Uint8Array[] = [];
    let size = 0;
    let spill: Spill | undefined;
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        size += chunk.length;
        chunks.push(chunk);
        if (size <= SMALL_BLOB) continue;
        spill ??= await Spill.create(this.place.root, this.place.cipher);
        for (const held of chunks) await spill.write(held);
        chunks = [];
      }
    } catch (thrown) {
      await spill?.drop();
      throw thrown;
    }
    const blob = { sha256: hash.digest("hex") as Sha256, size, extension };
    await (spill === undefined ? this.#keepSmall(blob, chunks) : this.#keepLarge(blob, spill));
    return blob;
  }

  /** Batches that come while others are being committed are committed together: they share what forces them to the disk. */
  async commit(workload: WorkloadName, lines: readonly JournalLine[]): Promise<Flushed> {
    const batch: Batch = { workload, lines, flushed: undefined };
    this.#committing.push(batch);
    return this.#inOrder(async () => {
      if (batch.flushed === undefined) {
        const together = this.#committing.splice(0);
        const flushed = this.#commitTogether(together);
        for (const one of together) one.flushed = flushed.then((all) => given(all.get(one)));
      }
      return given(await batch.flushed);
    });
  }

  async read(place: RecordPlace): Promise<JournalLine> {
    return readRecord(this.handles, place, this.place.cipher);
  }

  async *open(blob: BlobRef): AsyncIterable<Uint8Array> {
    if (this.#pending.has(blob.sha256)) await this.#inOrder(async () => (await this.#recovered()).flush());
    yield* openBlob(this.handles, blob.sha256, await this.#find(blob.sha256), this.place.cipher);
  }

  async close(): Promise<void> {
    await this.#inOrder(async () => {
      await (await this.#segments?.catch(() => undefined))?.close();
      for (const records of this.#records.values()) await records.close();
    });
  }

  async #commitTogether(batches: readonly Batch[]): Promise<ReadonlyMap<Batch, Flushed | Failed>> {
    const segments = await this.#recovered();
    await this.#forgetKnown();
    await segments.sealKnown();
    const ends = Object.fromEntries(await segments.sync());
    if (this.#largeAdded) await onDisk(this.place.dir, () => syncFolder(path.join(this.place.root, this.place.dir, "large")));
    this.#largeAdded = false;
    const written = await this.#appendLines(batches);
    // Each answers for all blobs, since nobody knows whose transaction comes first: whichever it is, the index has them then.
    const placements = [...this.#answered.flatMap((answered) => [...answered.placements.values()]), ...this.#pending.values()];
    const first = [...written.values()].find((one) => "file" in one);
    // Nothing will tell whether the index took a batch without lines: its placements are answered again with the next.
    if (first !== undefined) {
      if (this.#pending.size > 0) this.#answered.push({ file: first.file, length: first.length, placements: this.#pending });
      this.#pending = new Map();
    }
    return new Map(batches.map((batch) => {
      const own = written.get(batch);
      if (own === undefined) return [batch, { places: [], placements, lengths: ends }];
      return [batch, "thrown" in own ? own : { places: own.places, placements, lengths: { ...ends, [own.file]: own.length } }];
    }));
  }

  /** The lines of each workload's batches in one go; what fails, fails for that workload alone. */
  async #appendLines(batches: readonly Batch[]): Promise<ReadonlyMap<Batch, Appended | Failed>> {
    const written = new Map<Batch, Appended | Failed>();
    for (const [workload, some] of byWorkload(batches)) {
      try {
        const { file, places } = await (await this.#recordsOf(workload)).append(some.flatMap(({ lines }) => lines));
        let taken = 0;
        for (const batch of some) {
          const own = places.slice(taken, taken + batch.lines.length);
          taken += own.length;
          written.set(batch, { file, places: own, length: own.reduce((end, place) => Math.max(end, place.offset + place.length), 0) });
        }
      } catch (thrown) {
        for (const batch of some) written.set(batch, { thrown });
      }
    }
    return written;
  }

  /** Placed in this use of the vault; the index may not know. */
  #isFresh(sha256: string): boolean {
    return this.#pending.has(sha256) || this.#answered.some(({ placements }) => placements.has(sha256));
  }

  async #find(sha256: string): Promise<BlobPlacement | undefined> {
    const answered = this.#answered.find(({ placements }) => placements.has(sha256));
    return this.#pending.get(sha256) ?? answered?.placements.get(sha256) ?? (await this.place.index.find(this.place.owner, sha256));
  }

  /** Blobs that come while others are being kept are kept together: the index is asked once for all of them. */
  async #keepSmall(blob: BlobRef, chunks: readonly Uint8Array[]): Promise<void> {
    const small: Small = { blob, chunks, kept: undefined };
    this.#waiting.push(small);
    await this.#inOrder(async () => {
      if (small.kept === undefined) {
        const together = this.#waiting.splice(0);
        const kept = this.#keepTogether(together);
        for (const one of together) one.kept = kept;
      }
      await small.kept;
    });
  }

  async #keepTogether(waiting: readonly Small[]): Promise<void> {
    const segments = await this.#recovered();
    const unknown = waiting.map(({ blob }) => blob.sha256).filter((sha256) => !this.#isFresh(sha256));
    const known = new Set((await this.place.index.findAll(this.place.owner, unknown)).map(({ sha256 }) => sha256));
    for (const { blob: { sha256, extension, size }, chunks } of waiting) {
      if (!known.has(sha256) && !this.#isFresh(sha256)) this.#pending.set(sha256, await segments.append(sha256, extension, chunks, size));
    }
  }

  async #keepLarge({ sha256, extension, size }: BlobRef, spill: Spill): Promise<void> {
    if ((await this.#find(sha256)) !== undefined) return spill.drop();
    // The long wait for the disk happens outside the queue.
    const kept = await spill.finish();
    await this.#inOrder(async () => {
      const file = kept === undefined ? largeFile(this.place.dir, sha256, extension) : largeFile(this.place.dir, kept, ENCRYPTED_EXTENSION);
      await ensureFolder(this.place.root, `${this.place.dir}/large`);
      await spill.rename(this.place.root, file);
      this.#largeAdded = true;
      if ((await this.#find(sha256)) === undefined) this.#pending.set(sha256, { owner: this.place.owner, sha256, extension, size, file, offset: 0 });
    });
  }

  /**
   * Drops answered placements once the index holds their commit. Blobs of several workloads share the segments, so a commit answers for all; if
   * its transaction fails, the placements must come again with the next one or another workload's record would name a blob that no index knows.
   */
  async #forgetKnown(): Promise<void> {
    const open: Answered[] = [];
    for (const answered of this.#answered) {
      if (((await this.place.index.committedLength(answered.file)) ?? 0) < answered.length) open.push(answered);
    }
    this.#answered = open;
  }

  #recovered(): Promise<Segments> {
    return (this.#segments ??= onDisk(this.place.dir, () => Segments.open(this.place, this.sizes.segment)));
  }

  async #recordsOf(workload: WorkloadName): Promise<Records> {
    const records = this.#records.get(workload) ?? (await onDisk(this.place.dir, () => Records.open(this.place, workload, this.sizes.records)));
    this.#records.set(workload, records);
    return records;
  }
}

function byWorkload(batches: readonly Batch[]): ReadonlyMap<WorkloadName, readonly Batch[]> {
  const groups = new Map<WorkloadName, Batch[]>();
  for (const batch of batches) if (batch.lines.length > 0) groups.set(batch.workload, [...(groups.get(batch.workload) ?? []), batch]);
  return groups;
}

function given(outcome: Flushed | Failed | undefined): Flushed {
  if (outcome === undefined) throw new ExodusError("INTERNAL", { params: { message: "a batch was not committed" } });
  if ("thrown" in outcome) throw outcome.thrown;
  return outcome;
}
