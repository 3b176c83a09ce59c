import { mkdir, open, readdir, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { WorkloadName } from "../core/item.js";
import type { BlobIndex, RecordPlace } from "../core/vault.js";
import { onDisk, syncFolder } from "./disk.js";
import { DIR_MODE, FILE_MODE, RECORDS_BYTES, recordsFile } from "./layout.js";
import { isSealed, seal } from "./seal.js";

/** The open records file of one owner's one workload: JSON Lines, appended and synced once a batch. */
export class RecordsFile {
  #handle: FileHandle | undefined;
  #end = 0;

  private constructor(private readonly root: string, private readonly dir: string, private readonly workload: WorkloadName, private number: number) {}

  /** Cuts what a crash left beyond the last committed batch, so that the batch written again stands there once. */
  static async open(root: string, dir: string, workload: WorkloadName, index: BlobIndex): Promise<RecordsFile> {
    const folder = path.join(root, dir, "records");
    await mkdir(folder, { recursive: true, mode: DIR_MODE });
    const numbers = (await readdir(folder)).filter((name) => name.startsWith(`${workload}-`)).map((name) => parseInt(name.slice(workload.length + 1), 10));
    const last = Math.max(0, ...numbers);
    const number = last === 0 || (await isSealed(root, dir, recordsFile(dir, workload, last))) ? last + 1 : last;
    const records = new RecordsFile(root, dir, workload, number);
    if (number === last) {
      const handle = await records.#open();
      records.#end = Math.min((await index.committedLength(records.file)) ?? 0, (await handle.stat()).size);
      await handle.truncate(records.#end);
    }
    return records;
  }

  get file(): string {
    return recordsFile(this.dir, this.workload, this.number);
  }

  /** Appends one line per value and forces them to the disk. */
  async append(lines: readonly unknown[]): Promise<{ places: readonly RecordPlace[]; file: string; length: number }> {
    const handle = await this.#open();
    const file = this.file;
    const buffers = lines.map((line) => Buffer.from(`${JSON.stringify(line)}\n`));
    const places: RecordPlace[] = [];
    let offset = this.#end;
    for (const buffer of buffers) {
      places.push({ file, offset, length: buffer.length });
      offset += buffer.length;
    }
    const bytes = Buffer.concat(buffers);
    await onDisk(file, async () => {
      await handle.write(bytes, 0, bytes.length, this.#end);
      await handle.sync();
    });
    this.#end = offset;
    if (this.#end >= RECORDS_BYTES) await this.#rotate();
    return { places, file, length: offset };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #rotate(): Promise<void> {
    await this.close();
    await seal(this.root, this.dir, this.file);
    this.number += 1;
    this.#end = 0;
  }

  async #open(): Promise<FileHandle> {
    if (this.#handle === undefined) {
      const file = path.join(this.root, this.file);
      await (await onDisk(file, () => open(file, "a", FILE_MODE))).close();
      this.#handle = await open(file, "r+");
      await syncFolder(path.dirname(file));
    }
    return this.#handle;
  }
}
