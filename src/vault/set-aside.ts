import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { WORKLOADS, type WorkloadName } from "../core/item.js";
import { ensureFolder, ifPresent, onDisk, readAt, syncFolder, writeFully, writeWhole } from "./disk.js";
import { FILE_MODE } from "./layout.js";

/** Folder of an owner that keeps what a repair took out of its place; no reader looks into it, and it goes with the owner. */
export const ASIDE = "damaged";
const CHUNK = 1024 * 1024;

/** Moves a whole file of the owner's folder `dir` aside. Answers its new name; both are relative to the vault. */
export async function moveAside(root: string, dir: string, file: string): Promise<string> {
  const kept = await nameFor(root, dir, file);
  await onDisk(file, async () => {
    await rename(path.join(root, file), path.join(root, kept));
    for (const folder of [path.dirname(file), path.dirname(kept)]) await syncFolder(path.join(root, folder));
  });
  return kept;
}

/** Keeps a copy of the bytes `from` up to `to` of a file, before they are cut or written over. On the disk when it resolves. */
export async function keepPart(root: string, dir: string, file: string, from: number, to: number): Promise<string> {
  const kept = await nameFor(root, dir, `${file}@${from}`);
  await onDisk(kept, async () => {
    const source = await open(path.join(root, file), "r");
    try {
      const copy = await open(path.join(root, kept), "wx", FILE_MODE);
      try {
        for (let at = from; at < to; at += CHUNK) await writeFully(copy, await readAt(source, at, Math.min(CHUNK, to - at)), at - from);
        await copy.sync();
      } finally {
        await copy.close();
      }
    } finally {
      await source.close();
    }
    await syncFolder(path.join(root, path.dirname(kept)));
  });
  return kept;
}

const DUE = "retell-";

/** Notes that lines of the workload's journal are about to go: what they told besides items is due until `retold`, whoever is killed in between. */
export async function retellLater(root: string, dir: string, workload: WorkloadName): Promise<void> {
  await ensureFolder(root, `${dir}/${ASIDE}`);
  await writeWhole(path.join(root, dir, ASIDE, `${DUE}${workload}`), "");
}

/** Workloads of which a repair that was cut off has not told again what was lost. */
export async function dueToRetell(root: string, dir: string): Promise<readonly WorkloadName[]> {
  const standing = await ifPresent<string[], string[]>(readdir(path.join(root, dir, ASIDE)), []);
  return WORKLOADS.filter((workload) => standing.includes(`${DUE}${workload}`));
}

export async function retold(root: string, dir: string, workload: WorkloadName): Promise<void> {
  const note = `${dir}/${ASIDE}/${DUE}${workload}`;
  await onDisk(note, () => rm(path.join(root, note), { force: true }));
}

async function nameFor(root: string, dir: string, file: string): Promise<string> {
  await ensureFolder(root, `${dir}/${ASIDE}`);
  return `${dir}/${ASIDE}/${path.posix.basename(file)}-${randomUUID().slice(0, 8)}`;
}
