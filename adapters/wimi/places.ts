import type { Account, TargetContainer } from "../../src/core/adapter.js";
import type { PlacedContainer } from "../../src/core/item.js";
import type { WimiClient } from "../../src/drivers/wimi/client.js";
import { createDirectory, moveDirectory, renameDirectory, trashDirectory, type Folder } from "../../src/drivers/wimi/documents.js";
import { PreparedFolders } from "../../src/kit/prepared-folders.js";
import { markedName } from "../../src/lib/beside-names.js";
import { containerMark } from "../../src/lib/container-mark.js";
import { foldedName } from "../../src/lib/target-names.js";
import type { Directories, Directory } from "./directories.js";
import { folderName, LEVELS, placeLosses } from "./names.js";
import type { Projects } from "./projects.js";

/** A folder and the one that it stands in, without which it could not be told to stand: "project" or "project/parent/dir", a workspace's own level being 0. */
interface Address extends Folder {
  readonly parent?: number;
}

/** Undefined for what is no address of ours. */
export function addressOf(id: string): Address | undefined {
  const [, project, parent, dir] = /^(\d+)(?:\/(\d+)\/(\d+))?$/.exec(id) ?? [];
  if (project === undefined) return undefined;
  return dir === undefined ? { project: Number(project) } : { project: Number(project), parent: Number(parent), dir: Number(dir) };
}

const idOf = ({ project, parent, dir }: Address): string => (dir === undefined ? String(project) : `${project}/${parent ?? 0}/${dir}`);
const folderOf = (project: number, dir: number | undefined): Folder => (dir === undefined || dir === 0 ? { project } : { project, dir });

export interface PlaceOptions {
  readonly client: WimiClient;
  readonly directories: Directories;
  readonly projects: Projects;
  readonly account: Account;
  readonly room: () => void;
}

/**
 * Folders of one account's workspace. Nothing of a folder but its name and number comes back: the ledger tells which is whose; a folder that it does not know
 * is known by its name alone.
 */
export class Places {
  readonly #prepared: PreparedFolders;
  /** Which container has which folder, of those of this session. */
  readonly #holders = new Map<number, string>();
  #proven = false;
  /** Something is known of the last time: what is not known is new. */
  #ledger = false;

  constructor(private readonly options: PlaceOptions) {
    const { client, projects, account } = options;
    this.#prepared = new PreparedFolders(client.access.target, async (signal) => String((await projects.of(account, undefined, signal)).id), () => Promise.resolve(undefined));
  }

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const before = known === undefined ? undefined : addressOf(known);
    this.#ledger ||= before !== undefined;
    if (container.path.length === 0) {
      const { id, made } = await this.options.projects.of(this.options.account, before?.project, signal);
      return this.#held(container, { project: id }, made);
    }
    const above = await this.#above(container, signal);
    const mark = containerMark(container.owner, container.id);
    const wanted = folderName(container).name;
    const names = [wanted, markedName(wanted, mark)];
    const standing = await this.#followed(before, above, names, mark, signal) ?? await this.#adopted(above, names, mark, signal);
    if (standing !== undefined) return this.#held(container, standing.address, false, standing.name, mark);
    const made = await this.#make(above, names, signal);
    return this.#held(container, made.address, true, made.name, mark);
  }

  /** An empty folder goes to the trash; a workspace is its administrator's to remove. */
  async removeContainer(id: string, signal: AbortSignal): Promise<boolean> {
    const { client, directories } = this.options;
    const address = addressOf(id);
    if (address?.dir === undefined) return true;
    const above = folderOf(address.project, address.parent);
    const name = (await directories.again(above, signal)).dirOf(address.dir);
    if (name === undefined) return true;
    if ((await directories.again(folderOf(address.project, address.dir), signal)).size > 0) return false;
    await trashDirectory(client, address.project, address.dir, signal);
    this.#holders.delete(address.dir);
    return (await directories.again(above, signal)).dirOf(address.dir) === undefined;
  }

  #held(container: PlacedContainer, address: Address, created: boolean, name = "", mark = ""): TargetContainer {
    this.#prepared.hold(container, idOf(address));
    if (address.dir !== undefined) this.#holders.set(address.dir, mark);
    return { id: idOf(address), created, losses: address.dir === undefined ? [] : placeLosses(container, name) };
  }

  /** Where the folder is to stand: in its parent, or beside it where that is on the last level. */
  async #above(container: PlacedContainer, signal: AbortSignal): Promise<Folder> {
    const parent = addressOf(await this.#prepared.parentOf(container, signal)) ?? { project: 0 };
    return folderOf(parent.project, container.path.length <= LEVELS ? parent.dir : parent.parent);
  }

  /** The folder that the ledger knows, under its present name and in its present place; undefined where it does not stand there any more. */
  async #followed(before: Address | undefined, above: Folder, names: readonly string[], mark: string, signal: AbortSignal): Promise<Found | undefined> {
    const { client, directories } = this.options;
    if (before?.dir === undefined || before.project !== above.project || (this.#holders.get(before.dir) ?? mark) !== mark) return undefined;
    const origin = folderOf(before.project, before.parent);
    const moves = origin.dir !== above.dir;
    // A move whose answer was lost may have been done.
    const name = (await directories.of(above, signal)).dirOf(before.dir) ?? (moves ? (await directories.of(origin, signal)).dirOf(before.dir) : undefined);
    if (name === undefined) return undefined;
    if (moves && (await directories.of(above, signal)).dirOf(before.dir) === undefined) {
      const [there, here] = [await directories.of(above, signal), await directories.of(origin, signal)];
      const free = [name, ...names].find((one) => !there.meets(one) && (one === name || !here.meets(one)));
      if (free === undefined) throw client.error("TARGET_CONTAINER_REFUSED", "document.directory.Move: every name is taken");
      await this.#change([origin, above], signal, async () => {
        if (free !== name) await renameDirectory(client, before.project, before.dir ?? 0, free, signal);
        await moveDirectory(client, above, before.dir ?? 0, signal);
      });
    }
    return { address: { ...above, parent: above.dir ?? 0, dir: before.dir }, name: await this.#renamed(above, before.dir, names, signal) };
  }

  async #renamed(above: Folder, dir: number, names: readonly string[], signal: AbortSignal): Promise<string> {
    const { client, directories } = this.options;
    const directory = await directories.of(above, signal);
    const name = directory.dirOf(dir);
    if (name === undefined) throw client.error("TARGET_CONTAINER_REFUSED", "document.directory.Move: it is not where it was moved to");
    if (names.includes(name)) return name;
    const free = freeName(directory, names, name);
    if (free === undefined) throw client.error("TARGET_CONTAINER_REFUSED", "document.directory.EditName: every name is taken");
    await this.#change([above], signal, () => renameDirectory(client, above.project, dir, free, signal));
    const given = (await directories.of(above, signal)).dirOf(dir);
    if (given !== free) throw client.error("TARGET_CONTAINER_REFUSED", "document.directory.EditName: listed under another name");
    return given;
  }

  /** One that an interrupted run left, or one of that name. */
  async #adopted(above: Folder, names: readonly string[], mark: string, signal: AbortSignal): Promise<Found | undefined> {
    const { directories } = this.options;
    const directory = await directories.of(above, signal);
    for (const name of names) {
      const dir = directory.dirs.get(name);
      if (dir === undefined || (this.#holders.get(dir) ?? mark) !== mark) continue;
      // By the mark in its name it is ours, whatever it holds; so is, without a ledger, one of its name. With one, a full folder is another's, perhaps about to be renamed.
      const ours = name !== names[0] || this.#holders.get(dir) === mark || !this.#ledger;
      if (ours || (await directories.of(folderOf(above.project, dir), signal)).size === 0) return { address: { ...above, parent: above.dir ?? 0, dir }, name };
    }
    return undefined;
  }

  /** What the request answers is in no source: the folder is looked for by its name. */
  async #make(above: Folder, names: readonly string[], signal: AbortSignal): Promise<Found> {
    const { client, directories, room } = this.options;
    room();
    const name = freeName(await directories.of(above, signal), names);
    if (name === undefined) throw client.error("TARGET_CONTAINER_REFUSED", "document.directory.Create: every name is taken");
    await this.#change([above], signal, () => createDirectory(client, above, name, signal));
    const dir = (await directories.of(above, signal)).dirs.get(name);
    if (dir === undefined) throw client.error(this.#proven ? "TARGET_CONTAINER_REFUSED" : "TARGET_NOT_KEPT", "document.directory.Create: not listed under its name");
    this.#proven = true;
    return { address: { ...above, parent: above.dir ?? 0, dir }, name };
  }

  /** Whatever comes of it, the folders are listed again before they are spoken of. */
  async #change(folders: readonly Folder[], signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    signal.throwIfAborted();
    try {
      await work();
    } finally {
      for (const folder of folders) this.options.directories.forget(folder);
    }
  }
}

interface Found {
  readonly address: Address;
  readonly name: string;
}

/** The first that nothing has there. `own`: the name to be left, which another spelling of it may meet. */
function freeName(directory: Directory, names: readonly string[], own?: string): string | undefined {
  return names.find((name) => !directory.meets(name) || (own !== undefined && !directory.has(name) && foldedName(name) === foldedName(own)));
}
