import { randomUUID } from "node:crypto";
import { readdir, rename, stat } from "node:fs/promises";
import path from "node:path";
import type { WorkloadName } from "../core/item.js";
import type { RecordPlace } from "../core/vault.js";
import { AppendFile } from "./append-file.js";
import { keptJson } from "./cipher.js";
import { ensureFolder, ifPresent, onDisk, syncFolder } from "./disk.js";
import { recordsFile, recordsName } from "./layout.js";
import { freeNumber } from "./free-number.js";
import { seal, sealedNames } from "./seal.js";
import type { OwnerPlace } from "./segments.js";

/** Where the lines of one batch stand. */
export interface Appended {
  readonly places: readonly RecordPlace[];
  readonly file: string;
  /** Length of the file after the batch, bytes. */
  readonly length: number;
}

/** The records of one owner's one workload: JSON Lines, appended and synced once a batch. Not safe for concurrent calls. */
export class Records {
  private constructor(private readonly place: OwnerPlace, private readonly workload: WorkloadName, private readonly limit: number, private number: number, private open: AppendFile | undefined) {}

  /** Cuts what a crash left beyond the last committed batch, so that the batch written again stands there once. */
  static async open(place: OwnerPlace, workload: WorkloadName, limit: number): Promise<Records> {
    const folder = `${place.dir}/records`;
    await ensureFolder(place.root, folder);
    const names = (await readdir(path.join(place.root, folder))).flatMap((name) => recordsName(name) ?? []);
    const last = Math.max(0, ...names.filter((name) => name.workload === workload).map(({ number }) => number));
    const file = recordsFile(place.dir, workload, last);
    const next = async (): Promise<Records> => new Records(place, workload, limit, await freeNumber(place.index, last + 1, (number) => recordsFile(place.dir, workload, number)), undefined);
    if (last === 0 || (await sealedNames(place.root, place.dir)).has(file)) return next();
    const committed = await place.index.committedLength(file);
    const size = (await ifPresent(stat(path.join(place.root, file)), undefined))?.size ?? 0;
    // Shorter than the index knows: damaged. Left alone for `check`; appending would give new lines the places of lost ones.
    if (committed !== undefined && size < committed) return next();
    if (committed === undefined && size > 0) await setAside(place, file);
    else if (size > (committed ?? 0)) await place.beforeCut?.(file, committed ?? 0);
    return new Records(place, workload, limit, last, await AppendFile.open(place.root, file, committed ?? 0));
  }

  /** Appends one line per value and forces them to the disk. */
  async append(lines: readonly unknown[]): Promise<Appended> {
    if (this.open !== undefined && this.open.end >= this.limit) await this.#rotate(this.open);
    const records = (this.open ??= await AppendFile.open(this.place.root, recordsFile(this.place.dir, this.workload, this.number), 0));
    const { file } = records;
    const buffers = await Promise.all(lines.map(async (line) => Buffer.from(`${await keptJson(this.place.cipher, line)}\n`)));
    let offset = records.end;
    const places = buffers.map(({ length }): RecordPlace => {
      offset += length;
      return { file, offset: offset - length, length };
    });
    await records.append(Buffer.concat(buffers));
    await records.sync();
    return { places, file, length: offset };
  }

  async close(): Promise<void> {
    await this.open?.close();
    this.open = undefined;
  }

  /** Only a file whose every line is committed is sealed: else a batch that is written again would stand in the journal twice. */
  async #rotate(records: AppendFile): Promise<void> {
    if (((await this.place.index.committedLength(records.file)) ?? 0) < records.end) return;
    await seal(this.place.root, this.place.dir, { file: records.file, bytes: records.end, sha256: await records.sha256() });
    await this.close();
    this.number += 1;
  }
}

/**
 * A file that the index does not know holds either the very first batch, cut off by a crash, or everything, if `state.sqlite` was lost. The two
 * look alike, so nothing is cut: the file steps aside under a name that no reader of records takes.
 */
async function setAside(place: OwnerPlace, file: string): Promise<void> {
  const absolute = path.join(place.root, file);
  await onDisk(file, async () => {
    await rename(absolute, `${absolute}.uncommitted-${randomUUID().slice(0, 8)}`);
    await syncFolder(path.dirname(absolute));
  });
}
