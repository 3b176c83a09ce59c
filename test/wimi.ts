import { randomUUID } from "node:crypto";
import { adapter } from "../adapters/wimi/index.js";
import type { Adapter, TargetContainer, TargetRef, TargetSession, Verdict } from "../src/core/adapter.js";
import type { Item, PlacedContainer } from "../src/core/item.js";
import type { FileRecord } from "../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../src/kit/conformance/harness.js";
import { sampleItem } from "../src/kit/conformance/sample-item.js";
import { EmulatedWimi, type Mishap } from "./emulators/wimi/server.js";
import { testEnvironment } from "./environment.js";
import { taken, type Taken } from "./taken.js";

/** The service account that tests sign in with. */
export const SERVICE = { account: "mairie", login: "reprise@mairie.example", password: "mot-de-passe-du-service", appToken: "jeton-de-l-application" };

/** Options of the target for an emulator at these addresses. */
export const optionsFor = ({ url, filesUrl }: { readonly url: string; readonly filesUrl: string }): Record<string, unknown> => ({
  url, filesUrl, account: SERVICE.account, user: SERVICE.login, password: "env:PASSWORD", appToken: "env:APP_TOKEN", untried: true, category: 0,
});

/** The target, as the service account opens it; with another password it is refused. */
export function openWimi(server: EmulatedWimi, more: Record<string, unknown> = {}, password = SERVICE.password): Promise<Adapter> {
  return adapter.create(adapter.options.parse({ ...optionsFor(server), ...more }), testEnvironment("espaces", { "env:PASSWORD": password, "env:APP_TOKEN": SERVICE.appToken }));
}

export const SIGNAL = new AbortController().signal;
export const TOP: PlacedContainer = { workload: "files", owner: "zoe", id: "racine", name: "", path: [] };
export const FOLDER: PlacedContainer = { workload: "files", owner: "zoe", id: "dossier", parentId: "racine", name: "Dossier", path: ["Dossier"] };

/** A file of the source, with its bytes. */
export function fileOf(blobs: MemoryBlobs, name: string, content: string | Uint8Array, id: string = randomUUID(), more: Partial<FileRecord> = {}): Item {
  const body = blobs.add(content, ".bin");
  return sampleItem<FileRecord>("files", name, { v: 1, type: "file", name, size: body.size, versions: [], ...more }, body, id);
}

/** One account's session at an emulated Wimi, with the ledger that the engine would have. */
export class WimiStage {
  readonly server = new EmulatedWimi(SERVICE);
  readonly store = this.server.store;
  readonly blobs = new MemoryBlobs();
  ledger = new MemoryLedger();
  into: TargetContainer = { id: "", created: false, losses: [] };
  readonly #keep = this.server.settings.keep;
  #open: { readonly adapter: Adapter; readonly session: TargetSession } | undefined;

  /** An empty account, with a workspace and a folder in it. */
  async fresh(): Promise<void> {
    Object.assign(this.server.settings, { secondFactor: false, keep: this.#keep });
    this.server.mishap = () => undefined;
    this.store.clear();
    this.ledger = new MemoryLedger();
    await this.again();
    await this.prepare(TOP);
    this.into = await this.prepare(FOLDER);
    this.server.log.splice(0);
  }

  /** As the next run: nothing is remembered but what the ledger knows. */
  async again(more: Record<string, unknown> = {}, password = SERVICE.password): Promise<void> {
    await this.close();
    const opened = await openWimi(this.server, more, password);
    const session = await opened.connect({ owner: sampleOwner("zoe@mairie.example"), name: "zoe@mairie.example" }, "files", SIGNAL);
    this.#open = { adapter: opened, session };
  }

  async close(): Promise<void> {
    await this.#open?.session.close();
    await this.#open?.adapter.close();
    this.#open = undefined;
  }

  get session(): TargetSession {
    if (this.#open === undefined) throw new Error("nothing is open");
    return this.#open.session;
  }

  prepare(placed: PlacedContainer, known?: string): Promise<TargetContainer> {
    return this.session.prepare(placed, known, SIGNAL);
  }

  file(name: string, content: string | Uint8Array, id?: string, more: Partial<FileRecord> = {}): Item {
    return fileOf(this.blobs, name, content, id, more);
  }

  async put(item: Item, known?: TargetRef): Promise<Taken> {
    const result = taken(await this.session.put(item, this.#context(item, known)));
    this.ledger.settle(this.into, result.ref, item);
    return result;
  }

  find(item: Item, known?: TargetRef): Promise<TargetRef | undefined> {
    return this.session.find(item, this.#context(item, known));
  }

  verify(item: Item, ref: TargetRef): Promise<Verdict> {
    return this.session.verify(item, ref, this.#context(item, ref));
  }

  remove(ref: TargetRef): Promise<void> {
    return this.session.remove(ref, this.into, SIGNAL);
  }

  /** Adds a file as people would. */
  people(name: string, content: string): void {
    const [project, , dir] = this.into.id.split("/").map(Number);
    this.store.addFile(project ?? 0, dir ?? 0, name, content);
  }

  /** Names and bytes that stand in the folder, by the emulator's own store. */
  standing(): Record<string, string> {
    const [project, , dir] = this.into.id.split("/").map(Number);
    return Object.fromEntries(this.store.filesOf(project ?? 0, dir ?? 0).map(({ name, bytes }) => [name, String(bytes)]));
  }

  trashed(): string[] {
    return [...this.store.files.values()].filter(({ trashed }) => trashed).map(({ bytes }) => String(bytes));
  }

  folders(): string[] {
    return [...this.store.dirs.keys()].flatMap((id) => this.store.pathOf(id)?.join("/") ?? []).sort();
  }

  count(target: string): number {
    return this.server.log.filter((one) => one === target).length;
  }

  /** The mishap befalls the first request for that target alone. */
  once(target: string, mishap: Mishap): void {
    let left = 1;
    this.server.mishap = (asked) => (asked === target && left-- > 0 ? mishap : undefined);
  }

  #context(item: Item, known?: TargetRef): ReturnType<typeof contextOf> {
    return contextOf({ blobs: this.blobs, ledger: this.ledger, signal: SIGNAL }, item, FOLDER, this.into, known);
  }
}
