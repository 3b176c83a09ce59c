import { mkdir, open, readdir, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { BlobIndex, BlobPlacement } from "../core/vault.js";
import { onDisk, readAt, syncFolder } from "./disk.js";
import { DIR_MODE, FILE_MODE, SEGMENT_BYTES, segmentFile } from "./layout.js";
import { isSealed, seal } from "./seal.js";
import { BLOCK, padding, parseTarHeader, tarHeader } from "./tar.js";

/** The open tar segment of one owner: appends small blobs, cuts a torn tail at opening, seals when full. */
export class Segments {
  #handle: FileHandle | undefined;
  #number = 0;
  #end = 0;
  #dirty = false;

  private constructor(private readonly root: string, private readonly dir: string, private readonly owner: string) {}

  /** Finds the last segment, cuts what a crash left half written and gives entries that were never indexed to the index. */
  static async open(root: string, dir: string, owner: string, index: BlobIndex): Promise<Segments> {
    const segments = new Segments(root, dir, owner);
    await mkdir(path.join(root, dir, "segments"), { recursive: true, mode: DIR_MODE });
    const numbers = (await readdir(path.join(root, dir, "segments"))).map((name) => parseInt(name, 10)).filter((number) => !Number.isNaN(number));
    segments.#number = Math.max(0, ...numbers);
    if (segments.#number === 0 || (await isSealed(root, dir, segmentFile(dir, segments.#number)))) segments.#number += 1;
    await segments.#resume(index);
    return segments;
  }

  get file(): string {
    return segmentFile(this.dir, this.#number);
  }

  /** One write per blob; on disk only after `sync`. */
  async append(sha256: string, extension: string, chunks: readonly Uint8Array[], size: number): Promise<BlobPlacement> {
    const handle = await this.#open();
    const file = this.file;
    const offset = this.#end + BLOCK;
    const length = BLOCK + size + padding(size);
    await onDisk(file, () => writeAll(handle, [tarHeader(`${sha256}${extension}`, size), ...chunks, Buffer.alloc(padding(size))], this.#end));
    this.#end += length;
    this.#dirty = true;
    return { owner: this.owner, sha256, extension, size, file, offset };
  }

  /** Forces what was appended to the disk, then seals the segment when it is full. */
  async sync(): Promise<void> {
    if (this.#handle === undefined || !this.#dirty) return;
    const handle = this.#handle;
    await onDisk(this.file, () => handle.sync());
    this.#dirty = false;
    if (this.#end >= SEGMENT_BYTES) await this.#seal();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    const file = path.join(this.root, this.file);
    await (await onDisk(file, () => open(file, "a", FILE_MODE))).close();
    const handle = await open(file, "r+");
    await syncFolder(path.dirname(file));
    this.#handle = handle;
    return handle;
  }

  /** A tar archive ends with two zero blocks; after it nothing is appended any more. */
  async #seal(): Promise<void> {
    const handle = await this.#open();
    await onDisk(this.file, () => writeAll(handle, [Buffer.alloc(2 * BLOCK)], this.#end));
    await onDisk(this.file, () => handle.sync());
    await this.close();
    await seal(this.root, this.dir, this.file);
    this.#number += 1;
    this.#end = 0;
  }

  async #resume(index: BlobIndex): Promise<void> {
    const file = path.join(this.root, this.file);
    const handle = await open(file, "r+").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return undefined;
      throw cause;
    });
    if (handle === undefined) return;
    this.#handle = handle;
    const { size } = await handle.stat();
    let adopted: BlobPlacement[] = [];
    for (;;) {
      const entry = parseTarHeader(await readAt(handle, this.#end, BLOCK));
      const next = entry === undefined ? Infinity : this.#end + BLOCK + entry.size + padding(entry.size);
      if (entry === undefined || next > size) break;
      adopted.push({ owner: this.owner, ...splitName(entry.name), size: entry.size, file: this.file, offset: this.#end + BLOCK });
      this.#end = next;
      if (adopted.length >= 1_000) {
        await index.adopt(adopted);
        adopted = [];
      }
    }
    await index.adopt(adopted);
    if (this.#end < size) await handle.truncate(this.#end);
  }
}

/** "<sha256><.ext>" of a blob's file or tar entry. */
export function splitName(name: string): { sha256: string; extension: string } {
  return { sha256: name.slice(0, 64), extension: name.slice(64) };
}

async function writeAll(handle: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<void> {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  const { bytesWritten } = await handle.writev(buffers.filter((buffer) => buffer.length > 0), position);
  // A short write happens only near a full disk: the rest is written plainly, so that the error shows.
  if (bytesWritten < total) {
    const rest = Buffer.concat(buffers).subarray(bytesWritten);
    await handle.write(rest, 0, rest.length, position + bytesWritten);
  }
}
