import { createHash, type Hash } from "node:crypto";
import { constants, open, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { onDisk, syncFolder, writeAll } from "./disk.js";
import { hashFile } from "./hash-file.js";
import { FILE_MODE } from "./layout.js";

/** Bytes and pieces held back so that many small ones cost one write. A system takes no more than 1024 pieces at once (IOV_MAX on Linux), an entry brings a few. */
const HELD = 1024 * 1024;
const PIECES = 1000;

/** A file that only grows, until it is sealed: one segment or one records file. Not safe for concurrent calls: its owner serialises them. */
export class AppendFile {
  #hash: Hash | undefined;
  #dirty = false;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #failed: { readonly thrown: unknown } | undefined;

  private constructor(private readonly absolute: string, readonly file: string, private readonly handle: FileHandle, private length: number, hashed: boolean) {
    // What another process wrote was not seen by this hash: `sha256` then reads the file once.
    if (length === 0 && hashed) this.#hash = createHash("sha256");
  }

  /**
   * Opens or makes `file` (relative to the vault) and cuts it to `length` bytes; what is kept is on the disk.
   * @param hashed whether bytes are hashed as they come. Else `sha256` reads the file: for files whose contents have hashes of their own.
   */
  static async open(root: string, file: string, length: number, hashed = true): Promise<AppendFile> {
    const absolute = path.join(root, file);
    return onDisk(file, async () => {
      const handle = await open(absolute, constants.O_RDWR | constants.O_CREAT, FILE_MODE);
      try {
        const { size } = await handle.stat();
        if (size === 0) await syncFolder(path.dirname(absolute));
        if (size > length) await handle.truncate(length);
        if (length > 0) await handle.sync();
      } catch (thrown) {
        await handle.close();
        throw thrown;
      }
      return new AppendFile(absolute, file, handle, length, hashed);
    });
  }

  /** Bytes appended so far. */
  get end(): number {
    return this.length;
  }

  /** Takes bytes, which must not change any more. In the file after `flush`, on the disk only after `sync`. */
  async append(...pieces: readonly Uint8Array[]): Promise<void> {
    this.#throwIfFailed();
    for (const bytes of pieces) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
      this.#hash?.update(bytes);
      this.length += bytes.length;
    }
    this.#dirty = true;
    if (this.#heldBytes >= HELD || this.#held.length >= PIECES) await this.flush();
  }

  /** Writes what is held back: all of it or nothing. After a failure the file takes no more bytes, since pieces that were taken are lost. */
  async flush(): Promise<void> {
    this.#throwIfFailed();
    if (this.#heldBytes === 0) return;
    const start = this.length - this.#heldBytes;
    try {
      await onDisk(this.file, () => writeAll(this.handle, this.#held, start));
    } catch (thrown) {
      this.#failed = { thrown };
      await this.#cutBack(start);
      throw thrown;
    }
    [this.#held, this.#heldBytes] = [[], 0];
  }

  /**
   * Forces what was appended to the disk. After a failed fsync the kernel may have dropped the pages and reported them clean (fsync(2), Linux
   * manual), so a second fsync would prove nothing: the file takes no more bytes until the vault is opened again.
   */
  async sync(): Promise<void> {
    this.#throwIfFailed();
    if (!this.#dirty) return;
    await this.flush();
    try {
      await onDisk(this.file, () => this.handle.sync());
    } catch (thrown) {
      this.#failed = { thrown };
      throw thrown;
    }
    this.#dirty = false;
  }

  /** SHA-256 of everything up to `end`, hexadecimal. */
  async sha256(): Promise<string> {
    await this.flush();
    return this.#hash === undefined ? (await hashFile(this.absolute)).sha256 : this.#hash.copy().digest("hex");
  }

  async close(): Promise<void> {
    try {
      if (this.#failed === undefined) await this.flush();
    } finally {
      await this.handle.close();
    }
  }

  /** A half entry is cut at the next opening too: on a disk that refuses this as well, nothing is lost by it. */
  async #cutBack(length: number): Promise<void> {
    await this.handle.truncate(length).catch(() => undefined);
  }

  #throwIfFailed(): void {
    if (this.#failed !== undefined) throw this.#failed.thrown;
  }
}
