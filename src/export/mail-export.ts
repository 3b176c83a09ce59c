import { createHash } from "node:crypto";
import { asExodusError } from "../core/errors.js";
import type { Item, Loss, Owner, PlacedContainer, WorkloadName } from "../core/item.js";
import type { StoredItem } from "../core/state.js";
import { MailRecord } from "../format/records.js";
import type { DiskTree } from "../drivers/disk/tree.js";
import { FolderPaths } from "./folder-paths.js";
import { LineFile } from "./export-folder.js";
import type { Holdings } from "./holdings.js";
import { dropped, secondsOf } from "./mail-state.js";
import { mboxMessage } from "./mboxrd.js";

/** Messages up to this size are held while their hash is proven; larger ones are read twice. Bytes. */
const HELD = 1024 * 1024;

export type MailForm = "maildir" | "mbox";

export interface ExportOptions {
  readonly holdings: Holdings;
  readonly owners: readonly Owner[];
  readonly tree: DiskTree;
  readonly signal: AbortSignal;
  /** Told after each message. */
  readonly onMessage?: () => void;
  /** Told of a message that cannot be written, with its identifier. */
  readonly onFailure: (id: string, thrown: unknown) => void;
}

export interface MailCounts {
  folders: number;
  messages: number;
  /** Messages of which something has no place in the form; `index.jsonl` tells what. */
  withLosses: number;
  failed: number;
  /** Items that are no mail, by workload: nothing of them is written. */
  readonly leftOut: Partial<Record<WorkloadName, number>>;
}

/** A folder of messages with what is to be written of each. */
interface Place extends ExportOptions {
  readonly owner: Owner;
  readonly folder: PlacedContainer;
  /** Relative to the export's folder. */
  readonly dir: string;
  readonly index: LineFile;
  readonly counts: MailCounts;
}

/**
 * Writes the mail of some owners, folder by folder, and beside it `index.jsonl`: for each message its file, the folder's own names, its identifier
 * and hash, and what was lost. Stops between two messages when the signal says so. Memory does not grow with the mail.
 */
export async function exportMail(form: MailForm, options: ExportOptions): Promise<MailCounts> {
  const counts: MailCounts = { folders: 0, messages: 0, withLosses: 0, failed: 0, leftOut: {} };
  const index = LineFile.open(options.tree, "index.jsonl");
  const tops = new FolderPaths(".");
  try {
    for (const owner of options.owners) {
      for (const { workload, items } of await options.holdings.tallies(owner)) if (workload !== "mail") counts.leftOut[workload] = (counts.leftOut[workload] ?? 0) + items;
      const paths = new FolderPaths(tops.of({ workload: "mail", owner: owner.id, id: owner.id, name: owner.name, path: [owner.name] }).slice(2));
      for await (const folder of options.holdings.folders({ workload: "mail", owner: owner.id })) {
        if (options.signal.aborted) return counts;
        counts.folders += 1;
        const place = { ...options, owner, folder, dir: paths.of(folder), index, counts };
        await (form === "maildir" ? writeMaildir(place) : writeMbox(place));
      }
    }
    return counts;
  } finally {
    await index.close();
  }
}

/**
 * Maildir (D. J. Bernstein, cr.yp.to/proto/maildir.html): one file a message, bytes as received, state in the name, date of receipt as the file's
 * time. Folders stand in one another, as Dovecot's `LAYOUT=fs` has them.
 */
async function writeMaildir(place: Place): Promise<void> {
  const { tree, dir } = place;
  for (const part of ["cur", "new", "tmp"]) await tree.makeFolder(`${dir}/${part}`);
  for await (const { stored, item, record, bytes } of messages(place)) {
    const key = createHash("sha256").update(`${stored.key.owner}\n${stored.key.id}`).digest("hex").slice(0, 32);
    const seconds = secondsOf(record);
    // Letters in ASCII order, as the specification asks: D draft, F flagged, S seen.
    const file = `${dir}/cur/${Math.max(seconds ?? 0, 0)}.${key}.exodus:2,${record.isDraft ? "D" : ""}${record.flag === "flagged" ? "F" : ""}${record.isRead ? "S" : ""}`;
    await tree.write(file, bytes, { durable: false, modifiedAt: seconds === undefined || seconds < 0 ? undefined : new Date(seconds * 1000).toISOString() });
    await told(place, item, file, [
      ...(record.categories.length > 0 ? [dropped("categories", "export.state")] : []),
      ...(record.importance !== "normal" ? [dropped("importance", "export.state")] : []),
      ...(record.flag === "complete" ? [dropped("flag", "export.state")] : []),
      ...undated(seconds),
    ]);
  }
}

/** One file a folder, `mbox` in a folder of its own, since folders have folders below them. */
async function writeMbox(place: Place): Promise<void> {
  await place.tree.makeFolder(place.dir);
  const file = `${place.dir}/mbox`;
  await place.tree.write(file, mboxOf(place, file), { durable: false });
}

async function* mboxOf(place: Place, file: string): AsyncGenerator<Uint8Array> {
  for await (const { item, record, bytes } of messages(place)) {
    yield* mboxMessage(record, bytes);
    await told(place, item, file, [...(record.importance === "low" ? [dropped("importance", "export.state")] : []), ...undated(secondsOf(record))]);
  }
}

function undated(seconds: number | undefined): readonly Loss[] {
  return seconds === undefined || seconds < 0 ? [{ field: "receivedAt", change: "approximated", side: "target", reason: "export.undated" }] : [];
}

interface Message {
  readonly stored: StoredItem;
  readonly item: Item;
  readonly record: MailRecord;
  /** Proven: they are given only when all have their hash. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Messages whose bytes are proven; the others are told as failed. */
async function* messages(place: Place): AsyncGenerator<Message> {
  const { holdings, folder, signal, counts, onFailure } = place;
  for await (const stored of holdings.items(folder, folder.id)) {
    if (signal.aborted) return;
    let message: Message;
    try {
      const item = await holdings.record(stored);
      message = { stored, item, record: MailRecord.parse(item.record), bytes: await proven(place, item) };
    } catch (thrown) {
      counts.failed += 1;
      onFailure(stored.key.id, asExodusError(thrown));
      continue;
    }
    yield message;
  }
}

async function proven({ holdings }: Place, { key, body }: Item): Promise<AsyncIterable<Uint8Array>> {
  if (body === undefined) return none();
  const held: Uint8Array[] = [];
  for await (const chunk of holdings.bytes(key.owner, body)) if (body.size <= HELD) held.push(chunk);
  return body.size <= HELD ? given(held) : holdings.bytes(key.owner, body);
}

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

function none(): AsyncIterable<Uint8Array> {
  return given([]);
}

async function told({ owner, folder, index, counts, onMessage }: Place, { key, title, body, losses }: Item, file: string, more: readonly Loss[]): Promise<void> {
  const all = [...losses, ...more];
  counts.messages += 1;
  if (all.length > 0) counts.withLosses += 1;
  await index.add(JSON.stringify({ owner: owner.name, folder: folder.path, id: key.id, title, file, ...(body === undefined ? {} : { sha256: body.sha256 }), losses: all }));
  onMessage?.();
}
