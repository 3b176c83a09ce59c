import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { chmod, readdir } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import { ExodusError } from "../core/errors.js";
import { DiskTree } from "../drivers/disk/tree.js";

/** An export holds what the vault holds, and a bag is a vault again: nobody but its owner reads it, whatever the umask. */
const PRIVATE = { folder: 0o700, file: 0o600 } as const;
/** Stands in the folder until the export is whole. */
const UNFINISHED = "exodus-export.unfinished";

/**
 * A new folder for one export. What is there already is never touched, and an export that was cut off is told as such.
 * @throws ExodusError EXPORT_EXISTS, EXPORT_UNFINISHED, DISK_FULL, TARGET_DENIED.
 */
export async function openExportFolder(dir: string): Promise<DiskTree> {
  const names = await readdir(dir).catch((thrown: NodeJS.ErrnoException): string[] => {
    if (thrown.code === "ENOENT") return [];
    throw new ExodusError("EXPORT_EXISTS", { params: { dir }, cause: thrown });
  });
  if (names.includes(UNFINISHED)) throw new ExodusError("EXPORT_UNFINISHED", { params: { dir } });
  if (names.length > 0) throw new ExodusError("EXPORT_EXISTS", { params: { dir } });
  const tree = new DiskTree(dir, PRIVATE);
  await tree.makeFolder(".");
  // The folder may have been there.
  await chmod(dir, PRIVATE.folder);
  await tree.write(UNFINISHED, oneText("This export has not come to its end: do not rely on it.\n"));
  return tree;
}

export async function finishExport(tree: DiskTree): Promise<void> {
  await tree.removeFile(UNFINISHED);
}

export async function* oneText(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** A text file, written line by line as they come. */
export class LineFile {
  #failed: Error | undefined;

  private constructor(private readonly stream: WriteStream) {
    stream.on("error", (error) => { this.#failed = error; });
  }

  static open(tree: DiskTree, name: string): LineFile {
    return new LineFile(createWriteStream(path.join(tree.root, name), { flags: "wx", mode: tree.modes.file }));
  }

  add(line: string): Promise<void> {
    return this.write(`${line}\n`);
  }

  async write(text: string): Promise<void> {
    this.#throwIfFailed();
    if (!this.stream.write(text)) await this.#heard(once(this.stream, "drain"));
  }

  async close(): Promise<void> {
    this.#throwIfFailed();
    this.stream.end();
    await this.#heard(finished(this.stream));
  }

  /** The stream's failure was noted by its listener, which names it. */
  async #heard(event: Promise<unknown>): Promise<void> {
    await event.catch((thrown: unknown) => {
      this.#throwIfFailed();
      throw thrown;
    });
  }

  #throwIfFailed(): void {
    if (this.#failed === undefined) return;
    const full = "code" in this.#failed && this.#failed.code === "ENOSPC";
    throw full ? new ExodusError("DISK_FULL", { params: { file: path.basename(String(this.stream.path)) }, cause: this.#failed }) : this.#failed;
  }
}
