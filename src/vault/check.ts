import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { NeutralRecord } from "../format/records.js";
import type { BlobRef, Item } from "../core/item.js";
import type { BlobIndex, JournalLine } from "../core/vault.js";
import { readAt } from "./disk.js";
import { lockVault } from "./lock.js";
import { hashFile, sealedFiles } from "./seal.js";
import { splitName } from "./segments.js";
import { BLOCK, padding, parseTarHeader } from "./tar.js";
import { vaultHeader } from "./vault.js";

export type Finding =
  | { readonly kind: "problem"; readonly code: ProblemCode; readonly file: string; readonly message: string }
  | { readonly kind: "summary"; readonly owners: number; readonly records: number; readonly blobs: number; readonly bytes: number };

export type ProblemCode = "torn-segment" | "bad-name" | "wrong-hash" | "wrong-size" | "seal-broken" | "bad-record" | "blob-missing" | "index-wrong";

export interface CheckOptions {
  readonly index: BlobIndex;
  /** Hash every blob again, not only look where it should be. */
  readonly readData: boolean;
  readonly signal: AbortSignal;
}

interface Check extends CheckOptions {
  readonly root: string;
  readonly counts: { owners: number; records: number; blobs: number; bytes: number };
}

/**
 * Checks a vault that nobody else uses: every segment is a tar of rightly named blobs, every record line is valid and names blobs that are there,
 * sealed files are unchanged. Memory does not grow with the vault.
 * @throws ExodusError VAULT_MISSING, VAULT_VERSION, VAULT_LOCKED.
 */
export async function* checkVault(root: string, options: CheckOptions): AsyncIterable<Finding> {
  await vaultHeader(root);
  const unlock = await lockVault(root);
  try {
    const check: Check = { ...options, root, counts: { owners: 0, records: 0, blobs: 0, bytes: 0 } };
    for (const owner of await names(path.join(root, "owners"))) {
      options.signal.throwIfAborted();
      check.counts.owners += 1;
      yield* checkOwner(check, `owners/${owner}`);
    }
    yield { kind: "summary", ...check.counts };
  } finally {
    await unlock();
  }
}

async function* checkOwner(check: Check, dir: string): AsyncIterable<Finding> {
  for (const name of await names(path.join(check.root, dir, "segments"))) yield* checkSegment(check, `${dir}/segments/${name}`);
  for (const name of await names(path.join(check.root, dir, "large"))) yield* checkLarge(check, `${dir}/large/${name}`);
  for (const name of await names(path.join(check.root, dir, "records"))) yield* checkRecords(check, `${dir}/records/${name}`);
  if (check.readData) yield* checkSeals(check, dir);
}

async function* checkSegment(check: Check, file: string): AsyncIterable<Finding> {
  const handle = await open(path.join(check.root, file), "r");
  try {
    const { size } = await handle.stat();
    for (let offset = 0; offset < size; ) {
      const header = await readAt(handle, offset, BLOCK);
      // Two zero blocks end a sealed archive.
      if (header.every((byte) => byte === 0)) break;
      const entry = parseTarHeader(header);
      const body = offset + BLOCK;
      if (entry === undefined || body + entry.size > size) {
        yield problem("torn-segment", file, `no whole entry at byte ${offset}`);
        break;
      }
      yield* checkBlob(check, file, entry.name, body, entry.size);
      offset = body + entry.size + padding(entry.size);
    }
  } finally {
    await handle.close();
  }
}

async function* checkLarge(check: Check, file: string): AsyncIterable<Finding> {
  const { size } = await stat(path.join(check.root, file));
  yield* checkBlob(check, file, path.basename(file), 0, size);
}

async function* checkBlob(check: Check, file: string, name: string, offset: number, size: number): AsyncIterable<Finding> {
  const { sha256 } = splitName(name);
  check.counts.blobs += 1;
  check.counts.bytes += size;
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    yield problem("bad-name", file, `"${name}" is not named by a SHA-256`);
    return;
  }
  if (!check.readData) return;
  const found = await hashFile(path.join(check.root, file), { start: offset, end: offset + size - 1 });
  if (found.sha256 !== sha256) yield problem("wrong-hash", file, `${sha256} has other bytes (${found.sha256})`);
}

async function* checkRecords(check: Check, file: string): AsyncIterable<Finding> {
  const owner = await ownerId(check.root, path.dirname(path.dirname(file)));
  const committed = await check.index.committedLength(file);
  const lines = createInterface({ input: createReadStream(path.join(check.root, file), committed === undefined || committed === 0 ? {} : { end: committed - 1 }), crlfDelay: Infinity });
  let number = 0;
  for await (const text of lines) {
    number += 1;
    check.counts.records += 1;
    const line = parseLine(text);
    if (line === undefined) yield problem("bad-record", file, `line ${number} is not a journal line`);
    else if (line.kind === "item") yield* checkItem(check, `${file}:${number}`, owner, line);
  }
}

async function* checkItem(check: Check, where: string, owner: string, item: Item): AsyncIterable<Finding> {
  const parsed = NeutralRecord.safeParse(item.record);
  if (!parsed.success) yield problem("bad-record", where, parsed.error.issues[0]?.message ?? "invalid record");
  for (const blob of item.body === undefined ? item.parts : [item.body, ...item.parts]) yield* checkPresence(check, where, owner, blob);
}

async function* checkPresence(check: Check, where: string, owner: string, blob: BlobRef): AsyncIterable<Finding> {
  const placement = await check.index.find(owner, blob.sha256);
  if (placement === undefined) {
    yield problem("blob-missing", where, `${blob.sha256} is not in the vault`);
    return;
  }
  if (placement.size !== blob.size) yield problem("wrong-size", where, `${blob.sha256}: ${placement.size} bytes instead of ${blob.size}`);
  const handle = await open(path.join(check.root, placement.file), "r").catch(() => undefined);
  if (handle === undefined) {
    yield problem("blob-missing", where, `${placement.file} is not there`);
    return;
  }
  try {
    if (placement.offset === 0) return;
    const entry = parseTarHeader(await readAt(handle, placement.offset - BLOCK, BLOCK));
    if (entry === undefined || splitName(entry.name).sha256 !== blob.sha256) yield problem("index-wrong", where, `${blob.sha256} does not stand at byte ${placement.offset} of ${placement.file}`);
  } finally {
    await handle.close();
  }
}

async function* checkSeals(check: Check, dir: string): AsyncIterable<Finding> {
  for (const sealed of await sealedFiles(check.root, dir)) {
    const found = await hashFile(path.join(check.root, sealed.file)).catch(() => undefined);
    if (found?.sha256 !== sealed.sha256 || found.bytes !== sealed.bytes) yield problem("seal-broken", sealed.file, "differs from its seal");
  }
}

function parseLine(text: string): JournalLine | undefined {
  try {
    const line = JSON.parse(text) as JournalLine;
    return line.v === 1 ? line : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

async function ownerId(root: string, dir: string): Promise<string> {
  let text = "";
  for await (const chunk of createReadStream(path.join(root, dir, "owner.json"), "utf8")) text += String(chunk);
  return (JSON.parse(text) as { id: string }).id;
}

async function names(dir: string): Promise<readonly string[]> {
  const found = await readdir(dir).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw cause;
  });
  return found.sort();
}

function problem(code: ProblemCode, file: string, message: string): Finding {
  return { kind: "problem", code, file, message };
}
