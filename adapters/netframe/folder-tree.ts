import type { Profile } from "../../src/drivers/netframe/channels.js";
import type { NetframeClient } from "../../src/drivers/netframe/client.js";
import { editFolder, foldersOf, type TreeFolder } from "../../src/drivers/netframe/documents.js";

/** Folders of one group as this session knows them: listed once, changed as it changes them, and listed again after an answer that was lost. */
export class FolderTree {
  #all: Promise<Map<number, TreeFolder>> | undefined;
  readonly #named = new Map<string, Set<number>>();
  #proven = false;

  constructor(private readonly client: NetframeClient, readonly profile: Profile) {}

  async of(id: number, signal: AbortSignal): Promise<TreeFolder | undefined> {
    return (await this.#listed(signal)).get(id);
  }

  /** Folders of that very name: two may have one. */
  async named(parent: number, name: string, signal: AbortSignal): Promise<readonly number[]> {
    await this.#listed(signal);
    return [...(this.#named.get(keyOf({ parent, name })) ?? [])];
  }

  forget(): void {
    this.#all = undefined;
  }

  /** Makes a folder, or with `id` names and places it; answers its number. Before a second one is made the first is looked for. */
  async edit(id: number | undefined, wanted: Pick<TreeFolder, "name" | "parent">, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const all = await this.#listed(signal);
    try {
      const made = await editFolder(this.client, this.profile, id, wanted, signal);
      this.#remove(all, made);
      this.#add(all, { ...wanted, id: made });
      if (!this.#proven) await this.#prove(made, wanted, signal);
      return made;
    } catch (thrown) {
      this.forget();
      throw thrown;
    }
  }

  async #prove(id: number, { name, parent }: Pick<TreeFolder, "name" | "parent">, signal: AbortSignal): Promise<void> {
    this.forget();
    const found = await this.of(id, signal);
    if (found?.name !== name || found.parent !== parent) throw this.client.error("TARGET_NOT_KEPT", "medias/edit-folder: not listed under its name in its place");
    this.#proven = true;
  }

  #listed(signal: AbortSignal): Promise<Map<number, TreeFolder>> {
    return (this.#all ??= this.#list(signal).catch((thrown: unknown) => {
      this.forget();
      throw thrown;
    }));
  }

  async #list(signal: AbortSignal): Promise<Map<number, TreeFolder>> {
    const all = new Map<number, TreeFolder>();
    const found = await foldersOf(this.client, this.profile, signal);
    this.#named.clear();
    for (const folder of found) this.#add(all, folder);
    return all;
  }

  #add(all: Map<number, TreeFolder>, folder: TreeFolder): void {
    all.set(folder.id, folder);
    const ids = this.#named.get(keyOf(folder)) ?? new Set();
    this.#named.set(keyOf(folder), ids.add(folder.id));
  }

  #remove(all: Map<number, TreeFolder>, id: number): void {
    const folder = all.get(id);
    if (folder !== undefined) this.#named.get(keyOf(folder))?.delete(id);
    all.delete(id);
  }
}

function keyOf({ parent, name }: Pick<TreeFolder, "name" | "parent">): string {
  return `${parent}\n${name}`;
}
