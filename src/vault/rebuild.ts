import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { createHash } from "node:crypto";
import { ExodusError } from "../core/errors.js";
import type { Owner, WorkloadName } from "../core/item.js";
import type { BlobIndex, BlobPlacement, JournalLine, RecordPlace } from "../core/vault.js";
import { clearJson, type Cipher } from "./cipher.js";
import { clearBlob } from "./kept-blob.js";
import { errnoOf, ifPresent } from "./disk.js";
import { blobName, ownerMark, recordsName, segmentNumber } from "./layout.js";
import { OWNER_CARD, ownerOf } from "./owner-folders.js";
import { parseJournalLine } from "./journal.js";
import { ReadHandles } from "./read-handles.js";
import { readLines } from "./read-lines.js";
import { readTar } from "./read-tar.js";
import { padding } from "./tar.js";
import { sealedNames } from "./seal.js";
import { vaultHeader } from "./vault.js";

/** What an index is made from. Of one owner, blobs come before the lines that name them. */
export type Scanned =
  | { readonly kind: "owner"; readonly owner: Owner }
  | { readonly kind: "blob"; readonly placement: BlobPlacement }
  /** In the order of writing within one workload: the last line about an id wins. */
  | { readonly kind: "line"; readonly line: JournalLine; readonly place: RecordPlace; readonly owner: string; readonly workload: WorkloadName }
  /** Up to here the file is whole: its committed length. Without it, the next opening would take the file for uncommitted. */
  | { readonly kind: "length"; readonly file: string; readonly length: number }
  /** A damaged entry, line or card, a large blob that cannot be opened, or something of a kind that this program does not know: nothing of it goes into the index. */
  | { readonly kind: "left-out"; readonly file: string };

/**
 * Reads a vault from its segments and records alone, in constant memory, so that a lost `state.sqlite` can be made anew. The caller sees to it
 * that nobody writes (opens the vault, or holds its lock). Damaged entries and lines are left out, and counted; `check` tells where they are.
 * @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION.
 */
export async function* scanVault(root: string, cipher?: Cipher): AsyncGenerator<Scanned> {
  if ((await vaultHeader(root)).recipients !== undefined && cipher === undefined) throw new ExodusError("VAULT_IDENTITY_MISSING", { params: { dir: root } });
  for (const name of await names(path.join(root, "owners"))) {
    const dir = `owners/${name}`;
    const owner = await ownerOf(root, dir, cipher);
    if (owner === undefined) {
      yield { kind: "left-out", file: `${dir}/${OWNER_CARD}` };
      continue;
    }
    yield { kind: "owner", owner };
    yield* scanSegments(root, dir, owner.id, cipher);
    for (const large of await names(path.join(root, dir, "large"))) {
      const file = `${dir}/large/${large}`;
      const name = blobName(large);
      if (name === undefined) continue;
      const blob = await largeBlob(path.join(root, file), name, cipher);
      yield blob === undefined ? { kind: "left-out", file } : { kind: "blob", placement: { owner: owner.id, ...blob, file, offset: 0 } };
    }
    for (const records of await names(path.join(root, dir, "records"))) {
      const known = recordsName(records);
      if (known !== undefined) yield* scanRecords(root, `${dir}/records/${records}`, owner.id, known.workload, cipher);
    }
  }
}

/** Of a segment that is not sealed, every body is hashed: a power cut may have left a header before bytes that never arrived. */
async function* scanSegments(root: string, dir: string, owner: string, cipher: Cipher | undefined): AsyncGenerator<Scanned> {
  const sealed = await sealedNames(root, dir);
  const handles = new ReadHandles(root, 1);
  try {
    for (const name of await names(path.join(root, dir, "segments"))) {
      if (segmentNumber(name) === undefined) continue;
      const file = `${dir}/segments/${name}`;
      const { handle, release } = await handles.acquire(file);
      let length = 0;
      for (const piece of readTar(handle.fd, 0, { bodies: cipher !== undefined || !sealed.has(file), past: true })) {
        if (piece.kind === "end") break;
        const name = blobName(piece.name);
        const blob = piece.body !== undefined ? await clearBlob(cipher, piece.name, piece.body) : name === undefined ? undefined : { ...name, size: piece.size };
        if (blob === undefined) {
          yield { kind: "left-out", file };
          continue;
        }
        yield { kind: "blob", placement: { owner, ...blob, file, offset: piece.offset } };
        length = piece.offset + piece.size + padding(piece.size);
      }
      await release();
      if (length > 0) yield { kind: "length", file, length };
    }
  } finally {
    await handles.close();
  }
}

async function* scanRecords(root: string, file: string, owner: string, workload: WorkloadName, cipher: Cipher | undefined): AsyncGenerator<Scanned> {
  let length = 0;
  for (const { text, ...at } of readLines(path.join(root, file))) {
    length = at.offset + at.length;
    const clear = await clearJson(cipher, text).catch(() => undefined);
    const parsed = clear === undefined ? undefined : parseJournalLine(clear);
    if (parsed === undefined || "wrong" in parsed) yield { kind: "left-out", file };
    else yield { kind: "line", line: parsed.line, place: { file, ...at }, owner, workload };
  }
  if (length > 0) yield { kind: "length", file, length };
}

/** A line with where it stands and whose it is. */
export type ScannedLine = Extract<Scanned, { kind: "line" }>;

/**
 * The lines of one owner that were committed, in their order. Damaged or missing ones are not passed over. `folders`: of all owners, by name.
 * @throws ExodusError VAULT_RECORD_TORN.
 */
export async function* scanOwnerLines(root: string, owner: Owner, folders: readonly string[], index: Pick<BlobIndex, "committedLength">, cipher?: Cipher): AsyncGenerator<ScannedLine> {
  for (const name of folders) {
    const dir = `owners/${name}`;
    if (!name.endsWith(ownerMark(owner)) || (await ownerOf(root, dir, cipher))?.id !== owner.id) continue;
    for (const records of await names(path.join(root, dir, "records"))) {
      const known = recordsName(records);
      if (known === undefined) continue;
      const file = `${dir}/records/${records}`;
      const committed = (await index.committedLength(file)) ?? 0;
      let at = 0;
      for await (const found of scanRecords(root, file, owner.id, known.workload, cipher)) {
        if (at >= committed) break;
        if (found.kind === "left-out") throw new ExodusError("VAULT_RECORD_TORN", { params: { file, offset: at } });
        if (found.kind !== "line") continue;
        at = found.place.offset + found.place.length;
        if (at <= committed) yield found;
      }
      if (at < committed) throw new ExodusError("VAULT_RECORD_TORN", { params: { file, offset: at } });
    }
  }
}

async function names(dir: string): Promise<readonly string[]> {
  return (await ifPresent(readdir(dir), [])).sort();
}

interface Large {
  readonly sha256: string;
  readonly extension: string;
}

/** A large blob by its name; an encrypted one by what it holds, undefined when it cannot be opened. */
async function largeBlob(file: string, name: Large, cipher: Cipher | undefined): Promise<(Large & { readonly size: number }) | undefined> {
  if (cipher === undefined) return { ...name, size: (await stat(file)).size };
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of cipher.decrypting(createReadStream(file) as AsyncIterable<Uint8Array>)) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (thrown) {
    // A disk that does not read is not a message that does not open.
    if (errnoOf(thrown) !== undefined) throw thrown;
    return undefined;
  }
  return { sha256: hash.digest("hex"), extension: "", size };
}
