import { open, readdir } from "node:fs/promises";
import path from "node:path";
import type { BlobIndex, BlobPlacement } from "../core/vault.js";
import { AppendFile } from "./append-file.js";
import type { Cipher } from "./cipher.js";
import { clearBlob, keptEntry } from "./kept-blob.js";
import { ensureFolder } from "./disk.js";
import { MOST_ENTRY, segmentFile, segmentNumber } from "./layout.js";
import { readTar } from "./read-tar.js";
import { freeNumber } from "./free-number.js";
import { seal, sealedNames } from "./seal.js";
import { BLOCK, padding, TAR_END } from "./tar.js";

const ADOPT = 1_000;
/** At most this is left of the entry that a killed process was writing. Bytes. */
export const TORN_ENTRY = MOST_ENTRY + 2 * BLOCK;

/** Where an owner's blobs go. */
export interface OwnerPlace {
  readonly root: string;
  /** Folder of the owner, relative to the vault. */
  readonly dir: string;
  readonly owner: string;
  readonly index: BlobIndex;
  readonly cipher?: Cipher | undefined;
  /** Told before the bytes of a file from `from` on are cut: a repair keeps them. */
  readonly beforeCut?: (file: string, from: number) => Promise<void>;
}

/** A segment that takes no more entries and is not sealed yet. */
interface FullSegment {
  readonly file: string;
  /** Where its entries end: sealed when the index knows everything before. */
  readonly entries: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The tar segments of one owner. One is open and grows; a full one is closed by its zero blocks at once and sealed when the index surely holds
 * its entries: until then it is looked through at opening. Not safe for concurrent calls: the owner serialises them.
 */
export class Segments {
  #open: AppendFile | undefined;
  #full: FullSegment[] = [];
  #touched = new Map<string, number>();

  private constructor(private readonly place: OwnerPlace, private readonly limit: number, private number: number) {}

  /**
   * Looks through the segments that are not sealed: cuts what a crash left half written, gives whole entries that were never indexed to the index.
   * `damaged` ones are left as they are.
   */
  static async open(place: OwnerPlace, limit: number, damaged: ReadonlySet<string> = new Set()): Promise<Segments> {
    await ensureFolder(place.root, `${place.dir}/segments`);
    const sealed = await sealedNames(place.root, place.dir);
    const numbers = (await readdir(path.join(place.root, place.dir, "segments"))).flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
    const last = numbers.at(-1) ?? 0;
    const next = await freeNumber(place.index, last + 1, (number) => segmentFile(place.dir, number));
    const segments = new Segments(place, limit, next);
    for (const number of numbers) {
      const file = segmentFile(place.dir, number);
      const resumed = sealed.has(file) || damaged.has(file) ? undefined : await recover(place, file);
      if (resumed === undefined) segments.number = next;
      else {
        segments.#open = resumed;
        segments.number = number;
        if (number !== last) await segments.#close();
      }
    }
    await segments.sealKnown();
    return segments;
  }

  /** In the file after `flush`, on the disk only after `sync`. */
  async append(sha256: string, extension: string, chunks: readonly Uint8Array[], size: number): Promise<BlobPlacement> {
    const entry = await keptEntry(this.place.cipher, sha256, extension, chunks, size);
    if (this.#open !== undefined && this.#open.end >= this.limit) await this.#close();
    const segment = (this.#open ??= await AppendFile.open(this.place.root, segmentFile(this.place.dir, this.number), 0, false));
    const offset = segment.end + BLOCK;
    await segment.append(...entry);
    this.#touched.set(segment.file, segment.end);
    return { owner: this.place.owner, sha256, extension, size, file: segment.file, offset };
  }

  /** What was appended can be read from the file. */
  async flush(): Promise<void> {
    await this.#open?.flush();
  }

  /** Forces what was appended to the disk. Answers where the entries of each segment appended to since the last call, or not sealed yet, end. */
  async sync(): Promise<ReadonlyMap<string, number>> {
    await this.#open?.sync();
    const ends = new Map([...this.#touched, ...this.#full.map(({ file, entries }) => [file, entries] as const)]);
    this.#touched = new Map();
    return ends;
  }

  /** Seals the full segments whose entries the index holds. */
  async sealKnown(): Promise<void> {
    for (const segment of this.#full) {
      if (((await this.place.index.committedLength(segment.file)) ?? 0) < segment.entries) continue;
      await seal(this.place.root, this.place.dir, { file: segment.file, bytes: segment.bytes, sha256: segment.sha256 });
      this.#full = this.#full.filter((other) => other !== segment);
    }
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  /** A tar archive ends with two zero blocks; after them nothing is appended any more. */
  async #close(): Promise<void> {
    const segment = this.#open;
    if (segment === undefined) return;
    const entries = segment.end;
    await segment.append(TAR_END);
    await segment.sync();
    this.#full.push({ file: segment.file, entries, bytes: segment.end, sha256: await segment.sha256() });
    await this.close();
    this.number += 1;
  }
}

/**
 * The segment, cut after its last whole entry; undefined when it is damaged (shorter than the index knows, for one): left alone for `check`.
 * Up to the committed length everything is indexed and was synced. Behind it an entry counts only if its bytes have the hash of its name: after
 * a power cut a header may stand before a body that never reached the disk.
 */
async function recover(place: OwnerPlace, file: string): Promise<AppendFile | undefined> {
  const known = await place.index.committedLength(file);
  const committed = known ?? 0;
  const handle = await open(path.join(place.root, file), "r+");
  let end = committed;
  let [cut, ended] = [false, false];
  try {
    const { size } = await handle.stat();
    if (size < committed) return undefined;
    // A process that was killed may have left its last entries in memory only, and the index is about to rely on them.
    await handle.sync();
    let found: BlobPlacement[] = [];
    for (const piece of readTar(handle.fd, committed, { bodies: true })) {
      if (piece.kind === "end") {
        ended = piece.ended;
        break;
      }
      const blob = await clearBlob(place.cipher, piece.name, piece.body);
      if (blob === undefined) break;
      end = piece.offset + piece.size + padding(piece.size);
      found.push({ owner: place.owner, ...blob, file, offset: piece.offset });
      if (found.length < ADOPT) continue;
      await place.index.adopt(found);
      found = [];
    }
    if (found.length > 0) await place.index.adopt(found);
    // Without a committed length the index may have been lost: then damage in the middle must not cost what stands behind it.
    if (known === undefined && size - end > TORN_ENTRY) return undefined;
    cut = size > end && !ended;
  } finally {
    await handle.close();
  }
  if (cut) await place.beforeCut?.(file, end);
  return AppendFile.open(place.root, file, end, false);
}
