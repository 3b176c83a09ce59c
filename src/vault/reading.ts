import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { readFully } from "./read-fully.js";
import { tallySegment, type SegmentTally, type TallyOptions } from "./tally-segment.js";

/** Reading that needs a file and a processor, and nothing of the vault around it: whoever has a thread to spare can do it. */
export type Reading =
  | ({ readonly do: "segment"; readonly file: string } & TallyOptions)
  | { readonly do: "hash"; readonly file: string };

export type Read = SegmentTally | string;

const CHUNK = 1024 * 1024;

/** What the file holds; of a file to hash, its SHA-256. */
export function perform(reading: Reading): Read {
  return reading.do === "segment" ? tallySegment(reading.file, reading) : hashed(reading.file);
}

function hashed(file: string): string {
  const memory = Buffer.allocUnsafe(CHUNK);
  const hash = createHash("sha256");
  const fd = openSync(file, "r");
  try {
    for (let at = 0; ; ) {
      const read = readFully(fd, memory, at);
      hash.update(read);
      at += read.length;
      if (read.length < memory.length) return hash.digest("hex");
    }
  } finally {
    closeSync(fd);
  }
}
