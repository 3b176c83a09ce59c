import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../../core/errors.js";
import type { DeviceFlowOptions } from "../device-flow.js";
import type { FederatedCredential } from "../federation.js";
import type { Departure, Entry, OwnerDeparture, OwnerFile } from "./entry.js";
import { movesOf } from "./moves.js";
import { scanTenant, type Found, type Scan } from "./scan.js";
import { Mounts, type ConversationFolder, type TeamFolder } from "./scan-teams.js";

export type { OwnerFile } from "./entry.js";

export interface TenantFile {
  readonly name?: string;
  readonly domain?: string;
  readonly tenantId?: string;
  readonly language?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Application permissions granted to the app; all of those that the sandbox knows when absent. */
  readonly grantedRoles?: readonly string[];
  /** Delegated permissions that were consented to; all that are asked for when absent. */
  readonly delegatedScopes?: readonly string[];
  /** Whether the application may sign people in without a secret ("Allow public client flows"); true when absent. */
  readonly publicClient?: boolean;
  readonly deviceCode?: DeviceFlowOptions;
  /** Sites that `Sites.Selected` opens, by folder name. */
  readonly selectedSites?: readonly string[];
  readonly federatedCredentials?: readonly FederatedCredential[];
  /** Licences that the tenant holds. */
  readonly subscribedSkus?: readonly { readonly skuId: string; readonly skuPartNumber: string }[];
  /** The only mailboxes that the application may open; all when absent. */
  readonly mailboxScope?: readonly string[];
  /** Permissions that Exchange Online granted by itself: no token names them. */
  readonly mailboxRoles?: readonly string[];
  /** Further applications; permissions of the first when a list of their own is absent. */
  readonly apps?: readonly RegisteredApp[];
  /** Licences of the tenant, by which SharePoint's limits go; the number of people when absent. */
  readonly licences?: number;
}

export interface RegisteredApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grantedRoles?: readonly string[];
}

/**
 * The tenant in memory: an index of its folder with a journal of changes, so that deltas can be answered. Ids come from the path at which
 * an entry was first seen: the same after a restart, as long as nothing was moved in between.
 */
export class TenantStore {
  /** By name in lower case. */
  readonly owners = new Map<string, OwnerFile>();
  readonly entries = new Map<string, Entry>();
  readonly departures: Departure[] = [];
  readonly ownerDepartures: OwnerDeparture[] = [];
  teams: readonly TeamFolder[] = [];
  chats: readonly ConversationFolder[] = [];
  /** People, guests included. */
  users = 0;
  #mounts: Mounts;
  /** Entries of each folder; a list that is out of order waits in `#unsorted`. */
  readonly #children = new Map<string, Entry[]>();
  readonly #unsorted = new Set<string>();
  readonly #byFile = new Map<string, Entry>();
  readonly #used = new Set<string>();
  #order = 0;
  #scanning: Promise<void> = Promise.resolve();
  /** Number of the last change; a delta token is a position in this count. */
  seq = 0;
  /** Delta tokens older than this are answered as expired. */
  expiredBefore = 0;

  private constructor(readonly dir: string, readonly tenant: TenantFile) {
    this.#mounts = new Mounts(dir, [], []);
  }

  /** @throws ExodusError SANDBOX_FAILED when the folder is no tenant folder. */
  static async load(dir: string): Promise<TenantStore> {
    try {
      const store = new TenantStore(dir, JSON.parse(await readFile(path.join(dir, "tenant.json"), "utf8")) as TenantFile);
      await store.rescan();
      return store;
    } catch (cause) {
      if (cause instanceof ExodusError) throw cause;
      throw new ExodusError("SANDBOX_FAILED", { params: { tenant: dir, reason: String(cause) }, cause });
    }
  }

  get tenantId(): string {
    return this.tenant.tenantId ?? guid(`tenant ${this.tenant.domain ?? ""}`);
  }

  /** Licences of the tenant: by them and by the number of users, the services set their limits. */
  get licences(): number {
    return this.tenant.licences ?? this.users;
  }

  /** One name for a person who may be asked for by object id or user principal name. */
  personOf(key: string): string {
    return this.owners.get(key.toLowerCase())?.id ?? key.toLowerCase();
  }

  /** Every delta token given so far is answered as expired from now on. */
  expireDeltas(): void {
    this.seq += 1;
    this.expiredBefore = this.seq;
  }

  /** Where the bytes of an entry, or something beside them, lie on the disk. */
  disk(file: string): string {
    return this.#mounts.disk(file);
  }

  /** Entries standing in a folder, in listing order. */
  children(container: string): readonly Entry[] {
    const list = this.#children.get(container) ?? [];
    if (this.#unsorted.delete(container)) list.sort((a, b) => a.order - b.order);
    return list;
  }

  /** Stable identifier of something in this tenant. */
  idOf(...parts: readonly string[]): string {
    return createHash("sha256").update([this.tenantId, ...parts].join("\n")).digest("base64url");
  }

  /** Reads the folder again and journals what changed: added, changed, moved, removed. Two calls at once run one after the other. */
  rescan(): Promise<void> {
    const next = this.#scanning.then(() => this.#rescan());
    this.#scanning = next.catch(() => undefined);
    return next;
  }

  async #rescan(): Promise<void> {
    const scan = await scanTenant(this.dir);
    this.#mounts = scan.mounts;
    const kinds = new Map(scan.found.map(({ file, kind }) => [file, kind]));
    const vanished = [...this.#byFile.values()].filter((entry) => kinds.get(entry.file) !== entry.kind);
    const appeared = vanished.length === 0 ? [] : scan.found.filter(({ file, kind }) => this.#byFile.get(file)?.kind !== kind);
    const moves = await movesOf((file) => this.disk(file), vanished, appeared);
    const moved = new Set(moves.values());
    // From here on nothing is awaited: what is read by this number is all of one reading.
    this.seq += 1;
    this.teams = scan.teams;
    this.chats = scan.chats;
    this.#updateOwners(scan.owners);
    for (const entry of vanished) this.#byFile.delete(entry.file);
    // Folders come before what they hold, so that a container's id is known.
    for (const item of scan.found) {
      const known = this.#byFile.get(item.file) ?? moves.get(item);
      if (known === undefined) this.#add(item);
      else this.#update(known, item);
    }
    for (const entry of vanished) if (!moved.has(entry)) this.#remove(entry);
  }

  #updateOwners(owners: Scan["owners"]): void {
    const now = new Set(owners.map(({ name }) => name.toLowerCase()));
    for (const [key, { id, kind }] of this.owners) {
      if (now.has(key)) continue;
      this.owners.delete(key);
      this.ownerDepartures.push({ id, kind, seq: this.seq });
    }
    this.users = owners.filter(({ kind }) => kind === "user").length;
    for (const owner of owners) {
      const key = owner.name.toLowerCase();
      const known = this.owners.get(key);
      const same = known !== undefined && JSON.stringify(known.profile) === JSON.stringify(owner.profile);
      this.owners.set(key, { ...owner, id: known?.id ?? guid(this.idOf(owner.kind, owner.name)), seq: same ? known.seq : this.seq });
    }
  }

  #containerOf(item: Found): string {
    return this.#byFile.get(path.dirname(item.file))?.id ?? rootId(this, item);
  }

  /** An id is never given twice: what stands where another thing was first seen gets one of its own. */
  #newId({ owner, kind, file }: Found): string {
    let id = this.idOf(owner, kind, file);
    for (let count = 2; this.#used.has(id); count += 1) id = this.idOf(owner, kind, file, String(count));
    this.#used.add(id);
    return id;
  }

  #add(item: Found): void {
    this.#order += 1;
    const { file, kind, owner, size, mtimeMs, mark, contentMark, inode, born, shared } = item;
    const entry: Entry = { id: this.#newId(item), kind, owner, container: this.#containerOf(item), file, size, mtimeMs, mark, contentMark, inode, born, shared, order: this.#order, seq: this.seq };
    this.entries.set(entry.id, entry);
    this.#byFile.set(file, entry);
    this.#place(entry);
  }

  #update(entry: Entry, item: Found): void {
    const container = this.#containerOf(item);
    const renamed = path.basename(entry.file) !== path.basename(item.file);
    // A message's file name is nothing that Graph tells; a folder's own time moves with its content.
    const changed = entry.mark !== item.mark || (renamed && (entry.kind === "file" || entry.kind === "folder"));
    this.#byFile.set(item.file, entry);
    if (container !== entry.container) this.#move(entry, container);
    if (changed) entry.seq = this.seq;
    if (entry.contentMark !== item.contentMark) delete entry.fingerprint;
    const { file, size, mtimeMs, mark, contentMark, inode, born, shared } = item;
    Object.assign(entry, { file, size, mtimeMs, mark, contentMark, inode, born, shared });
  }

  #move(entry: Entry, container: string): void {
    this.#depart(entry, true);
    entry.container = container;
    entry.seq = this.seq;
    const earlier = this.departures.findIndex(({ id, container: left }) => id === entry.id && left === container);
    if (earlier !== -1) this.departures.splice(earlier, 1);
    this.#place(entry);
  }

  #remove(entry: Entry): void {
    this.#depart(entry, false);
    this.entries.delete(entry.id);
  }

  #depart(entry: Entry, moved: boolean): void {
    this.departures.push({ id: entry.id, kind: entry.kind, container: entry.container, owner: entry.owner, file: entry.file, seq: this.seq, moved });
    const siblings = this.#children.get(entry.container) ?? [];
    siblings.splice(siblings.indexOf(entry), 1);
  }

  #place(entry: Entry): void {
    const siblings = this.#children.get(entry.container) ?? [];
    if ((siblings.at(-1)?.order ?? 0) > entry.order) this.#unsorted.add(entry.container);
    siblings.push(entry);
    this.#children.set(entry.container, siblings);
  }
}

/** Id of what holds the top level of a workload: "mail", "calendars", "contacts" or "drive" of an owner. */
export function rootId(store: TenantStore, of: { readonly owner: string; readonly file: string }): string {
  const [kind, , area = "", below = ""] = of.file.split(path.sep);
  // A private channel's site stands a level deeper.
  if (kind === "teams" && area !== "drive") return store.idOf(of.owner, "root", below);
  return store.idOf(of.owner, "root", area);
}

export function guid(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
