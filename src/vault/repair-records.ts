import { open, stat } from "node:fs/promises";
import path from "node:path";
import type { WorkloadName } from "../core/item.js";
import type { JournalLine } from "../core/vault.js";
import { clearJson, keptJson } from "./cipher.js";
import { onDisk, writeFully } from "./disk.js";
import { hashFile } from "./hash-file.js";
import { parseJournalLine } from "./journal.js";
import { recordsName } from "./layout.js";
import { readLines } from "./read-lines.js";
import { Records } from "./records.js";
import { keepingCuts, names, type Mending, type Repairing } from "./repairing.js";
import { seal, sealedFiles } from "./seal.js";
import { dueToRetell, keepPart, retellLater, retold } from "./set-aside.js";

const PAGE = 500;

/** A run of neighbouring damaged lines, in bytes. */
interface Stretch {
  readonly from: number;
  to: number;
}

/**
 * Records files of one owner. Their order is their meaning, and the index knows each line by its place: so damaged lines are written over where
 * they stand, by a line that says nothing, and only what is behind the last whole committed line is cut.
 */
export async function* repairRecords(repairing: Repairing, dir: string, owner: string): AsyncGenerator<Mending> {
  const { root, index, cipher, sizes, signal } = repairing;
  const damaged = new Set<WorkloadName>(await dueToRetell(root, dir));
  const workloads = new Set<WorkloadName>(damaged);
  const standing = await names(path.join(root, dir, "records"));
  for (const file of await index.committedFiles()) {
    const lost = file.startsWith(`${dir}/records/`) && !standing.includes(path.posix.basename(file)) ? recordsName(path.posix.basename(file)) : undefined;
    if (lost !== undefined) for (const set of [damaged, workloads]) set.add(lost.workload);
  }
  for (const name of standing) {
    const known = recordsName(name);
    if (known === undefined) continue;
    signal.throwIfAborted();
    workloads.add(known.workload);
    for await (const mending of repairFile(repairing, dir, owner, `${dir}/records/${name}`, known.workload)) {
      damaged.add(known.workload);
      yield mending;
    }
  }
  for (const workload of workloads) {
    const cuts: Mending[] = [];
    const records = await Records.open({ root, dir, owner, index, cipher, beforeCut: keepingCuts(root, dir, cuts) }, workload, sizes.records);
    try {
      yield* cuts;
      if (damaged.has(workload)) yield* retell(repairing, records, workload, owner);
      if (damaged.has(workload)) await retold(root, dir, workload);
    } finally {
      await records.close();
    }
  }
}

async function* repairFile({ root, index, cipher }: Repairing, dir: string, owner: string, file: string, workload: WorkloadName): AsyncGenerator<Mending> {
  const absolute = path.join(root, file);
  const { size } = await stat(absolute);
  const committed = await index.committedLength(file);
  const until = Math.min(committed ?? size, size);
  const stretches: Stretch[] = [];
  let end = 0;
  for (const { text, offset, length } of readLines(absolute)) {
    if (offset + length > until) break;
    end = offset + length;
    const clear = await clearJson(cipher, text).catch(() => undefined);
    if (clear !== undefined && "line" in parseJournalLine(clear)) continue;
    const last = stretches.at(-1);
    if (last?.to === offset) last.to = end;
    else stretches.push({ from: offset, to: end });
  }
  const sealed = (await sealedFiles(root, dir)).find((one) => one.file === file);
  const short = committed !== undefined && end < committed;
  // Once they are written over or cut, nothing else tells that lines are lost.
  if (stretches.length > 0 || short) await retellLater(root, dir, workload);
  for (const { from, to } of stretches) {
    const aside = await keepPart(root, dir, file, from, to);
    // A damaged line break joins two lines: the second still is whole where the index has it.
    let at = from;
    for (const whole of [...(await index.recordsBetween(owner, file, from, to)), { offset: to, length: 0 }]) {
      if (whole.offset > at) await overwrite(absolute, file, at, await filler(cipher, whole.offset - at));
      at = whole.offset + whole.length;
    }
    yield { kind: "repaired", code: "record", file, message: `no record from byte ${from} to ${to}: written over, and kept as ${aside}` };
  }
  if (short) {
    if (end < size) await cut(root, dir, file, end, size);
    await index.setCommitted(file, end);
    yield { kind: "repaired", code: "record", file, message: `${committed} bytes were committed, ${end} are left` };
  }
  if (sealed === undefined) return;
  const found = await hashFile(absolute);
  if (found.sha256 === sealed.sha256) return;
  await seal(root, dir, { file, ...found });
  yield { kind: "repaired", code: "record", file, message: "had other bytes than when it was sealed: every record in it can be read; sealed anew" };
}

/** A line of exactly `length` bytes that every reader of the format takes, and that says nothing: nobody's item left no container. */
async function filler(cipher: Repairing["cipher"], length: number): Promise<Buffer> {
  const line: JournalLine = { v: 1, at: new Date().toISOString(), kind: "tombstone", id: "" };
  const text = await keptJson(cipher, line);
  // JSON allows spaces behind a value (RFC 8259, section 2). No line of the format is shorter than this one.
  return Buffer.from(`${text.padEnd(length - 1)}\n`);
}

async function overwrite(absolute: string, file: string, from: number, bytes: Buffer): Promise<void> {
  await onDisk(file, async () => {
    const handle = await open(absolute, "r+");
    try {
      await writeFully(handle, bytes, from);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function cut(root: string, dir: string, file: string, from: number, size: number): Promise<void> {
  await keepPart(root, dir, file, from, size);
  await onDisk(file, async () => {
    const handle = await open(path.join(root, file), "r+");
    try {
      await handle.truncate(from);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** What the lost lines may have told besides items, and the index still knows: records alone must tell containers and what is gone. */
async function* retell({ index }: Repairing, records: Records, workload: WorkloadName, owner: string): AsyncGenerator<Mending> {
  const unit = { workload, owner };
  const at = new Date().toISOString();
  let count = 0;
  const tell = async (lines: readonly JournalLine[]): Promise<void> => {
    const { file, length } = await records.append(lines);
    await index.setCommitted(file, length);
    count += lines.length;
  };
  const paged = async <T>(page: (after: string) => Promise<readonly T[]>, idOf: (one: T) => string, line: (one: T) => JournalLine): Promise<void> => {
    for (let after = ""; ; ) {
      const some = await page(after);
      const last = some.at(-1);
      if (last === undefined) return;
      await tell(some.map(line));
      after = idOf(last);
    }
  };
  await paged((after) => index.containers(unit, after, PAGE), ({ id }) => id, (container) => ({ v: 1, at, kind: "container", container }));
  await paged((after) => index.goneContainers(unit, after, PAGE), (id) => id, (id) => ({ v: 1, at, kind: "container-gone", id }));
  await paged((after) => index.goneItems(unit, after, PAGE), (id) => id, (id) => ({ v: 1, at, kind: "tombstone", id }));
  if (count > 0) yield { kind: "repaired", code: "retold", file: workload, message: `${count} containers and removals told again from the index` };
}
