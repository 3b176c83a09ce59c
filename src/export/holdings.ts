import { ExodusError } from "../core/errors.js";
import type { BlobRef, Container, Item, Owner, PlacedContainer, WorkloadName } from "../core/item.js";
import type { SourceUnit, StateStore, StoredItem } from "../core/state.js";
import type { VaultPort } from "../core/vault.js";
import { encodeFileName } from "../lib/file-names.js";
import { isCalled } from "../lib/owner-name.js";

const PAGE = 500;

/** What a vault holds of the present, read without changing anything. Memory grows with the folders of one owner at most. */
export class Holdings {
  constructor(private readonly state: StateStore, private readonly vault: VaultPort) {}

  /** All owners, or those that are named (by name without case, or identifier). @throws ExodusError VAULT_OWNER_UNKNOWN. */
  async owners(names?: readonly string[]): Promise<readonly Owner[]> {
    const all = await this.state.owners();
    if (names === undefined) return all;
    return names.flatMap((name) => {
      const found = all.filter((owner) => isCalled(owner, name));
      if (found.length === 0) throw new ExodusError("VAULT_OWNER_UNKNOWN", { params: { owner: name } });
      return found;
    });
  }

  tallies(owner: Owner): Promise<readonly { readonly workload: WorkloadName; readonly items: number }[]> {
    return this.state.tallies(owner.id);
  }

  tallyOf(container: Container): Promise<number> {
    return this.state.containerTally(container, container.id);
  }

  /** Folders with their names from the top down, in the order of their ids. */
  async *folders(unit: SourceUnit): AsyncGenerator<PlacedContainer> {
    for (let after = ""; ; ) {
      const page = await this.state.containers(unit, after, PAGE);
      for (const { id } of page) {
        const placed = await this.state.placed(unit, id);
        if (placed !== undefined) yield placed;
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  /** The folder whose names are written so by `pathText`. @throws ExodusError VAULT_FOLDER_UNKNOWN. */
  async folder(unit: SourceUnit, text: string): Promise<PlacedContainer> {
    for await (const folder of this.folders(unit)) if (pathText(folder.path) === text || folder.id === text) return folder;
    throw new ExodusError("VAULT_FOLDER_UNKNOWN", { params: { folder: text } });
  }

  async *items(unit: SourceUnit, container?: string): AsyncGenerator<StoredItem> {
    for (let after = ""; ; ) {
      const page = await this.state.stored(unit, { container, after, limit: PAGE });
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.key.id;
    }
  }

  /** @throws ExodusError VAULT_ITEM_UNKNOWN, VAULT_ITEM_AMBIGUOUS. */
  async find(id: string, only: { readonly owner?: string | undefined; readonly workload?: string | undefined }): Promise<StoredItem> {
    const owners = only.owner === undefined ? undefined : new Set((await this.owners([only.owner])).map((owner) => owner.id));
    const found = (await this.state.storedById(id)).filter(({ key }) => (owners?.has(key.owner) ?? true) && (only.workload === undefined || key.workload === only.workload));
    const [first] = found;
    if (first === undefined) throw new ExodusError("VAULT_ITEM_UNKNOWN", { params: { id } });
    if (found.length > 1) throw new ExodusError("VAULT_ITEM_AMBIGUOUS", { params: { id, found: found.map(({ key }) => `${key.owner} ${key.workload}`).join(", ") } });
    return first;
  }

  /** Names of a folder from the top down; its identifier alone when the vault does not know it. */
  async pathOf({ key, container }: StoredItem): Promise<readonly string[]> {
    return (await this.state.placed(key, container))?.path ?? [container];
  }

  placeOf({ key, container }: StoredItem): Promise<PlacedContainer | undefined> {
    return this.place(key, container);
  }

  place(unit: SourceUnit, container: string): Promise<PlacedContainer | undefined> {
    return this.state.placed(unit, container);
  }

  /** @throws ExodusError VAULT_RECORD_TORN. */
  async record(stored: StoredItem): Promise<Item> {
    const line = await this.#with(stored.key.owner, (vault) => vault.read(stored.place));
    if (line.kind !== "item") throw new ExodusError("VAULT_RECORD_TORN", { params: { file: stored.place.file, offset: stored.place.offset } });
    return line;
  }

  /** @throws ExodusError VAULT_BLOB_MISSING, VAULT_BLOB_DAMAGED; the last piece is given only when all bytes have their hash. */
  async *bytes(owner: string, blob: BlobRef): AsyncGenerator<Uint8Array> {
    const vault = await this.vault.owner(await this.#owner(owner));
    try {
      yield* vault.open(blob);
    } finally {
      await vault.close();
    }
  }

  async #with<T>(owner: string, body: (vault: Awaited<ReturnType<VaultPort["owner"]>>) => Promise<T>): Promise<T> {
    const vault = await this.vault.owner(await this.#owner(owner));
    try {
      return await body(vault);
    } finally {
      await vault.close();
    }
  }

  #owners: ReadonlyMap<string, Owner> | undefined;

  async #owner(id: string): Promise<Owner> {
    this.#owners ??= new Map((await this.state.owners()).map((owner) => [owner.id, owner]));
    const owner = this.#owners.get(id);
    if (owner === undefined) throw new ExodusError("VAULT_OWNER_UNKNOWN", { params: { owner: id } });
    return owner;
  }
}

/** Names as one text that can be read back: each by the percent rule, with "/" between them. The top itself is "/". */
export function pathText(path: readonly string[]): string {
  return path.length === 0 ? "/" : path.map(encodeFileName).join("/");
}
