import { hash } from "node:crypto";
import { stat } from "node:fs/promises";
import path from "node:path";
import { problem, type Check, type Finding } from "./finding.js";
import { hashFile } from "./hash-file.js";
import { blobName } from "./layout.js";
import { readTar } from "./read-tar.js";

/** One segment: whole entries up to its end, each named by its hash. */
export async function* checkSegment(check: Check, file: string, owner: string): AsyncGenerator<Finding> {
  const { handle, release } = await check.handles.acquire(file);
  try {
    for await (const piece of readTar(handle, 0, { bodies: check.readData })) {
      if (piece.kind === "entry") {
        const found = piece.body === undefined ? undefined : hash("sha256", piece.body, "hex");
        yield* judge(check, { file, owner, offset: piece.offset }, piece.name, piece.size, found);
      } else {
        yield* checkEnd(check, file, piece.at, piece.torn);
      }
    }
  } finally {
    await release();
  }
}

/** Bytes behind the last whole entry are what a crash left, unless the index knows of entries there. */
async function* checkEnd(check: Check, file: string, at: number, torn: boolean): AsyncGenerator<Finding> {
  const committed = await check.index.committedLength(file);
  if (at < (committed ?? 0)) yield problem("torn-segment", file, `no whole entry at byte ${at}, ${committed ?? 0} bytes are committed`);
  else if (torn && committed === undefined && !check.closed) yield problem("torn-segment", file, `no whole entry at byte ${at}`);
  else if (torn) yield { kind: "information", code: "uncommitted", file, message: `an entry was cut off at byte ${at}: the next run removes it` };
}

/** One large blob: a file named by its hash. */
export async function* checkBlobFile(check: Check, file: string, owner: string): AsyncGenerator<Finding> {
  const absolute = path.join(check.root, file);
  const { size } = await stat(absolute);
  yield* judge(check, { file, owner, offset: 0 }, path.basename(file), size, check.readData ? (await hashFile(absolute)).sha256 : undefined);
}

interface Standing {
  readonly file: string;
  readonly owner: string;
  readonly offset: number;
}

/** `found`: SHA-256 of the bytes, when they were read. */
async function* judge(check: Check, { file, owner, offset }: Standing, entry: string, size: number, found: string | undefined): AsyncGenerator<Finding> {
  check.counts.blobs += 1;
  check.counts.bytes += size;
  const name = blobName(entry);
  if (name === undefined) {
    yield problem("bad-name", file, "an entry is not named by a SHA-256");
    return;
  }
  if (found !== undefined && found !== name.sha256) {
    const message = `${name.sha256} has other bytes (${found})`;
    if (check.closed || (await check.index.reliesOn(owner, file, offset))) yield problem("wrong-hash", file, message);
    else {
      check.superseded.add(file);
      yield { kind: "information", code: "superseded", file, message };
    }
  }
  // Without records nothing can be told of who names it.
  if (check.closed || check.references.has(name.sha256)) return;
  check.counts.unreferenced += 1;
  yield { kind: "information", code: "unreferenced", file, message: `no record names ${name.sha256}` };
}
