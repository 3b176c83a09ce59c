import { createHash, hash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { blobName } from "./layout.js";
import { readTar } from "./read-tar.js";

/** Bytes of a SHA-256. */
export const DIGEST = 32;

/** What is wrong with one entry. */
export interface EntryFault {
  /** Number of the entry, from 0 on. */
  readonly entry: number;
  /** SHA-256 that it is named by; undefined: it is not named by one. */
  readonly sha256: string | undefined;
  /** That of its bytes. */
  readonly found: string | undefined;
  readonly offset: number;
}

/** What a segment's bytes tell on their own: no index, no record, no key. Small enough to be handed from one thread to another. */
export interface SegmentTally {
  /** The names of its entries one after another, `DIGEST` bytes each; zeros for what is not named so. */
  readonly names: Uint8Array;
  readonly entries: number;
  /** Of all bodies. */
  readonly bytes: number;
  readonly faults: readonly EntryFault[];
  /** As in the last piece of `readTar`. */
  readonly at: number;
  readonly torn: boolean;
  /** SHA-256 of the whole file, when it was asked for. */
  readonly sha256: string | undefined;
}

export interface TallyOptions {
  /** Hash every body, instead of looking at headers only. */
  readonly bodies: boolean;
  /** Hash the whole file in the same pass. */
  readonly whole: boolean;
}

/** Reads a segment once from its beginning to its end. */
export function tallySegment(file: string, { bodies, whole }: TallyOptions): SegmentTally {
  const all = whole ? createHash("sha256") : undefined;
  let names = Buffer.alloc(1024 * DIGEST);
  let [entries, bytes] = [0, 0];
  const faults: EntryFault[] = [];
  const fd = openSync(file, "r");
  try {
    for (const piece of readTar(fd, 0, { bodies, ...(all === undefined ? {} : { seen: (read) => all.update(read) }) })) {
      if (piece.kind === "end") return { names: new Uint8Array(names.subarray(0, entries * DIGEST)), entries, bytes, faults, at: piece.at, torn: piece.torn, sha256: all?.digest("hex") };
      const sha256 = blobName(piece.name)?.sha256;
      const found = piece.body === undefined ? undefined : hash("sha256", piece.body, "hex");
      if (sha256 === undefined || (found !== undefined && found !== sha256)) faults.push({ entry: entries, sha256, found, offset: piece.offset });
      if (names.length < (entries + 1) * DIGEST) names = Buffer.concat([names, Buffer.alloc(names.length)]);
      if (sha256 !== undefined) names.write(sha256, entries * DIGEST, "hex");
      entries += 1;
      bytes += piece.size;
    }
  } finally {
    closeSync(fd);
  }
  throw new Error("readTar tells no end");
}
