import { stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { BlobRef, Item } from "../core/item.js";
import type { BlobPlacement } from "../core/vault.js";
import { clearJson, type Cipher } from "./cipher.js";
import { asExodusError } from "../core/errors.js";
import { ifPresent, readAt } from "./disk.js";
import { problem, type Check, type Finding } from "./finding.js";
import { blobName } from "./layout.js";
import { openBlob } from "./read.js";
import { parsedJson } from "./parsed-json.js";
import { parseJournalLine } from "./journal.js";
import { readLines } from "./read-lines.js";
import { BLOCK, parseTarHeader } from "./tar.js";

/** One records file: every committed line is valid and names blobs that are there. Lines beyond the committed length await their cut. */
export async function* checkRecords(check: Check, file: string, owner: string): AsyncGenerator<Finding> {
  const committed = await check.index.committedLength(file);
  const { size } = await stat(path.join(check.root, file));
  if (committed !== undefined && size < committed) yield problem("torn-records", file, `${size} bytes instead of ${committed}`);
  const until = committed ?? size;
  let number = 0;
  let end = 0;
  for await (const { text, offset, length } of readLines(path.join(check.root, file))) {
    if (offset + length > until) break;
    number += 1;
    end = offset + length;
    check.counts.records += 1;
    const clear = await clearJson(check.cipher, text).catch(() => undefined);
    if (clear === undefined) {
      yield problem("bad-record", `${file}:${number}`, "cannot be opened with the vault's key");
      continue;
    }
    const parsed = parseJournalLine(clear);
    yield* checkShape(check, `${file}:${number}`, clear);
    if ("wrong" in parsed) yield problem("bad-record", `${file}:${number}`, parsed.wrong);
    else if (parsed.line.kind === "item") yield* checkItem(check, `${file}:${number}`, owner, parsed.line);
  }
  if (end < Math.min(until, size)) yield problem("torn-records", file, `no whole line at byte ${end}`);
  else if (end < size) yield { kind: "information", code: "uncommitted", file, message: `${size - end} bytes were not committed: the next run writes them again` };
}

/** The line by the published schemas. What is no JSON has been told already. */
function* checkShape({ schemas }: Check, where: string, text: string): Generator<Finding> {
  const value = schemas === undefined ? undefined : parsedJson(text);
  if (schemas === undefined || value === undefined) return;
  const id = (value as { readonly key?: { readonly id?: unknown } } | null)?.key?.id;
  for (const wrong of schemas.line(value)) yield problem("against-schema", where, wrong, typeof id === "string" ? id : undefined);
}

async function* checkItem(check: Check, where: string, owner: string, item: Item): AsyncGenerator<Finding> {
  if (item.key.owner !== owner) yield problem("bad-record", where, "belongs to another owner than its folder");
  for (const blob of item.body === undefined ? item.parts : [item.body, ...item.parts]) {
    if (check.cipher === undefined) check.references.add(blob.sha256);
    yield* checkPresence(check, where, owner, blob);
  }
}

async function* checkPresence(check: Check, where: string, owner: string, blob: BlobRef): AsyncGenerator<Finding> {
  const placement = await check.index.find(owner, blob.sha256);
  const opened = placement === undefined ? undefined : await ifPresent(check.handles.acquire(placement.file), undefined);
  if (placement === undefined || opened === undefined) {
    yield problem("blob-missing", where, placement === undefined ? `${blob.sha256} is not in the index` : `${placement.file} is not there`);
    return;
  }
  try {
    if (placement.size !== blob.size) yield problem("wrong-size", where, `${blob.sha256}: ${placement.size} bytes instead of ${blob.size}`);
    const { size } = await opened.handle.stat();
    if (check.cipher !== undefined) {
      yield* checkKept(check, check.cipher, where, blob, placement, opened.handle);
      return;
    }
    if (placement.offset + placement.size > size) yield problem("blob-missing", where, `${placement.file} ends before ${blob.sha256} does`);
    else if (placement.offset === 0 ? path.basename(placement.file).slice(0, 64) !== blob.sha256 || size !== placement.size : !(await standsAt())) {
      yield problem("index-wrong", where, `${blob.sha256} does not stand at byte ${placement.offset} of ${placement.file}`);
    }
  } finally {
    await opened.release();
  }

  async function standsAt(): Promise<boolean> {
    if (opened === undefined || placement === undefined) return false;
    const entry = parseTarHeader(await readAt(opened.handle, placement.offset - BLOCK, BLOCK));
    return entry !== undefined && entry.size === placement.size && blobName(entry.name)?.sha256 === blob.sha256;
  }
}

/** An encrypted blob: a message stands at its place, and with the bytes read, it holds what the record names. */
async function* checkKept(check: Check, cipher: Cipher, where: string, blob: BlobRef, placement: BlobPlacement, handle: FileHandle): AsyncGenerator<Finding> {
  const entry = placement.offset === 0 ? path.basename(placement.file) : parseTarHeader(await readAt(handle, placement.offset - BLOCK, BLOCK))?.name;
  const name = entry === undefined ? undefined : blobName(entry);
  if (name === undefined) {
    yield problem("index-wrong", where, `${blob.sha256} does not stand at byte ${placement.offset} of ${placement.file}`);
    return;
  }
  check.references.add(name.sha256);
  if (!check.readData) return;
  try {
    for await (const _ of openBlob(check.handles, blob.sha256, placement, cipher)) continue;
  } catch (thrown) {
    const { code } = asExodusError(thrown);
    yield problem(code === "VAULT_BLOB_MISSING" ? "blob-missing" : "wrong-hash", where, `${placement.file} does not hold ${blob.sha256}`);
  }
}
