import type { TargetContainer } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { Owner, PlacedContainer } from "../../src/core/item.js";
import type { CozyClient } from "../../src/drivers/cozy/client.js";
import { ROOT_ID, type FolderPlace } from "../../src/drivers/cozy/documents.js";
import { drivesFolder, shareAsDrive } from "../../src/drivers/cozy/drives.js";
import { byId, childOf } from "../../src/drivers/cozy/files.js";
import { ensureFolder } from "../../src/drivers/cozy/folders.js";
import { cozyName } from "../../src/drivers/cozy/names.js";
import { containerMark } from "../../src/lib/container-mark.js";
import { DiskMap } from "../../src/lib/disk-map.js";
import { folderLosses } from "./losses.js";

export interface PlacesOptions {
  readonly owner: Owner;
  /** Folder of a person's instance that receives the files, as names from its root; empty: the root. */
  readonly folder: readonly string[];
  /** A group's or site's library, which becomes a shared drive of this name. */
  readonly drive: string | undefined;
}

/** Where containers stand in one instance. TargetContainer.id = the folder's identifier, which outlives renames. */
export class Places {
  /** Paths of folders, by identifier: on disk, since there are as many as the account has. */
  readonly #paths = new DiskMap();
  /** Folder of a source's container, of those that were prepared. */
  readonly #prepared = new DiskMap();
  #root: Promise<TargetContainer> | undefined;

  constructor(private readonly client: CozyClient, private readonly options: PlacesOptions) {}

  async prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    if (container.path.length === 0) return this.#top(container, known, signal);
    const parent = await this.#parentOf(container, signal);
    const mark = containerMark(container.owner, container.id);
    const { document, created } = await ensureFolder(this.client, parent, { name: container.name, mark: { container: mark, made: true }, known }, signal);
    // A folder that moved takes the paths below it along.
    if (document.path !== (this.#paths.get(document.id) ?? document.path)) this.forget();
    this.#hold(document);
    this.#prepared.set(container.id, document.id);
    return { id: document.id, created, losses: folderLosses(container.name, document.name, mark) };
  }

  /** A folder by its identifier. @throws ExodusError TARGET_CONTAINER_MISSING. */
  async folder(id: string, signal: AbortSignal): Promise<FolderPlace> {
    const path = this.#paths.get(id);
    if (path !== undefined) return { id, path };
    const document = await byId(this.client, id, signal);
    if (document?.folder !== true || document.trashed) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.client.access.target, reason: "GET: HTTP 404" } });
    return this.#hold(document);
  }

  /** What is held of folders may be out of date: somebody renamed one. */
  forget(): void {
    this.#paths.close();
  }

  close(): void {
    this.#paths.close();
    this.#prepared.close();
  }

  /** The engine prepares parents first, in the same session; without, the names lead there. */
  async #parentOf({ parentId, path }: PlacedContainer, signal: AbortSignal): Promise<FolderPlace> {
    const prepared = parentId === undefined ? undefined : this.#prepared.get(parentId);
    if (prepared !== undefined) return this.folder(prepared, signal);
    this.#root ??= this.#ensureRoot(undefined, undefined, signal);
    let parent = await this.folder((await this.#root.catch((thrown: unknown) => { this.#root = undefined; throw thrown; })).id, signal);
    for (const name of path.slice(0, -1)) {
      const child = await childOf(this.client, parent, cozyName(name).name, signal);
      if (child?.folder !== true) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.client.access.target, reason: "GET: HTTP 404" } });
      parent = child;
    }
    return this.#hold(parent);
  }

  async #top(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const top = await this.#ensureRoot(container, known, signal);
    this.#root = Promise.resolve(top);
    this.#prepared.set(container.id, top.id);
    return top;
  }

  async #ensureRoot(container: PlacedContainer | undefined, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const { drive } = this.options;
    return drive === undefined ? this.#ownFolder(signal) : this.#drive(drive, container, known, signal);
  }

  async #ownFolder(signal: AbortSignal): Promise<TargetContainer> {
    let folder = await this.folder(ROOT_ID, signal);
    let made = false;
    for (const name of this.options.folder) {
      const mark = containerMark("", `${folder.id}/${name}`);
      const { document, created } = await ensureFolder(this.client, folder, { name, mark: { container: mark, made: false } }, signal);
      [folder, made] = [this.#hold(document), created];
    }
    return { id: folder.id, created: made, losses: [] };
  }

  /** Marked by the owner, so that a library without a container of its own stands there too, and two of one name stand beside one another. */
  async #drive(name: string, container: PlacedContainer | undefined, known: string | undefined, signal: AbortSignal): Promise<TargetContainer> {
    const mark = containerMark(this.options.owner.id, "drive");
    const above = await drivesFolder(this.client, signal);
    const { document, created } = await ensureFolder(this.client, above, { name, mark: { container: mark, made: false }, known: container === undefined ? undefined : known }, signal);
    await shareAsDrive(this.client, document.id, name, signal);
    this.#hold(document);
    return { id: document.id, created, losses: folderLosses(name, document.name, mark) };
  }

  #hold(folder: FolderPlace): FolderPlace {
    if (folder.path !== undefined) this.#paths.set(folder.id, folder.path);
    return folder;
  }
}
