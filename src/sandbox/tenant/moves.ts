import type { Entry } from "./entry.js";
import { fingerprintOf, headOf } from "./fingerprint.js";
import type { Found } from "./scan.js";

/**
 * What of the newly found is a known entry that stands elsewhere now: the same inode first (a rename on the disk), then the same content (a copy
 * whose original was removed). An inode alone proves nothing, since its number is given again: birth time or content must agree as well.
 */
export async function movesOf(disk: (file: string) => string, vanished: readonly Entry[], appeared: readonly Found[]): Promise<ReadonlyMap<Found, Entry>> {
  const moves = new Map<Found, Entry>();
  const left = new Set(vanished);
  const take = (item: Found, entry: Entry | undefined): void => {
    if (entry === undefined) return;
    left.delete(entry);
    moves.set(item, entry);
  };
  const byInode = new Map(vanished.map((entry) => [entry.inode, entry]));
  for (const item of appeared) {
    const entry = byInode.get(item.inode);
    if (entry !== undefined && left.has(entry) && alike(entry, item) && renamed(entry, item)) take(item, entry);
  }
  const sizes = new Set([...left].filter(({ fingerprint }) => fingerprint !== undefined).map(({ size }) => size));
  for (const item of appeared) {
    if (moves.has(item) || item.kind === "folder" || item.size === 0 || !sizes.has(item.size)) continue;
    const fingerprint = fingerprintOf(await headOf(disk(item.file)), item.size);
    take(item, [...left].find((entry) => alike(entry, item) && entry.fingerprint === fingerprint));
  }
  return moves;
}

function alike(entry: Entry, item: Found): boolean {
  return entry.kind === item.kind && entry.owner === item.owner;
}

function renamed(entry: Entry, item: Found): boolean {
  return entry.born === item.born || (item.kind !== "folder" && entry.contentMark === item.contentMark);
}
