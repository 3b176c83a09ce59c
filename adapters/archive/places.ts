import type { TargetContainer } from "../../src/core/adapter.js";
import { ExodusError } from "../../src/core/errors.js";
import type { PlacedContainer } from "../../src/core/item.js";
import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { clashes } from "./clashes.js";
import type { Locks } from "./locks.js";
import { placeLosses } from "./losses.js";
import { component, containerMark, firstFree, spellings } from "./names.js";
import type { Notes } from "./notes.js";
import { permissionsFileOf } from "./permissions.js";

/** Where one owner's containers of one workload stand below the archive. */
export class Places {
  /** Folders that do not stand where the names alone would put them, and those below; few. */
  readonly #elsewhere = new Map<string, string>();

  /** `hasSidecars`: files stand beside the folders that tell of them. `locks` are shared by all who write below one area: chats of all owners stand in one. */
  constructor(private readonly tree: DiskTree, private readonly notes: Notes, private readonly area: string, private readonly hasSidecars: boolean, private readonly locks: Locks) {}

  /** The container's folder, made, or moved from `known` when its name or parent changed. One at a time: two of one name must not both find it free. */
  prepare(container: PlacedContainer, known: string | undefined): Promise<TargetContainer> {
    return this.locks.run(this.area, () => this.#prepare(container, known));
  }

  async remove(id: string): Promise<boolean> {
    await this.tree.sweep(id);
    const gone = await this.tree.removeFolder(id);
    if (gone) await this.notes.removeFolder(id);
    return gone;
  }

  async #prepare(container: PlacedContainer, known: string | undefined): Promise<TargetContainer> {
    const id = container.path.length === 0 ? this.area : await this.#choose(container, known);
    const straight = [this.area, ...container.path.map(component)].join("/");
    if (id === straight) this.#elsewhere.delete(container.id);
    else this.#elsewhere.set(container.id, id);
    if (known !== undefined && known !== id && (await this.tree.info(id)) === undefined) await this.#move(container, known, id);
    const created = (await this.tree.info(id)) === undefined;
    await this.tree.makeFolder(id);
    const note = await this.notes.folder(id);
    if (note?.id !== container.id || note.owner !== container.owner || note.name !== container.name) {
      await this.notes.saveFolder(id, { owner: container.owner, id: container.id, name: container.name });
    }
    await this.tree.sweep(id);
    await this.notes.sweep(id);
    return { id, created, losses: placeLosses(container, id.slice(id.lastIndexOf("/") + 1)) };
  }

  /** The first spelling whose folder is ours or free; a folder that stands there unnoted is free unless there is one to move. */
  async #choose(container: PlacedContainer, known: string | undefined): Promise<string> {
    const parent = this.#parentOf(container);
    const moving = known !== undefined && (await this.#isOurs(known, container));
    const name = await firstFree(spellings(container.name, containerMark(container.owner, container.id)), async (one) => {
      const id = `${parent}/${one}`;
      const found = await this.tree.info(id);
      if (found !== undefined && (await this.#isOurs(id, container))) return "free";
      // A sidecar folder of versions has no note either, but stands beside its file.
      if (await this.#clashes(parent, one)) return "clash";
      return found === undefined || (found.folder && !moving && (await this.notes.folder(id)) === undefined) ? "free" : "taken";
    });
    if (name !== undefined) return `${parent}/${name}`;
    throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: this.tree.root, reason: "every spelling of the name is taken" } });
  }

  /** The engine prepares parents first, in the same session. */
  #parentOf(container: PlacedContainer): string {
    const elsewhere = container.parentId === undefined ? undefined : this.#elsewhere.get(container.parentId);
    return elsewhere ?? [this.area, ...container.path.slice(0, -1).map(component)].join("/");
  }

  async #isOurs(folder: string, container: PlacedContainer): Promise<boolean> {
    const note = await this.notes.folder(folder);
    return note?.id === container.id && note.owner === container.owner && (await this.tree.info(folder))?.folder === true;
  }

  #clashes(parent: string, name: string): Promise<boolean> {
    return this.hasSidecars ? clashes(this.tree, this.notes, parent, name) : Promise.resolve(false);
  }

  /** Notes first: a crash between the two leaves a folder without note, still to be moved. A folder that another container has taken since stays. */
  async #move(container: PlacedContainer, from: string, to: string): Promise<void> {
    if ((await this.notes.folder(from)) !== undefined && !(await this.#isOurs(from, container))) return;
    await this.tree.makeFolder(to.slice(0, to.lastIndexOf("/")));
    await this.notes.moveFolder(from, to);
    if (this.hasSidecars) await this.tree.move(permissionsFileOf(from), permissionsFileOf(to));
    await this.tree.move(from, to);
  }
}
