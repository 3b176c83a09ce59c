import { stat } from "node:fs/promises";
import path from "node:path";
import type { BlobRef, ItemKey } from "../core/item.js";
import type { BlobPlacement, RecordPlace } from "../core/vault.js";
import pLimit from "p-limit";
import { clearJson, type Cipher } from "./cipher.js";
import { asExodusError } from "../core/errors.js";
import { problem, type Check, type Finding } from "./finding.js";
import { openBlob } from "./read.js";
import { parsedJson } from "./parsed-json.js";
import { parseJournalLine } from "./journal.js";
import { readLines } from "./read-lines.js";
import { standing, type Standing } from "./stands.js";

/** Blobs that are looked for together. */
const TOGETHER = 200;
/** Each may have a file of its own open, and a piece of it in memory. */
const SIDE_BY_SIDE = 16;

/** A blob, and the record that names it. */
interface Named {
  readonly item: { readonly where: string; readonly place: RecordPlace; readonly key: ItemKey };
  readonly blob: BlobRef;
}

/** One records file: every committed line is valid and names blobs that are there. Lines beyond the committed length await their cut. */
export async function* checkRecords(check: Check, file: string, owner: string): AsyncGenerator<Finding> {
  const committed = await check.index.committedLength(file);
  const { size } = await stat(path.join(check.root, file));
  if (committed !== undefined && size < committed) yield problem("torn-records", file, `${size} bytes instead of ${committed}`);
  const until = committed ?? size;
  let [number, end] = [0, 0];
  let named: Named[] = [];
  for (const { text, offset, length } of readLines(path.join(check.root, file))) {
    if (offset + length > until) break;
    number += 1;
    end = offset + length;
    check.counts.records += 1;
    const where = `${file}:${number}`;
    const clear = check.cipher === undefined ? text : await clearJson(check.cipher, text).catch(() => undefined);
    if (clear === undefined) {
      yield problem("bad-record", where, "cannot be opened with the vault's key");
      continue;
    }
    const parsed = parseJournalLine(clear);
    yield* checkShape(check, where, clear);
    if ("wrong" in parsed) {
      yield problem("bad-record", where, parsed.wrong);
      continue;
    }
    const { line } = parsed;
    if (line.kind !== "item") continue;
    if (line.key.owner !== owner) yield problem("bad-record", where, "belongs to another owner than its folder");
    const item: Named["item"] = { where, place: { file, offset, length }, key: { ...line.key, owner } };
    for (const blob of line.body === undefined ? line.parts : [line.body, ...line.parts]) named.push({ item, blob });
    if (named.length < TOGETHER) continue;
    yield* checkPresence(check, owner, named);
    named = [];
  }
  yield* checkPresence(check, owner, named);
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

/** Asks the index for all of them at once. */
async function* checkPresence(check: Check, owner: string, named: readonly Named[]): AsyncGenerator<Finding> {
  if (named.length === 0) return;
  const placements = new Map((await check.index.findAll(owner, [...new Set(named.map(({ blob }) => blob.sha256))])).map((placement) => [placement.sha256, placement]));
  const placed = named.map(({ blob }) => placements.get(blob.sha256)).filter((placement) => placement !== undefined);
  const found = new Map((await standing(check.handles, placed, check.cipher)).map((one, at) => [placed[at]?.sha256, one]));
  const opened = check.readData && check.cipher !== undefined ? await openAll(check, check.cipher, placed.filter(({ sha256 }) => "kept" in (found.get(sha256) ?? {}))) : undefined;
  for (const { item, blob } of named) {
    const placement = placements.get(blob.sha256);
    const stands = found.get(blob.sha256);
    check.references.add(stands !== undefined && "kept" in stands ? stands.kept : blob.sha256);
    const wrong = missing(item.where, blob, placement, stands) ?? broken(item.where, blob, placement, opened?.get(blob.sha256));
    if (wrong === undefined) continue;
    // What nothing counts on any more is told, and no fault: the item was forgotten, to be read again, or has a newer record.
    if (await check.index.relies(item.key, item.place)) yield wrong;
    else yield { kind: "information", code: "superseded", file: item.where, message: `${blob.sha256} is lost, and no item needs it from this record` };
  }
}

function missing(where: string, blob: BlobRef, placement: BlobPlacement | undefined, stands: Standing | undefined): Finding | undefined {
  if (placement === undefined || stands === undefined) return problem("blob-missing", where, `${blob.sha256} is not in the index`);
  if (placement.size !== blob.size) return problem("wrong-size", where, `${blob.sha256}: ${placement.size} bytes instead of ${blob.size}`);
  return "kept" in stands ? undefined : problem(stands.code, where, stands.message);
}

function broken(where: string, blob: BlobRef, placement: BlobPlacement | undefined, failure: unknown): Finding | undefined {
  if (failure === undefined) return undefined;
  return problem(asExodusError(failure).code === "VAULT_BLOB_MISSING" ? "blob-missing" : "wrong-hash", where, `${placement?.file ?? ""} does not hold ${blob.sha256}`);
}

/** Reads encrypted blobs to their end, some side by side, since a segment tells nothing of what their messages hold. Answers what was thrown of those that cannot be read. */
async function openAll(check: Check, cipher: Cipher, placements: readonly BlobPlacement[]): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  const sideBySide = pLimit(SIDE_BY_SIDE);
  await Promise.all(placements.map((placement) => sideBySide(async () => {
    try {
      for await (const _ of openBlob(check.handles, placement.sha256, placement, cipher)) continue;
    } catch (thrown) {
      failed.set(placement.sha256, thrown);
    }
  })));
  return failed;
}
