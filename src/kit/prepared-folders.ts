import { ExodusError } from "../core/errors.js";
import type { PlacedContainer } from "../core/item.js";

/** Folders held at once: what memory is spent does not grow with a drive. */
const MOST = 4_096;

/** Where a session's folders stand at a target that knows them by identifiers: the engine prepares parents first, in the same session. */
export class PreparedFolders {
  readonly #ids = new Map<string, string>();
  #root: Promise<string> | undefined;

  /** `find`: a parent that this session did not prepare, or that it forgot. */
  constructor(private readonly target: string, private readonly root: (signal: AbortSignal) => Promise<string>, private readonly find: (owner: string, id: string, signal: AbortSignal) => Promise<string | undefined>) {}

  hold({ id, path }: PlacedContainer, at: string): void {
    if (path.length === 0) this.#root = Promise.resolve(at);
    else this.#keep(id, at);
  }

  /** @throws ExodusError TARGET_CONTAINER_MISSING where the parent is nowhere. */
  async parentOf({ owner, parentId, path }: PlacedContainer, signal: AbortSignal): Promise<string> {
    if (path.length > 1 && parentId !== undefined) {
      const parent = this.#ids.get(parentId) ?? (await this.find(owner, parentId, signal));
      if (parent === undefined) throw new ExodusError("TARGET_CONTAINER_MISSING", { params: { target: this.target, reason: "the folder above" } });
      this.#keep(parentId, parent);
      return parent;
    }
    this.#root ??= this.root(signal).catch((thrown: unknown) => { this.#root = undefined; throw thrown; });
    return this.#root;
  }

  /** As the latest: a parent in use stays, however many folders are in it. */
  #keep(id: string, at: string): void {
    this.#ids.delete(id);
    this.#ids.set(id, at);
    const oldest = this.#ids.keys().next();
    if (this.#ids.size > MOST && oldest.done !== true) this.#ids.delete(oldest.value);
  }
}
