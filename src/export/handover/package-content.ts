import { ExodusError } from "../../core/errors.js";
import type { DiskMap } from "../../lib/disk-map.js";
import { csvLine, CSV_START } from "../../lib/csv.js";
import { folderOf, measured, type PackageFolder } from "./package-folder.js";
import type { PackageList } from "./package-list.js";
import { PackageNames } from "./package-names.js";
import { sideBySide, stateLines, type StateLine } from "./package-state.js";
import { Unread, unreadAs } from "./unread.js";

export const STATE = "state.jsonl";
export const DELTA = "delta.csv";

/** A file to hand over; `path` is "<kind>/<owner>/<what stands below>". */
export interface ContentFile {
  readonly path: string;
  readonly size?: number;
  readonly modifiedAt?: string;
  open(): AsyncIterable<Uint8Array>;
}

export interface ContentOptions {
  /** In the order of their paths' components. What is refused is told and left out. */
  readonly files: AsyncIterable<ContentFile | { readonly path: string; readonly refused: true }>;
  /** `state.jsonl` of the package before. */
  readonly before: string | undefined;
  readonly folder: PackageFolder;
  readonly number: number;
  /** Bytes of a part; a larger file has one of its own. */
  readonly partSize: number;
  readonly list: PackageList;
  /** On the disk: where each path is, for the tables, and which names are taken. */
  readonly places: DiskMap;
  readonly signal: AbortSignal;
  readonly onFile?: () => void;
  readonly onRefused: (path: string) => void;
  /** Told of each file that cannot be read; the package goes on. */
  readonly onFailure: (thrown: unknown) => void;
}

export interface ContentCounts {
  /** Files that stand now, in this and earlier packages. */
  files: number;
  bytes: number;
  /** Of this package. */
  written: number;
  writtenBytes: number;
  parts: number;
  /** Files larger than a part. */
  tooLarge: number;
  /** Paths that Windows takes only with long paths switched on. */
  longPaths: number;
  added: number;
  changed: number;
  gone: number;
  refused: number;
  /** Files that could not be read: they stand as the package before has them, or not at all. */
  unread: number;
}

/** Windows takes 260 characters (MAX_PATH), of which a drive and a folder to unpack into need some. */
const SHORT_PATH = 200;

/** Key of `places` that tells where a path of the archive is: "002/users/…". */
export function placeKey(path: string): string {
  return `at ${path}`;
}

/** Key of `places` that tells that a file belongs to this package. */
export function ownKey(file: string): string {
  return `own ${file}`;
}

/**
 * Writes what is new or changed since the package before, part by part, with `state.jsonl` (every file that stands now, and in which package) and, from the second
 * package on, `delta.csv`. Both lists come in one order: nothing is held but a line of each.
 */
export async function writeContent(options: ContentOptions): Promise<ContentCounts> {
  const { folder, before, signal, places, number, onFile } = options;
  const counts: ContentCounts = { files: 0, bytes: 0, written: 0, writtenBytes: 0, parts: 0, tooLarge: 0, longPaths: 0, added: 0, changed: 0, gone: 0, refused: 0, unread: 0 };
  const state = await folder.lines(STATE);
  const delta = before === undefined ? undefined : await folder.lines(DELTA);
  await delta?.write(CSV_START + csvLine(["change", "path", "file", "before", "bytes", "sha256"]));
  const [names, parts] = [new PackageNames(places), new Parts(options.partSize, counts)];
  for await (const { now, before: old } of sideBySide(wanted(options, counts), before === undefined ? none() : stateLines(before))) {
    signal.throwIfAborted();
    const line = now === undefined ? undefined : await lineOf(now, old, names, parts, options, counts).catch((thrown: unknown) => {
      if (!(thrown instanceof Unread)) throw thrown;
      counts.unread += 1;
      options.onFailure(new ExodusError("HANDOVER_UNREAD", { params: { file: now.path, reason: thrown.reason }, cause: thrown.cause }));
      return old;
    });
    if (line === undefined && old === undefined) continue;
    const change = old === undefined ? "new" : line === undefined ? "gone" : line.package === number ? "changed" : undefined;
    if (change !== undefined) {
      counts[change === "new" ? "added" : change] += 1;
      await delta?.write(csvLine([change, (line ?? old)?.path ?? "", placeOf(line), placeOf(old), line?.size ?? "", line?.sha256 ?? ""]));
    }
    if (line === undefined) continue;
    counts.files += 1;
    counts.bytes += line.size;
    places.set(placeKey(line.path), placeOf(line));
    await state.add(JSON.stringify(line));
    onFile?.();
  }
  await state.close();
  await delta?.close();
  return counts;
}

async function lineOf(now: ContentFile, old: StateLine | undefined, names: PackageNames, parts: Parts, { folder, number, list, places, signal }: ContentOptions, counts: ContentCounts): Promise<StateLine> {
  const name = names.of(now.path);
  // A thread page is made each time that it is read.
  const found: { readonly size: number; readonly sha256?: string } = now.size === undefined || now.size === old?.size ? await measured(now.open(), signal) : { size: now.size };
  if (old !== undefined && found.sha256 === old.sha256) return old;
  const file = parts.place(name, found.size);
  const { size, sha256 } = await folder.put(file, () => now.open(), { modifiedAt: now.modifiedAt, signal }).catch((thrown: unknown) => {
    parts.takeBack();
    throw thrown;
  });
  places.set(ownKey(file), "");
  await list.add(file, { size, sha256 });
  counts.written += 1;
  counts.writtenBytes += size;
  if (file.length > SHORT_PATH) counts.longPaths += 1;
  return { path: now.path, package: number, file, size, sha256 };
}

function placeOf(line: StateLine | undefined): string {
  return line === undefined ? "" : `${folderOf(line.package)}/${line.file}`;
}

async function* wanted({ files, onRefused }: ContentOptions, counts: ContentCounts): AsyncGenerator<ContentFile> {
  for await (const file of files) {
    if (!("refused" in file)) {
      yield { ...file, open: () => unreadAs(file.open()) };
      continue;
    }
    counts.refused += 1;
    onRefused(file.path);
  }
}

async function* none(): AsyncGenerator<StateLine> {
  // There is no package before.
}

/** Splits each owner's files, in their order, into parts of a size. */
class Parts {
  #owner = "";
  #part = 0;
  #used = 0;
  #before: (() => void) | undefined;

  constructor(private readonly most: number, private readonly counts: ContentCounts) {}

  /** "users/zoe@commune.example/part-001/drive/Plan.pdf". */
  place(path: string, size: number): string {
    const [kind = "", name = "", ...below] = path.split("/");
    const owner = `${kind}/${name}`;
    const [part, used, { parts, tooLarge }, before] = [this.#part, this.#used, this.counts, this.#owner];
    this.#before = () => {
      [this.#owner, this.#part, this.#used] = [before, part, used];
      Object.assign(this.counts, { parts, tooLarge });
    };
    if (owner !== this.#owner) [this.#owner, this.#part] = [owner, 0];
    if (this.#part === 0 || (this.#used > 0 && this.#used + size > this.most)) {
      this.#part += 1;
      this.#used = 0;
      this.counts.parts += 1;
    }
    this.#used += size;
    if (size > this.most) this.counts.tooLarge += 1;
    return `${owner}/part-${String(this.#part).padStart(3, "0")}/${below.join("/")}`;
  }

  /** The file that was placed last did not come. */
  takeBack(): void {
    this.#before?.();
  }
}
