import { stat } from "node:fs/promises";
import path from "node:path";
import { problem, type Check, type Finding } from "./finding.js";
import { blobName } from "./layout.js";
import { DIGEST, type SegmentTally } from "./tally-segment.js";

/** One segment: whole entries up to its end, each named by its hash. */
export async function* checkSegment(check: Check, file: string, owner: string, tally: SegmentTally): AsyncGenerator<Finding> {
  check.counts.blobs += tally.entries;
  check.counts.bytes += tally.bytes;
  const names = Buffer.from(tally.names.buffer, tally.names.byteOffset, tally.names.length);
  const faults = tally.faults.values();
  let fault = faults.next().value;
  for (let entry = 0; entry < tally.entries; entry += 1) {
    const faulty = fault?.entry === entry ? fault : undefined;
    if (faulty !== undefined) {
      fault = faults.next().value;
      if (faulty.sha256 === undefined || faulty.found === undefined) {
        yield badName(file);
        continue;
      }
      yield await wrongHash(check, { file, owner, offset: faulty.offset }, faulty.sha256, faulty.found);
    }
    const name = names.subarray(entry * DIGEST, (entry + 1) * DIGEST);
    if (!check.closed && !check.references.hasDigest(name)) yield unreferenced(check, file, name.toString("hex"));
  }
  yield* checkEnd(check, file, tally.at, tally.torn);
}

/** Bytes behind the last whole entry are what a crash left, unless the index knows of entries there. */
async function* checkEnd(check: Check, file: string, at: number, torn: boolean): AsyncGenerator<Finding> {
  const committed = await check.index.committedLength(file);
  if (at < (committed ?? 0)) yield problem("torn-segment", file, `no whole entry at byte ${at}, ${committed ?? 0} bytes are committed`);
  else if (torn && committed === undefined && !check.closed) yield problem("torn-segment", file, `no whole entry at byte ${at}`);
  else if (torn) yield { kind: "information", code: "uncommitted", file, message: `an entry was cut off at byte ${at}: the next run removes it` };
}

/** One large blob: a file named by its hash. `found`: SHA-256 of its bytes, when they were read. */
export async function* checkBlobFile(check: Check, file: string, owner: string, found: string | undefined): AsyncGenerator<Finding> {
  const { size } = await stat(path.join(check.root, file));
  check.counts.blobs += 1;
  check.counts.bytes += size;
  const sha256 = blobName(path.basename(file))?.sha256;
  if (sha256 === undefined) {
    yield badName(file);
    return;
  }
  if (found !== undefined && found !== sha256) yield await wrongHash(check, { file, owner, offset: 0 }, sha256, found);
  if (!check.closed && !check.references.has(sha256)) yield unreferenced(check, file, sha256);
}

interface Standing {
  readonly file: string;
  readonly owner: string;
  readonly offset: number;
}

async function wrongHash(check: Check, { file, owner, offset }: Standing, sha256: string, found: string): Promise<Finding> {
  const message = `${sha256} has other bytes (${found})`;
  if (check.closed || (await check.index.reliesOn(owner, file, offset))) return problem("wrong-hash", file, message);
  check.superseded.add(file);
  return { kind: "information", code: "superseded", file, message };
}

function badName(file: string): Finding {
  return problem("bad-name", file, "an entry is not named by a SHA-256");
}

/** Without records (closed) nothing can be told of who names a blob. */
function unreferenced(check: Check, file: string, sha256: string): Finding {
  check.counts.unreferenced += 1;
  return { kind: "information", code: "unreferenced", file, message: `no record names ${sha256}` };
}
