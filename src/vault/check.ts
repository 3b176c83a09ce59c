import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { CheckIndex } from "../core/vault.js";
import { ahead } from "../lib/ahead.js";
import { clearJson, type Cipher } from "./cipher.js";
import { checkBlobFile, checkSegment } from "./check-blobs.js";
import { checkRecords } from "./check-records.js";
import { problem, type Check, type Finding } from "./finding.js";
import { ifPresent } from "./disk.js";
import { erasures, ERASURES_FILE } from "./erasures.js";
import { ENCRYPTED_VERSION, HEADER_FILE, recordsName, segmentNumber } from "./layout.js";
import { lockVault } from "./lock.js";
import { OWNER_CARD, ownerOf } from "./owner-folders.js";
import { parsedJson } from "./parsed-json.js";
import { ReadHandles } from "./read-handles.js";
import { References } from "./references.js";
import type { SchemaCheck } from "./schema-check.js";
import { Readers } from "./readers.js";
import { listedSeals, SEALED_FILE, sealedNames } from "./seal.js";
import type { SegmentTally } from "./tally-segment.js";
import { vaultHeader } from "./vault.js";

export type { Finding, InformationCode, ProblemCode } from "./finding.js";

export interface CheckOptions {
  /** Opens an encrypted vault (`openVaultKey`); without it, what can be told without the key is checked. */
  readonly cipher?: Cipher | undefined;
  readonly index: CheckIndex;
  /** Hash every blob and every sealed file again, not only look where they should be. */
  readonly readData: boolean;
  /** Also by the published schemas (`loadSchemas`). */
  readonly schemas?: SchemaCheck;
  readonly signal: AbortSignal;
  /** Told the name of each file (relative to the vault) as its turn comes. */
  readonly onProgress?: (file: string) => void;
}

/**
 * Checks a vault that nobody else uses: every segment is a tar of rightly named blobs, every record line is valid and names blobs that are there
 * with their size, sealed files are unchanged. Ends with one summary. Memory does not grow with the vault. Changes nothing.
 * @throws ExodusError VAULT_MISSING, VAULT_HEADER, VAULT_VERSION, VAULT_LOCKED; the signal's reason.
 */
export async function* checkVault(root: string, options: CheckOptions): AsyncGenerator<Finding> {
  const closed = (await vaultHeader(root)).version === ENCRYPTED_VERSION && options.cipher === undefined;
  const unlock = await lockVault(root);
  const handles = new ReadHandles(root);
  const readers = new Readers();
  try {
    const counts = { owners: 0, records: 0, blobs: 0, bytes: 0, unreferenced: 0, problems: 0 };
    const check: Check = { root, index: options.index, readData: options.readData, schemas: options.schemas, handles, readers, hashes: new Map(), cipher: options.cipher, closed, references: new References(), superseded: new Set(), counts };
    for (const finding of await checkFile(root, HEADER_FILE, options.schemas?.header)) {
      counts.problems += 1;
      yield finding;
    }
    for (const [index, erasure] of (await erasures(root)).entries()) {
      for (const wrong of options.schemas?.erasure(erasure) ?? []) {
        counts.problems += 1;
        yield problem("against-schema", `${ERASURES_FILE}:${index + 1}`, wrong);
      }
    }
    for (const name of await names(path.join(root, "owners"))) {
      counts.owners += 1;
      for await (const finding of closed ? checkClosed(check, `owners/${name}`, options) : checkOwner(check, `owners/${name}`, options)) {
        if (finding.kind === "problem") counts.problems += 1;
        yield finding;
      }
    }
    yield { kind: "summary", ...counts };
  } finally {
    await readers.close();
    await handles.close();
    await unlock();
  }
}

/** What anybody can tell of an encrypted owner: every blob's message has the hash of its name, sealed files are unchanged. */
async function* checkClosed(check: Check, dir: string, { signal, onProgress }: CheckOptions): AsyncGenerator<Finding> {
  yield { kind: "information", code: "encrypted", file: dir, message: "records are not read without the identity" };
  yield* checkFiles(check, dir, "", await segmentsOf(check, dir), nextFile(signal, onProgress));
}

function nextFile(signal: AbortSignal, onProgress: CheckOptions["onProgress"]): (file: string) => string {
  return (file) => {
    signal.throwIfAborted();
    onProgress?.(file);
    return file;
  };
}

async function* checkOwner(check: Check, dir: string, { signal, onProgress }: CheckOptions): AsyncGenerator<Finding> {
  const owner = await ownerOf(check.root, dir, check.cipher);
  if (owner === undefined) {
    yield problem("bad-owner", `${dir}/owner.json`, "does not tell who the folder belongs to");
    return;
  }
  const next = nextFile(signal, onProgress);
  yield* await checkFile(check.root, `${dir}/${OWNER_CARD}`, check.schemas?.owner, check.cipher);
  const segments = await segmentsOf(check, dir);
  // Records first: they tell which blobs are named.
  check.references.clear();
  for (const name of await names(path.join(check.root, dir, "records"))) {
    const file = next(`${dir}/records/${name}`);
    if (recordsName(name) === undefined) yield foreign(file);
    else yield* checkRecords(check, file, owner.id);
  }
  yield* checkFiles(check, dir, owner.id, segments, next);
}

async function* checkFiles(check: Check, dir: string, owner: string, segments: Segments, next: (file: string) => string): AsyncGenerator<Finding> {
  for await (const [file, tally] of segments) {
    next(file);
    if (tally === undefined) {
      yield foreign(file);
      continue;
    }
    if (tally.sha256 !== undefined) check.hashes.set(file, tally.sha256);
    yield* checkSegment(check, file, owner, tally);
  }
  const large = (await names(path.join(check.root, dir, "large"))).map((name) => `${dir}/large/${name}`);
  for await (const [file, found] of ahead(large, check.readers.width, async (file) => (check.readData ? check.readers.hash(path.join(check.root, file)) : undefined))) {
    yield* checkBlobFile(check, next(file), owner, found);
  }
  yield* checkSeals(check, dir, next);
}

type Segments = AsyncGenerator<readonly [string, SegmentTally | undefined]>;

/** Read ahead: while the records are parsed here, the segments are hashed elsewhere. What is no segment has no tally. */
async function segmentsOf({ root, readData, readers }: Check, dir: string): Promise<Segments> {
  const sealed = await sealedNames(root, dir);
  const files = (await names(path.join(root, dir, "segments"))).map((name) => `${dir}/segments/${name}`);
  return ahead(files, readers.width, async (file) => (
    segmentNumber(path.basename(file)) === undefined ? undefined : readers.segment(path.join(root, file), { bodies: readData, whole: readData && sealed.has(file) })
  ));
}

async function* checkSeals(check: Check, dir: string, next: (file: string) => string): AsyncGenerator<Finding> {
  for (const [index, { text, sealed }] of (await listedSeals(check.root, dir)).entries()) {
    const where = `${dir}/${SEALED_FILE}:${index + 1}`;
    if (sealed === undefined) {
      yield problem("seal-broken", where, "tells of no file");
      continue;
    }
    for (const wrong of check.schemas?.sealed(parsedJson(text)) ?? []) yield problem("against-schema", where, wrong);
    // The list may come from a stranger: only what can be sealed is opened.
    if (!isSealable(dir, sealed.file)) {
      yield problem("seal-broken", where, "names no segment or records file of this owner");
      continue;
    }
    const file = path.join(check.root, next(sealed.file));
    const { handle, release } = await ifPresent(check.handles.acquire(sealed.file), { handle: undefined, release: () => Promise.resolve() });
    try {
      const size = (await handle?.stat())?.size;
      if (size === undefined) yield problem("seal-broken", sealed.file, "is sealed but not there");
      else if (size !== sealed.bytes) yield problem("seal-broken", sealed.file, `${size} bytes instead of ${sealed.bytes}`);
      else if (check.readData && (check.hashes.get(sealed.file) ?? (await check.readers.hash(file))) !== sealed.sha256) {
        const message = "has other bytes than when it was sealed";
        yield check.superseded.has(sealed.file) ? { kind: "information", code: "superseded", file: sealed.file, message } : problem("seal-broken", sealed.file, message);
      }
    } finally {
      await release();
    }
  }
}

function isSealable(dir: string, file: string): boolean {
  const name = path.posix.basename(file);
  return (file === `${dir}/segments/${name}` && segmentNumber(name) !== undefined) || (file === `${dir}/records/${name}` && recordsName(name) !== undefined);
}

/** A small JSON file by its schema. */
async function checkFile(root: string, file: string, judge: SchemaCheck["owner"] | undefined, cipher?: Cipher): Promise<readonly Finding[]> {
  if (judge === undefined) return [];
  return judge(parsedJson(await clearJson(cipher, await readFile(path.join(root, file), "utf8")))).map((wrong) => problem("against-schema", file, wrong));
}

function foreign(file: string): Finding {
  return { kind: "information", code: "foreign-file", file, message: "is no part of the format: not read" };
}

async function names(dir: string): Promise<readonly string[]> {
  return (await ifPresent(readdir(dir), [])).sort();
}
