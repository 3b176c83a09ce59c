import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../../src/core/adapter.js";
import { canonicalJson } from "../../../src/core/digest.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { BlobRef, Item, PlacedContainer } from "../../../src/core/item.js";
import type { DiskTree } from "../../../src/drivers/disk/tree.js";
import type { Places } from "../places.js";
import { chunk } from "../text.js";

/** How items of a workload become JSON files. Paths are relative to the container's folder. */
export interface JsonShape {
  /** The item's file, for example "messages/1768204684310.json": no other item of the container has it. */
  fileOf(item: Item): string;
  /** What the file says; `open` reads blobs of the item. */
  json(item: Item, context: PutContext): Promise<object>;
  /** Blobs beside it, by path. */
  blobsOf(item: Item): readonly (readonly [string, BlobRef])[];
  /** Paths of the blobs that a file's text names, for its removal. */
  blobsNamedIn(text: string): readonly string[];
  /** No two items name the same blob file: what an item names no more can go. */
  readonly owned: boolean;
  /** Folders below a container's that hold its items. */
  readonly folders: readonly string[];
  /** Files made from the items, which stand in the way of removing an empty container. */
  readonly derived: readonly string[];
  /** Called before a container's content changes. */
  changed(folder: string): Promise<void>;
}

/** Items kept as JSON in the archive. TargetRef.id = path of the item's file in the container's folder. */
export class JsonSession implements TargetSession {
  readonly #told = new Set<string>();

  /** `changing` is awaited before each change. */
  constructor(private readonly tree: DiskTree, private readonly places: Places, private readonly shape: JsonShape, private readonly changing: () => Promise<void>) {}

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    signal.throwIfAborted();
    await this.changing();
    const placed = await this.places.prepare(container, known);
    if (known !== undefined && known !== placed.id) for (const folder of [known, placed.id]) await this.#change(folder);
    return placed;
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    context.signal.throwIfAborted();
    const folder = context.into.id;
    if ((await this.tree.info(folder))?.folder !== true) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.tree.root, reason: "ENOENT" } });
    const ref = { id: this.shape.fileOf(item) };
    const file = `${folder}/${ref.id}`;
    const text = `${JSON.stringify(await this.shape.json(item, context))}\n`;
    const found = await this.#text(file);
    const differing = await this.#differences(item, text, folder);
    if (differing.length === 0) return { outcome: "unchanged", ref, losses: [] };
    await this.#change(folder);
    // What the file names stands before it.
    for (const [name, blob] of this.shape.blobsOf(item)) await this.#write(`${folder}/${name}`, context.open(blob), context.signal);
    await this.#write(file, chunk(text), context.signal);
    if (this.shape.owned && found !== undefined) {
      const kept = new Set(this.shape.blobsOf(item).map(([name]) => name));
      await this.#removeBlobs(folder, this.shape.blobsNamedIn(found).filter((name) => !kept.has(name)));
    }
    return { outcome: found === undefined && context.known === undefined ? "created" : "updated", ref, losses: [] };
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    context.signal.throwIfAborted();
    const ref = { id: this.shape.fileOf(item) };
    return (await this.#text(`${context.into.id}/${ref.id}`)) === undefined || (await context.isTaken(ref)) ? undefined : ref;
  }

  async remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const text = await this.#text(`${into.id}/${ref.id}`);
    if (text === undefined) return;
    await this.#change(into.id);
    await this.#removeBlobs(into.id, this.shape.blobsNamedIn(text));
    await this.tree.removeFile(`${into.id}/${ref.id}`);
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    await this.changing();
    for (const folder of this.shape.folders) if (!(await this.tree.removeFolder(`${id}/${folder}`))) return false;
    for (const file of this.shape.derived) await this.tree.removeFile(`${id}/${file}`);
    return this.places.remove(id);
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    context.signal.throwIfAborted();
    if ((await this.#text(`${context.into.id}/${ref.id}`)) === undefined) return { state: "missing", fields: [] };
    const fields = await this.#differences(item, JSON.stringify(await this.shape.json(item, context)), context.into.id);
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  async close(): Promise<void> {
    // Every file was closed when it was written.
  }

  async #differences(item: Item, text: string, folder: string): Promise<Verdict["fields"]> {
    const fields = [{ field: "content", expected: canonicalText(text), found: canonicalText((await this.#text(`${folder}/${this.shape.fileOf(item)}`)) ?? "") }];
    for (const [name, { sha256, size }] of this.shape.blobsOf(item)) {
      const file = `${folder}/${name}`;
      const same = (await this.tree.info(file))?.size === size;
      fields.push({ field: "blob", expected: sha256, found: same ? ((await this.tree.hash(file)) ?? "") : "" });
    }
    return fields.filter(({ expected, found }) => expected !== found);
  }

  /** Files of the container's folder, and the folders that they leave empty. */
  async #removeBlobs(folder: string, names: readonly string[]): Promise<void> {
    for (const name of names) await this.tree.removeFile(`${folder}/${name}`);
    for (const below of new Set(names.filter((name) => name.includes("/")).map((name) => name.slice(0, name.lastIndexOf("/"))))) await this.tree.removeFolder(`${folder}/${below}`);
  }

  async #write(file: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    await this.tree.makeFolder(file.slice(0, file.lastIndexOf("/")));
    await this.tree.write(file, bytes, { signal });
  }

  async #text(file: string): Promise<string | undefined> {
    return (await this.tree.info(file))?.folder === false ? this.tree.text(file) : undefined;
  }

  async #change(folder: string): Promise<void> {
    await this.changing();
    if (this.#told.has(folder)) return;
    await this.shape.changed(folder);
    this.#told.add(folder);
  }
}

/** Equal whatever the spacing; what is no JSON differs from all that is. */
function canonicalText(text: string): string {
  try {
    return canonicalJson(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return "";
    throw thrown;
  }
}
