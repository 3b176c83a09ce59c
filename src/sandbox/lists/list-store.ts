import path from "node:path";
import { notFound } from "../answers.js";
import { asRead } from "../tenant/as-read.js";
import type { Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import { jsonOf } from "../tenant/read.js";
import { linesOf } from "../tenant/scan-lists.js";
import { guid, type OwnerFile, type TenantStore } from "../tenant/store.js";

export type Told = Readonly<Record<string, unknown>>;

/** A list of a site with what the tenant folder says of it. */
export interface SiteList {
  readonly id: string;
  readonly entry: Entry;
  readonly name: string;
  readonly card: Told;
}

/** Lists kept in memory, each until the tenant folder is read again. */
const KEPT = 8;

/** Lists of sites and their items. */
export class ListStore {
  /** By id of the list. */
  readonly #items = asRead(() => new Map<string, Promise<ReadonlyMap<string, Told>>>());

  constructor(readonly tenant: TenantStore) {}

  async lists(owner: OwnerFile): Promise<readonly SiteList[]> {
    const entries = [...this.tenant.entries.values()].filter((entry) => entry.kind === "list" && entry.owner === owner.name).sort((a, b) => a.order - b.order);
    return Promise.all(entries.map(async (entry) => ({ id: guid(`list ${entry.id}`), entry, name: decodeName(path.basename(entry.file)), card: await jsonOf(path.join(this.tenant.dir, entry.file, "list.json")) })));
  }

  /** By id or title (api-reference/v1.0/api/list-get). */
  async list(owner: OwnerFile, key: string): Promise<SiteList> {
    const found = (await this.lists(owner)).find((list) => list.id === key.toLowerCase() || list.name === key || list.card["displayName"] === key);
    if (found === undefined) throw notFound("itemNotFound", "The specified list was not found.");
    return found;
  }

  items({ entry }: SiteList): readonly Entry[] {
    return this.tenant.children(entry.id);
  }

  /** What is told of an item. */
  async item(list: SiteList, id: string): Promise<Told> {
    const found = (await this.#rows(list)).get(id);
    if (found === undefined) throw notFound("itemNotFound", "The specified item was not found.");
    return found;
  }

  #rows({ entry }: SiteList): Promise<ReadonlyMap<string, Told>> {
    const items = this.#items(this.tenant);
    const known = items.get(entry.id);
    if (known !== undefined) return known;
    if (items.size >= KEPT) items.delete(items.keys().next().value ?? "");
    const rows = read(path.join(this.tenant.dir, entry.file));
    items.set(entry.id, rows);
    return rows;
  }
}

/** Id of the item that an entry, or one that is gone, stands for. */
export function itemId({ file }: { readonly file: string }): string {
  return path.basename(file);
}

async function read(folder: string): Promise<ReadonlyMap<string, Told>> {
  const rows = new Map<string, Told>();
  for await (const { id, told } of linesOf(folder)) rows.set(id, told);
  return rows;
}
