import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { onDisk, writeFully } from "./disk.js";
import { DIR_MODE, FILE_MODE } from "./layout.js";

/** Folder of unfinished files, relative to the vault; emptied at opening. */
export const TMP = "tmp";

/** A blob too large for memory, on its way to a file of its own. */
export class Spill {
  #size = 0;

  private constructor(private readonly absolute: string, private readonly handle: FileHandle) {}

  static async create(root: string): Promise<Spill> {
    const absolute = path.join(root, TMP, randomUUID());
    return new Spill(absolute, await onDisk(TMP, () => open(absolute, "wx", FILE_MODE)));
  }

  async write(chunk: Uint8Array): Promise<void> {
    await onDisk(TMP, () => writeFully(this.handle, chunk, this.#size));
    this.#size += chunk.length;
  }

  /** Forces the bytes to the disk; the name still is a temporary one. */
  async finish(): Promise<void> {
    await onDisk(TMP, () => this.handle.sync());
    await this.handle.close();
  }

  /** Gives the finished file its name; durable once the folder is synced. The same name means the same bytes: replacing changes nothing. */
  async rename(root: string, file: string): Promise<void> {
    await onDisk(file, () => rename(this.absolute, path.join(root, file)));
  }

  async drop(): Promise<void> {
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
