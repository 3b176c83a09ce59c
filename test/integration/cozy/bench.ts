import { randomUUID } from "node:crypto";
import { adapter } from "../../../adapters/cozy/index.js";
import type { Account, TargetContainer, TargetRef, TargetSession, Verdict } from "../../../src/core/adapter.js";
import type { Item, Owner, PlacedContainer } from "../../../src/core/item.js";
import type { FileRecord } from "../../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import type { EmulatedStack } from "../../emulators/cozy/server.js";
import { testEnvironment } from "../../environment.js";
import { taken, type Taken } from "../../taken.js";

export const SECRET = "adminpw";
export const SIGNAL = new AbortController().signal;

/** The adapter at an emulated stack, with the engine's part played by memory. */
export class CozyBench {
  readonly blobs = new MemoryBlobs();
  readonly ledger = new MemoryLedger();
  #session: TargetSession | undefined;
  #close: (() => Promise<void>) | undefined;

  constructor(private readonly stack: Pick<EmulatedStack, "url" | "adminUrl">, readonly account: Account = { owner: sampleOwner("alice@commune.example"), name: "alice@commune.example" }, private readonly more: Record<string, unknown> = {}, private readonly secrets: Record<string, string> = {}) {}

  async session(): Promise<TargetSession> {
    if (this.#session !== undefined) return this.#session;
    const { stack } = this;
    const options = { url: "http://{local}.localhost", libraries: "http://mairie.localhost", stack: stack.url, admin: stack.adminUrl, passphrase: "env:SECRET", ...this.more };
    const opened = await adapter.create(adapter.options.parse(Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))), testEnvironment("drive", { "env:SECRET": SECRET, ...this.secrets }));
    this.#close = () => opened.close();
    return (this.#session = await opened.connect(this.account, "files", SIGNAL));
  }

  /** As the next run of the program finds it. */
  async reopen(): Promise<TargetSession> {
    await this.close();
    return this.session();
  }

  async close(): Promise<void> {
    await this.#session?.close();
    await this.#close?.();
    [this.#session, this.#close] = [undefined, undefined];
  }

  container(name: string, id: string = randomUUID()): PlacedContainer {
    return { workload: "files", owner: this.account.owner.id, id, name, path: name === "" ? [] : [name] };
  }

  async place(name: string, id?: string, known?: string): Promise<TargetContainer> {
    return (await this.session()).prepare(this.container(name, id), known, SIGNAL);
  }

  /** `versions`: texts of older contents, oldest first, a day apart. */
  file(name: string, content: string | Uint8Array, more: Partial<FileRecord> = {}, versions: readonly string[] = [], id?: string): Item {
    const older = versions.map((text) => this.blobs.add(text, ".bin"));
    const record: FileRecord = {
      v: 1, type: "file", name, size: 0, createdAt: "2023-01-15T08:00:00Z", modifiedAt: "2024-03-31T01:30:15Z", ...more,
      versions: older.map(({ sha256, size }, at) => ({ id: `${at + 1}.0`, modifiedAt: `2023-02-0${at + 1}T10:00:00Z`, size, sha256 })),
    };
    return { ...sampleItem("files", name, record, this.blobs.add(content, ".bin"), id), parts: older };
  }

  async put(item: Item, into: TargetContainer, known?: TargetRef): Promise<Taken> {
    const result = taken(await (await this.session()).put(item, this.#context(item, into, known)));
    this.ledger.settle(into, result.ref, item);
    return result;
  }

  async find(item: Item, into: TargetContainer): Promise<TargetRef | undefined> {
    return (await this.session()).find(item, this.#context(item, into));
  }

  async verify(item: Item, ref: TargetRef, into: TargetContainer): Promise<Verdict> {
    return (await this.session()).verify(item, ref, this.#context(item, into, ref));
  }

  #context(item: Item, into: TargetContainer, known?: TargetRef): ReturnType<typeof contextOf> {
    return contextOf({ blobs: this.blobs, ledger: this.ledger, signal: SIGNAL }, item, this.container("Dossier"), into, known);
  }
}

export function groupOwner(id: string, displayName: string): Owner {
  return { id, name: `${id}@commune.example`, kind: "group", displayName };
}
