import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { PassThrough } from "node:stream";
import type { Cipher } from "./cipher.js";
import { onDisk, writeFully } from "./disk.js";
import { DIR_MODE, FILE_MODE } from "./layout.js";

/** Folder of unfinished files, relative to the vault; emptied at opening. */
export const TMP = "tmp";

/** A blob too large for memory, on its way to a file of its own; in an encrypted vault, what reaches the disk is its message. */
export class Spill {
  #size = 0;
  readonly #sealing: { readonly input: PassThrough; readonly sha256: Promise<string> } | undefined;

  private constructor(private readonly absolute: string, private readonly handle: FileHandle, cipher: Cipher | undefined) {
    if (cipher === undefined) return;
    const input = new PassThrough();
    this.#sealing = { input, sha256: this.#seal(cipher.encrypting(input)) };
    // A failure is heard by the next write, or by `finish`.
    this.#sealing.sha256.catch(() => undefined);
  }

  static async create(root: string, cipher: Cipher | undefined): Promise<Spill> {
    const absolute = path.join(root, TMP, randomUUID());
    return new Spill(absolute, await onDisk(TMP, () => open(absolute, "wx", FILE_MODE)), cipher);
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#sealing === undefined) await this.#put(chunk);
    else if (!this.#sealing.input.write(chunk)) await Promise.race([once(this.#sealing.input, "drain"), this.#sealing.sha256]);
  }

  async #seal(kept: AsyncIterable<Uint8Array>): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of kept) {
      hash.update(chunk);
      await this.#put(chunk);
    }
    return hash.digest("hex");
  }

  async #put(chunk: Uint8Array): Promise<void> {
    await onDisk(TMP, () => writeFully(this.handle, chunk, this.#size));
    this.#size += chunk.length;
  }

  /** Forces the bytes to the disk; the name still is a temporary one. Answers the hash of the message, where one is kept instead of the blob. */
  async finish(): Promise<string | undefined> {
    this.#sealing?.input.end();
    const kept = await this.#sealing?.sha256;
    await onDisk(TMP, () => this.handle.sync());
    await this.handle.close();
    return kept;
  }

  /** Gives the finished file its name; durable once the folder is synced. The same name means the same bytes: replacing changes nothing. */
  async rename(root: string, file: string): Promise<void> {
    await onDisk(file, () => rename(this.absolute, path.join(root, file)));
  }

  async drop(): Promise<void> {
    this.#sealing?.input.end();
    await this.#sealing?.sha256.catch(() => undefined);
    await this.handle.close();
    await rm(this.absolute, { force: true });
  }
}

/** Removes what an earlier process left unfinished. */
export async function emptyTmp(root: string): Promise<void> {
  await onDisk(TMP, async () => {
    await rm(path.join(root, TMP), { recursive: true, force: true });
    await mkdir(path.join(root, TMP), { mode: DIR_MODE });
  });
}
