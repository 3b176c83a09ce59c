import { stat } from "node:fs/promises";
import path from "node:path";
import { asExodusError } from "../core/errors.js";
import type { BlobPlacement } from "../core/vault.js";
import { hashFile } from "./hash-file.js";
import { clearBlob } from "./kept-blob.js";
import { blobName, segmentNumber } from "./layout.js";
import { openBlob } from "./read.js";
import { readTar } from "./read-tar.js";
import { keepingCuts, names, type Mending, type Repairing } from "./repairing.js";
import { sealedFiles, unseal, type SealedFile } from "./seal.js";
import { Segments, TORN_ENTRY } from "./segments.js";
import { moveAside } from "./set-aside.js";
import { BLOCK, padding, TAR_END } from "./tar.js";

const PAGE = 500;
const DAMAGE: ReadonlySet<string> = new Set(["VAULT_BLOB_MISSING", "VAULT_BLOB_DAMAGED"]);

/** Segments with damage before their committed length are set aside; what is whole in them is written anew into the segment that grows. */
export async function* repairSegments(repairing: Repairing, dir: string, owner: string): AsyncGenerator<Mending> {
  const { root, index, cipher, sizes, signal } = repairing;
  const seals = new Map((await sealedFiles(root, dir)).map((sealed) => [sealed.file, sealed]));
  const damaged = new Map<string, string>();
  for (const name of await names(path.join(root, dir, "segments"))) {
    if (segmentNumber(name) === undefined) continue;
    signal.throwIfAborted();
    const file = `${dir}/segments/${name}`;
    const fault = await faultOf(repairing, file, owner, seals.get(file));
    if (fault !== undefined) damaged.set(file, fault);
  }
  const cuts: Mending[] = [];
  const segments = await Segments.open({ root, dir, owner, index, cipher, beforeCut: keepingCuts(root, dir, cuts) }, sizes.segment, new Set(damaged.keys()));
  try {
    yield* cuts;
    for (const [file, fault] of damaged) {
      const { kept, lost } = await salvage(repairing, segments, file, owner);
      // The seal first: a file that is sealed and not there would be damage.
      await unseal(root, dir, file);
      const aside = await moveAside(root, dir, file);
      await index.setCommitted(file, undefined);
      yield { kind: "repaired", code: "segment", file, message: `${fault}: set aside as ${aside}; ${kept} blobs written anew, ${lost} lost` };
    }
    await segments.sealKnown();
  } finally {
    await segments.close();
  }
}

/** Why a segment is damaged; undefined when it is not, or only behind its committed length. Whole entries that the index does not have are given to it. */
async function faultOf({ root, index, cipher, readData, handles }: Repairing, file: string, owner: string, sealed: SealedFile | undefined): Promise<string | undefined> {
  const known = await index.committedLength(file);
  const committed = known ?? 0;
  const { size } = await stat(path.join(root, file));
  const due = sealed?.bytes ?? committed;
  let fault = size < due || (sealed !== undefined && size > due) ? `${size} bytes instead of ${due}` : undefined;
  // What opening would leave alone or what is sealed is damaged; bytes of which nothing was committed are cut there.
  const isDamage = (at: number): boolean => at < committed || sealed !== undefined || (known === undefined && size - at > TORN_ENTRY);
  // What the index does not know counts only with the hash of its name.
  const unread = fault !== undefined || committed < (sealed === undefined ? 1 : sealed.bytes - TAR_END.length);
  const { handle, release } = await handles.acquire(file);
  try {
    let [whole, found]: [number, BlobPlacement[]] = [0, []];
    for (const piece of readTar(handle.fd, 0, { bodies: readData || unread, past: true })) {
      const at = piece.kind === "end" ? piece.at : piece.offset - BLOCK;
      const blob = piece.kind === "end" || piece.body === undefined ? undefined : await clearBlob(cipher, piece.name, piece.body);
      const broken = piece.kind === "end" ? piece.torn : at > whole || (piece.body === undefined ? blobName(piece.name) === undefined : blob === undefined);
      if (broken && !isDamage(Math.min(at, whole))) break;
      if (broken) fault ??= `${piece.kind === "end" || at > whole ? "no whole entry" : "an entry with other bytes"} at byte ${Math.min(at, whole)}`;
      if (piece.kind === "end") break;
      whole = piece.offset + piece.size + padding(piece.size);
      if (blob !== undefined && (unread || piece.offset > committed)) found.push({ owner, ...blob, file, offset: piece.offset });
      if (found.length < PAGE) continue;
      await index.adopt(found);
      found = [];
    }
    if (found.length > 0) await index.adopt(found);
  } finally {
    await release();
  }
  if (fault === undefined && readData && sealed !== undefined && (await hashFile(path.join(root, file))).sha256 !== sealed.sha256) fault = "other bytes than when it was sealed";
  return fault;
}

/** Writes anew what the index has in a damaged segment and what still has its hash; the index forgets the rest. */
async function salvage({ index, cipher, handles, signal }: Repairing, segments: Segments, file: string, owner: string): Promise<{ readonly kept: number; readonly lost: number }> {
  const counts = { kept: 0, lost: 0 };
  let after = 0;
  for (;;) {
    const page = await index.blobsIn(owner, file, after, PAGE);
    const moved: BlobPlacement[] = [];
    const lost: string[] = [];
    for (const placement of page) {
      signal.throwIfAborted();
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of openBlob(handles, placement.sha256, placement, cipher)) chunks.push(chunk);
        moved.push(await segments.append(placement.sha256, placement.extension, chunks, placement.size));
      } catch (thrown) {
        if (!DAMAGE.has(asExodusError(thrown).code)) throw thrown;
        lost.push(placement.sha256);
      }
      after = placement.offset;
    }
    if (page.length === 0) return counts;
    await index.relocate(owner, moved, lost, Object.fromEntries(await segments.sync()));
    counts.kept += moved.length;
    counts.lost += lost.length;
  }
}
