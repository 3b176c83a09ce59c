import type { PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict } from "../../src/core/adapter.js";
import { canonicalJson } from "../../src/core/digest.js";
import type { BlobRef, Item, Loss, Owner, PlacedContainer, WorkloadName } from "../../src/core/item.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { FileRecord, MailRecord } from "../../src/format/records.js";
import { areaOf, component, fileNameOf, withMark } from "./names.js";

/** One owner's one workload in the archive. TargetContainer.id = folder path below the archive; TargetRef.id = file name in it. */
export class ArchiveSession implements TargetSession {
  readonly #area: string;

  constructor(private readonly tree: DiskTree, owner: Owner, workload: WorkloadName, private readonly wrote: () => void) {
    this.#area = areaOf(owner, workload);
  }

  async prepare(container: PlacedContainer, known: string | undefined): Promise<TargetContainer> {
    const id = [this.#area, ...container.path.map(component)].join("/");
    const losses = container.path.some((name) => component(name).includes("~") && !name.includes("~")) ? [shortened("folder")] : [];
    if (known === id && (await this.tree.info(id)) !== undefined) return { id, created: false, losses };
    this.wrote();
    if (known !== undefined && known !== id) {
      await this.tree.makeFolder(id.slice(0, id.lastIndexOf("/")));
      // Gone already: the parent's rename carried it along.
      if ((await this.tree.info(id)) === undefined) await this.tree.move(known, id);
    }
    const created = (await this.tree.info(id)) === undefined;
    await this.tree.makeFolder(id);
    await this.tree.sweep(id);
    return { id, created, losses };
  }

  async put(item: Item, context: PutContext): Promise<PutResult> {
    const { into, known } = context;
    const name = await this.#freeName(item, context);
    const file = `${into.id}/${name}`;
    const losses = this.#losses(item, name);
    if (known !== undefined && known.id !== name) await this.#moveAll(`${into.id}/${known.id}`, file);
    if ((await this.#differences(item, file)).length === 0) return { outcome: "unchanged", ref: { id: name }, losses };
    this.wrote();
    const record = item.key.workload === "files" ? FileRecord.parse(item.record) : undefined;
    if (item.body !== undefined && (await this.tree.hash(file)) !== item.body.sha256) {
      await this.tree.write(file, context.open(item.body), { modifiedAt: record?.modifiedAt });
    }
    if (record !== undefined) {
      await this.tree.setTime(file, record.modifiedAt);
      await this.#writeVersions(file, record, item.parts, context);
    }
    if (item.key.workload === "mail") await this.tree.write(sidecarOf(file), one(`${JSON.stringify(stateOf(item), null, 2)}\n`));
    return { outcome: known === undefined ? "created" : "updated", ref: { id: name }, losses };
  }

  async find(item: Item, context: PutContext): Promise<TargetRef | undefined> {
    const own = fileNameOf(item, context.idempotencyKey);
    for (const name of [own, withMark(own, context.idempotencyKey)]) {
      if ((await this.tree.hash(`${context.into.id}/${name}`)) === item.body?.sha256 && !(await context.isTaken({ id: name }))) return { id: name };
    }
    return undefined;
  }

  async remove(ref: TargetRef, into: TargetContainer): Promise<void> {
    this.wrote();
    const file = `${into.id}/${ref.id}`;
    await this.tree.removeFile(file);
    if (file.endsWith(".eml")) await this.tree.removeFile(sidecarOf(file));
    for (const version of await this.tree.list(versionsOf(file))) await this.tree.removeFile(`${versionsOf(file)}/${version}`);
    await this.tree.removeFolder(versionsOf(file));
  }

  removeContainer(id: string): Promise<boolean> {
    this.wrote();
    return this.tree.removeFolder(id);
  }

  async verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict> {
    const file = `${context.into.id}/${ref.id}`;
    if ((await this.tree.info(file)) === undefined) return { state: "missing", fields: [] };
    const fields = await this.#differences(item, file);
    return { state: fields.length === 0 ? "same" : "different", fields };
  }

  async close(): Promise<void> {
    // Every file was closed when it was written.
  }

  /** The item's own name, or a marked one when another item's file stands there. */
  async #freeName(item: Item, context: PutContext): Promise<string> {
    const name = fileNameOf(item, context.idempotencyKey);
    if (context.known?.id === name || context.known?.id === withMark(name, context.idempotencyKey)) return context.known.id;
    const info = await this.tree.info(`${context.into.id}/${name}`);
    return info !== undefined && (info.folder || (await context.isTaken({ id: name }))) ? withMark(name, context.idempotencyKey) : name;
  }

  #losses(item: Item, name: string): readonly Loss[] {
    if (item.key.workload !== "files") return [];
    const record = FileRecord.parse(item.record);
    const own = component(record.name);
    return name === own && !(own.includes("~") && !record.name.includes("~")) ? [] : [shortened("name")];
  }

  async #moveAll(from: string, to: string): Promise<void> {
    this.wrote();
    await this.tree.move(from, to);
    await this.tree.move(versionsOf(from), versionsOf(to));
    if (from.endsWith(".eml")) await this.tree.move(sidecarOf(from), sidecarOf(to));
  }

  async #writeVersions(file: string, record: FileRecord, parts: readonly BlobRef[], context: PutContext): Promise<void> {
    const folder = versionsOf(file);
    if (record.versions.length > 0) await this.tree.makeFolder(folder);
    for (const [index, version] of record.versions.entries()) {
      const name = `${folder}/${index + 1}`;
      const blob = parts[index];
      if (blob !== undefined && (await this.tree.hash(name)) !== version.sha256) await this.tree.write(name, context.open(blob), { modifiedAt: version.modifiedAt });
    }
    for (const name of await this.tree.list(folder)) if (Number(name) > record.versions.length) await this.tree.removeFile(`${folder}/${name}`);
  }

  async #differences(item: Item, file: string): Promise<Verdict["fields"]> {
    const fields: { field: string; expected: string; found: string }[] = [];
    const compare = (field: string, expected: string | undefined, found: string | undefined): void => {
      if (expected !== found) fields.push({ field, expected: expected ?? "", found: found ?? "" });
    };
    const info = await this.tree.info(file);
    compare("bytes", item.body?.sha256, info === undefined || info.size !== item.body?.size ? undefined : await this.tree.hash(file));
    if (item.key.workload === "mail") compare("state", canonicalJson(stateOf(item)), await this.#sidecar(file));
    if (item.key.workload === "files") {
      const record = FileRecord.parse(item.record);
      if (record.modifiedAt !== undefined) compare("modifiedAt", seconds(new Date(record.modifiedAt)), info === undefined ? undefined : seconds(info.modified));
      for (const [index, version] of record.versions.entries()) compare(`versions[${index}]`, version.sha256, await this.tree.hash(`${versionsOf(file)}/${index + 1}`));
      compare("versions", String(record.versions.length), String((await this.tree.list(versionsOf(file))).length));
    }
    return fields;
  }

  async #sidecar(file: string): Promise<string | undefined> {
    const text = await this.tree.text(sidecarOf(file));
    return text === undefined ? undefined : canonicalJson(JSON.parse(text));
  }
}

/** State of a message as the tenant folder's sidecar writes it. */
function stateOf(item: Item): object {
  const record = MailRecord.parse(item.record);
  const flag = { none: "notFlagged", flagged: "flagged", complete: "complete" }[record.flag];
  return { receivedDateTime: record.receivedAt ?? null, isRead: record.isRead, flag, importance: record.importance, categories: record.categories, isDraft: record.isDraft };
}

function sidecarOf(file: string): string {
  return file.replace(/\.eml$/, ".json");
}

function versionsOf(file: string): string {
  return `${file}.versions`;
}

function shortened(field: string): Loss {
  return { field, change: "approximated", side: "target", reason: "files.name-shortened" };
}

function seconds(date: Date): string {
  return new Date(Math.floor(date.getTime() / 1000) * 1000).toISOString();
}

async function* one(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text, "utf8");
}
