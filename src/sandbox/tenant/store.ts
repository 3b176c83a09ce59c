import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Departure, Entry } from "./entry.js";
import { scanTenant, type Found } from "./scan.js";

export interface TenantFile {
  readonly name?: string;
  readonly domain?: string;
  readonly tenantId?: string;
  readonly language?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Application permissions granted to the app; all of those that the sandbox knows when absent. */
  readonly grantedRoles?: readonly string[];
}

export interface OwnerFile {
  readonly id: string;
  readonly name: string;
  readonly kind: "user" | "group";
  readonly profile: Readonly<Record<string, unknown>>;
}

/** The tenant in memory: an index of its folder with a journal of changes, so that deltas can be answered. */
export class TenantStore {
  readonly owners = new Map<string, OwnerFile>();
  readonly entries = new Map<string, Entry>();
  readonly departures: Departure[] = [];
  /** Entries of each folder by position. */
  readonly #children = new Map<string, Set<Entry>>();
  readonly #byFile = new Map<string, Entry>();
  #order = 0;
  seq = 0;
  /** Delta tokens older than this are answered as expired. */
  expiredBefore = 0;

  private constructor(readonly dir: string, readonly tenant: TenantFile) {}

  static async load(dir: string): Promise<TenantStore> {
    const tenant = JSON.parse(await readFile(path.join(dir, "tenant.json"), "utf8")) as TenantFile;
    const store = new TenantStore(dir, tenant);
    await store.rescan();
    return store;
  }

  get tenantId(): string {
    return this.tenant.tenantId ?? guid(`tenant ${this.tenant.domain ?? ""}`);
  }

  /** Entries standing in a folder, in listing order. */
  children(container: string): readonly Entry[] {
    return [...(this.#children.get(container) ?? [])].sort((a, b) => a.order - b.order);
  }

  /** Stable identifier of something in this tenant. */
  idOf(...parts: readonly string[]): string {
    return createHash("sha256").update([this.tenantId, ...parts].join("\n")).digest("base64url");
  }

  /** Reads the folder again and journals what changed: added, changed, moved (same inode elsewhere), removed. */
  async rescan(): Promise<void> {
    const { owners, found } = await scanTenant(this.dir);
    for (const owner of owners) this.owners.set(owner.name.toLowerCase(), { ...owner, id: guid(this.idOf(owner.kind, owner.name)) });
    for (const name of this.owners.keys()) if (!owners.some((owner) => owner.name.toLowerCase() === name)) this.owners.delete(name);
    const files = new Set(found.map(({ file }) => file));
    const vanished = new Map([...this.#byFile.values()].filter((entry) => !files.has(entry.file)).map((entry) => [entry.inode, entry]));
    this.seq += 1;
    // Folders come before what they hold, so that a container's id is known.
    for (const item of found) {
      const known = this.#byFile.get(item.file) ?? this.#movedHere(item, vanished);
      if (known === undefined) this.#add(item);
      else this.#update(known, item);
    }
    for (const entry of vanished.values()) this.#remove(entry);
  }

  #movedHere(item: Found, vanished: Map<string, Entry>): Entry | undefined {
    const entry = vanished.get(item.inode);
    if (entry === undefined || entry.kind !== item.kind || entry.owner !== item.owner) return undefined;
    vanished.delete(item.inode);
    this.#byFile.delete(entry.file);
    return entry;
  }

  #containerOf(item: Found): string {
    return this.#byFile.get(path.dirname(item.file))?.id ?? rootId(this, item);
  }

  #add(item: Found): void {
    this.#order += 1;
    const { file, kind, owner, size, mtimeMs, mark, contentMark, inode } = item;
    const entry: Entry = { id: this.idOf(owner, kind, file), kind, owner, container: this.#containerOf(item), file, size, mtimeMs, mark, contentMark, inode, order: this.#order, seq: this.seq };
    this.entries.set(entry.id, entry);
    this.#byFile.set(file, entry);
    this.#place(entry);
  }

  #update(entry: Entry, item: Found): void {
    const container = this.#containerOf(item);
    const renamed = path.basename(entry.file) !== path.basename(item.file);
    const changed = entry.mark !== item.mark || renamed;
    entry.file = item.file;
    this.#byFile.set(item.file, entry);
    if (container !== entry.container) {
      this.departures.push({ id: entry.id, kind: entry.kind, container: entry.container, owner: entry.owner, seq: this.seq, moved: true });
      this.#children.get(entry.container)?.delete(entry);
      entry.container = container;
      this.#place(entry);
      entry.seq = this.seq;
    }
    // A folder's own time moves with its content; only its name and place matter.
    if (changed && (entry.kind !== "folder" || renamed)) entry.seq = this.seq;
    Object.assign(entry, { size: item.size, mtimeMs: item.mtimeMs, mark: item.mark, contentMark: item.contentMark, inode: item.inode });
  }

  #remove(entry: Entry): void {
    this.departures.push({ id: entry.id, kind: entry.kind, container: entry.container, owner: entry.owner, seq: this.seq, moved: false });
    this.entries.delete(entry.id);
    this.#byFile.delete(entry.file);
    this.#children.get(entry.container)?.delete(entry);
  }

  #place(entry: Entry): void {
    const siblings = this.#children.get(entry.container) ?? new Set();
    siblings.add(entry);
    this.#children.set(entry.container, siblings);
  }
}

/** Id of what holds the top level of a workload: "mail", "calendars", "contacts" or "drive" of an owner. */
export function rootId(store: TenantStore, of: { readonly owner: string; readonly file: string }): string {
  const [, , area = ""] = of.file.split(path.sep);
  return store.idOf(of.owner, "root", area);
}

export function guid(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
