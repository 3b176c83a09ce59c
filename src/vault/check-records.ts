import { stat } from "node:fs/promises";
import path from "node:path";
import type { BlobRef, Item } from "../core/item.js";
import type { RecordPlace } from "../core/vault.js";
import { clearJson } from "./cipher.js";
import { asExodusError } from "../core/errors.js";
import { problem, type Check, type Finding } from "./finding.js";
import { openBlob } from "./read.js";
import { parsedJson } from "./parsed-json.js";
import { parseJournalLine } from "./journal.js";
import { readLines } from "./read-lines.js";
import { astray } from "./stands.js";

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
    else if (parsed.line.kind === "item") yield* checkItem(check, `${file}:${number}`, { file, offset, length }, owner, parsed.line);
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

async function* checkItem(check: Check, where: string, place: RecordPlace, owner: string, item: Item): AsyncGenerator<Finding> {
  if (item.key.owner !== owner) yield problem("bad-record", where, "belongs to another owner than its folder");
  for (const blob of item.body === undefined ? item.parts : [item.body, ...item.parts]) {
    if (check.cipher === undefined) check.references.add(blob.sha256);
    yield* checkPresence(check, where, place, { ...item, key: { ...item.key, owner } }, blob);
  }
}

/** What nothing counts on any more is told, and no fault: the item was forgotten, to be read again, or has a newer record. */
async function* checkPresence(check: Check, where: string, place: RecordPlace, item: Item, blob: BlobRef): AsyncGenerator<Finding> {
  const wrong = await missing(check, where, item.key.owner, blob);
  if (wrong === undefined) return;
  if (await check.index.relies(item.key, place)) yield wrong;
  else yield { kind: "information", code: "superseded", file: where, message: `${blob.sha256} is lost, and no item needs it from this record` };
}

async function missing(check: Check, where: string, owner: string, blob: BlobRef): Promise<Finding | undefined> {
  const placement = await check.index.find(owner, blob.sha256);
  if (placement === undefined) return problem("blob-missing", where, `${blob.sha256} is not in the index`);
  if (placement.size !== blob.size) return problem("wrong-size", where, `${blob.sha256}: ${placement.size} bytes instead of ${blob.size}`);
  const found = await astray(check.handles, placement, check.cipher);
  if (!("kept" in found)) return problem(found.code, where, found.message);
  if (check.cipher === undefined) return undefined;
  check.references.add(found.kept);
  if (!check.readData) return undefined;
  try {
    for await (const _ of openBlob(check.handles, blob.sha256, placement, check.cipher)) continue;
    return undefined;
  } catch (thrown) {
    return problem(asExodusError(thrown).code === "VAULT_BLOB_MISSING" ? "blob-missing" : "wrong-hash", where, `${placement.file} does not hold ${blob.sha256}`);
  }
}
