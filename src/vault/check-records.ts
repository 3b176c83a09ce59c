import { stat } from "node:fs/promises";
import path from "node:path";
import type { BlobRef, ItemKey } from "../core/item.js";
import type { BlobPlacement, RecordPlace } from "../core/vault.js";
import { clearJson } from "./cipher.js";
import { asExodusError } from "../core/errors.js";
import { problem, type Check, type Finding } from "./finding.js";
import { openBlob } from "./read.js";
import { parsedJson } from "./parsed-json.js";
import { parseJournalLine } from "./journal.js";
import { readLines } from "./read-lines.js";
import { astray } from "./stands.js";

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
  for await (const { text, offset, length } of readLines(path.join(check.root, file))) {
    if (offset + length > until) break;
    number += 1;
    end = offset + length;
    check.counts.records += 1;
    const where = `${file}:${number}`;
    const clear = await clearJson(check.cipher, text).catch(() => undefined);
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

/** Asks the index for all of them at once, and some files side by side. */
async function* checkPresence(check: Check, owner: string, named: readonly Named[]): AsyncGenerator<Finding> {
  if (named.length === 0) return;
  const placements = new Map((await check.index.findAll(owner, [...new Set(named.map(({ blob }) => blob.sha256))])).map((placement) => [placement.sha256, placement]));
  const wrongs: (Finding | undefined)[] = [];
  for (let from = 0; from < named.length; from += SIDE_BY_SIDE) {
    wrongs.push(...(await Promise.all(named.slice(from, from + SIDE_BY_SIDE).map(({ item, blob }) => missing(check, item.where, blob, placements.get(blob.sha256))))));
  }
  for (const [at, { item, blob }] of named.entries()) {
    const wrong = wrongs[at];
    if (check.cipher === undefined) check.references.add(blob.sha256);
    if (wrong === undefined) continue;
    // What nothing counts on any more is told, and no fault: the item was forgotten, to be read again, or has a newer record.
    if (await check.index.relies(item.key, item.place)) yield wrong;
    else yield { kind: "information", code: "superseded", file: item.where, message: `${blob.sha256} is lost, and no item needs it from this record` };
  }
}

async function missing(check: Check, where: string, blob: BlobRef, placement: BlobPlacement | undefined): Promise<Finding | undefined> {
  if (placement === undefined) return problem("blob-missing", where, `${blob.sha256} is not in the index`);
  if (placement.size !== blob.size) return problem("wrong-size", where, `${blob.sha256}: ${placement.size} bytes instead of ${blob.size}`);
  const found = await astray(check.handles, placement, check.cipher, check.sizes);
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
