import type { Account, TargetContainer } from "../../src/core/adapter.js";
import type { PlacedContainer } from "../../src/core/item.js";
import { PROFILES, type Profile } from "../../src/drivers/netframe/channels.js";
import type { NetframeClient } from "../../src/drivers/netframe/client.js";
import { deleteElement, type Folder, type TreeFolder } from "../../src/drivers/netframe/documents.js";
import { looksEmpty, workflowsIn } from "../../src/drivers/netframe/folder-page.js";
import { PreparedFolders } from "../../src/kit/prepared-folders.js";
import { containerMark } from "../../src/lib/container-mark.js";
import { folderNames, losses, rootName } from "./document-names.js";
import { FolderTree } from "./folder-tree.js";

/** A folder, and the one that it was put into: "house/12/parent/folder", 0 being the group's own level. */
export interface Address extends Folder {
  readonly parent: number;
}

/** Undefined for what is no address of ours. */
export function addressOf(text: string): Address | undefined {
  const [, type, group, parent, id] = /^([a-z]+)\/(\d+)\/(\d+)\/(\d+)$/.exec(text) ?? [];
  const known = PROFILES.find((one) => one === type);
  return known === undefined ? undefined : { profile: { type: known, id: Number(group) }, parent: Number(parent), id: Number(id) };
}

const idOf = ({ profile, parent, id }: Address): string => `${profile.type}/${profile.id}/${parent}/${id}`;
const isOf = (profile: Profile, address: Address | undefined): address is Address => address?.profile.type === profile.type && address.profile.id === profile.id;

export interface PlaceOptions {
  readonly client: NetframeClient;
  readonly account: Account;
  /** The group whose documents they are to be; undefined: none is named. */
  readonly profile: Profile | undefined;
  /** Name of the account's own folder, before its mark. */
  readonly folder: string;
}

/** Folders of one account below a folder of its own in a group's documents. Nothing of ours is kept with a folder: the ledger tells which is whose, and names tell it where it does not. */
export class DocumentPlaces {
  readonly #prepared: PreparedFolders;
  /** Which container has which folder, of those of this session. */
  readonly #holders = new Map<number, string>();
  readonly #trees = new Map<string, FolderTree>();
  /** Something is known of the last time: what is not known is new. */
  #ledger = false;

  constructor(private readonly options: PlaceOptions) {
    this.#prepared = new PreparedFolders(options.client.access.target, async (signal) => idOf((await this.#root(undefined, signal)).address), () => Promise.resolve(undefined));
  }

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const before = known === undefined ? undefined : addressOf(known);
    this.#ledger ||= before !== undefined;
    if (container.path.length === 0) {
      const { address, created } = await this.#root(before, signal);
      return this.#held(container, address, created);
    }
    const above = addressOf(await this.#prepared.parentOf(container, signal));
    if (above === undefined) throw this.options.client.error("TARGET_CONTAINER_MISSING", "the folder above");
    const tree = this.#tree(above.profile);
    const mark = containerMark(container.owner, container.id);
    const names = folderNames(container.name, mark);
    const standing = await this.#followed(tree, before, above.id, names, mark, signal) ?? await this.#adopted(tree, above.id, names, mark, signal);
    const id = standing ?? await this.#make(tree, above.id, names, signal);
    this.#holders.set(id, mark);
    return this.#held(container, { profile: above.profile, parent: above.id, id }, standing === undefined, (await tree.of(id, signal))?.name);
  }

  /** For good, which takes all that is in it along: only where nothing is shown in it, nor hidden in a workflow. */
  async removeContainer(text: string, signal: AbortSignal): Promise<boolean> {
    const { client } = this.options;
    const address = addressOf(text);
    if (address === undefined) return true;
    const { profile, id } = address;
    const tree = this.#tree(profile);
    tree.forget();
    const standing = await tree.of(id, signal);
    if (standing === undefined) return true;
    if ((await workflowsIn(client, { profile, id: standing.parent }, id, signal)) !== 0 || !(await looksEmpty(client, { profile, id }, signal))) return false;
    tree.forget();
    if (!(await deleteElement(client, "folder", id, signal))) throw client.error("TARGET_CONTAINER_REFUSED", "medias/delete: HTTP 403");
    this.#holders.delete(id);
    return true;
  }

  #held(container: PlacedContainer, address: Address, created: boolean, name?: string): TargetContainer {
    this.#prepared.hold(container, idOf(address));
    return { id: idOf(address), created, losses: name === undefined ? [] : losses.folder(container.name, name) };
  }

  #tree(profile: Profile): FolderTree {
    const key = `${profile.type}/${profile.id}`;
    const tree = this.#trees.get(key) ?? new FolderTree(this.options.client, profile);
    this.#trees.set(key, tree);
    return tree;
  }

  /** Known by its number, whatever people call it and wherever they put it; else by the mark in its name. */
  async #root(before: Address | undefined, signal: AbortSignal): Promise<{ readonly address: Address; readonly created: boolean }> {
    const { client, profile, account, folder } = this.options;
    if (profile === undefined) throw client.error("TARGET_CONTAINER_REFUSED", `no group is named for "${account.name}" in "profiles"`);
    const tree = this.#tree(profile);
    const name = rootName(folder, account);
    const [found] = isOf(profile, before) && (await tree.of(before.id, signal)) !== undefined ? [before.id] : await tree.named(0, name, signal);
    const id = found ?? await tree.edit(undefined, { name, parent: 0 }, signal);
    return { address: { profile, parent: 0, id }, created: found === undefined };
  }

  /** The folder that the ledger knows, under its present name and, where the source has moved it, in its present place; undefined where it does not stand there any more. */
  async #followed(tree: FolderTree, before: Address | undefined, above: number, names: readonly string[], mark: string, signal: AbortSignal): Promise<number | undefined> {
    const standing = isOf(tree.profile, before) && (this.#holders.get(before.id) ?? mark) === mark ? await tree.of(before.id, signal) : undefined;
    if (before === undefined || standing === undefined) return undefined;
    const parent = before.parent === above ? standing.parent : above;
    const name = names.includes(standing.name) && parent === standing.parent ? standing.name : await this.#free(tree, parent, names, standing, signal);
    if (name !== standing.name || parent !== standing.parent) await tree.edit(standing.id, { name, parent }, signal);
    return standing.id;
  }

  /** One that an interrupted run left, or one of that name. */
  async #adopted(tree: FolderTree, above: number, names: readonly string[], mark: string, signal: AbortSignal): Promise<number | undefined> {
    for (const name of names) {
      for (const id of await tree.named(above, name, signal)) {
        const holder = this.#holders.get(id);
        if (holder !== undefined && holder !== mark) continue;
        // By the mark in its name it is ours, whatever it holds; so is, without a ledger, one of its name. With one, a full folder is another's, perhaps about to be renamed.
        if (name !== names[0] || holder === mark || !this.#ledger || (await looksEmpty(this.options.client, { profile: tree.profile, id }, signal))) return id;
      }
    }
    return undefined;
  }

  async #make(tree: FolderTree, parent: number, names: readonly string[], signal: AbortSignal): Promise<number> {
    return tree.edit(undefined, { name: await this.#free(tree, parent, names, undefined, signal), parent }, signal);
  }

  /** The first name that no other folder has there: the platform would let two have it. */
  async #free(tree: FolderTree, parent: number, names: readonly string[], own: TreeFolder | undefined, signal: AbortSignal): Promise<string> {
    for (const name of names) if ((await tree.named(parent, name, signal)).every((id) => id === own?.id)) return name;
    throw this.options.client.error("TARGET_CONTAINER_REFUSED", "medias/edit-folder: every name is taken");
  }
}
