import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { adapter } from "../../../adapters/archive/index.js";
import type { Adapter, PutContext, TargetContainer, TargetRef, TargetSession } from "../../../src/core/adapter.js";
import { itemDigest } from "../../../src/core/digest.js";
import type { BlobRef, Item, Owner, PlacedContainer, WorkloadName } from "../../../src/core/item.js";
import type { FileRecord, MailRecord } from "../../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { testEnvironment } from "../../environment.js";

export const NEVER = new AbortController().signal;

/** An archive in a folder of its own, driven as the engine does. */
export class ArchiveBench {
  readonly blobs = new MemoryBlobs();
  readonly ledger = new MemoryLedger();
  #adapter: Adapter | undefined;

  private constructor(readonly dir: string, private readonly options: object) {}

  static async make(options: object = {}): Promise<ArchiveBench> {
    return new ArchiveBench(await mkdtemp(path.join(tmpdir(), "exodus-archive-")), options);
  }

  async session(workload: WorkloadName, owner: Owner = sampleOwner("zoe@commune.example"), signal: AbortSignal = NEVER): Promise<TargetSession> {
    this.#adapter ??= await adapter.create(adapter.options.parse({ path: this.dir, ...this.options }), { ...testEnvironment("archive", {}), lang: "fr" });
    return this.#adapter.connect({ owner, name: owner.name }, workload, signal);
  }

  /** Ends the run: derived files are brought up to date. */
  async endRun(): Promise<void> {
    await this.#adapter?.close();
    this.#adapter = undefined;
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  container(workload: WorkloadName, names: readonly string[], id = `id ${names.join("/")}`): PlacedContainer {
    return { workload, owner: "owner-zoe", id, name: names.at(-1) ?? "", path: names, ...(names.length > 1 ? { parentId: `id ${names.slice(0, -1).join("/")}` } : {}) };
  }

  context(item: Item, placed: PlacedContainer, into: TargetContainer, known?: TargetRef, signal: AbortSignal = NEVER): PutContext {
    return contextOf({ blobs: this.blobs, ledger: this.ledger, signal }, item, placed, into, known);
  }

  file(name: string, content: string, more: Partial<FileRecord> = {}, parts: readonly BlobRef[] = [], id = `file ${name}`): Item {
    const body = this.blobs.add(content, ".bin");
    const record: FileRecord = { v: 1, type: "file", name, size: body.size, modifiedAt: "2024-03-31T01:30:15Z", versions: [], ...more };
    return { kind: "item", key: { workload: "files", owner: "owner-zoe", id }, container: "c", version: "1", title: name, record, body, parts, digest: itemDigest(record, body, parts), losses: [] };
  }

  mail(subject: string | undefined, bytes: string, more: Partial<MailRecord> = {}, id = `mail ${subject ?? ""}`): Item {
    const body = this.blobs.add(bytes, ".eml");
    const record: MailRecord = { v: 1, type: "mail", subject, isRead: false, isDraft: false, flag: "none", importance: "normal", categories: [], hasAttachments: false, receivedAt: "2024-03-31T01:30:15Z", ...more };
    return { kind: "item", key: { workload: "mail", owner: "owner-zoe", id }, container: "c", version: "1", title: subject ?? "", record, body, parts: [], digest: itemDigest(record, body, []), losses: [] };
  }

  at(...parts: readonly string[]): string {
    return path.join(this.dir, ...parts);
  }

  text(...parts: readonly string[]): Promise<string> {
    return readFile(this.at(...parts), "utf8");
  }

  async names(...parts: readonly string[]): Promise<string[]> {
    return (await readdir(this.at(...parts))).sort();
  }

  async modified(...parts: readonly string[]): Promise<string> {
    return (await stat(this.at(...parts))).mtime.toISOString();
  }

  async plant(content: string, ...parts: readonly string[]): Promise<void> {
    await writeFile(this.at(...parts), content);
  }
}
