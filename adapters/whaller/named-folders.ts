import type { ContainerRef } from "../../src/core/item.js";
import { foldedName } from "../../src/lib/target-names.js";
import type { FolderAddress } from "./addresses.js";

/** Names held at once: what memory is spent does not grow with a drive. */
const MOST = 4_096;

/** Names of folders that one session made or saw, so that a second one of a name is told apart: what the box would make of it is told nowhere. */
export class NamedFolders {
  readonly #holders = new Map<string, string>();

  isFree(at: Pick<FolderAddress, "sphere" | "parent" | "name">, { id }: ContainerRef): boolean {
    return (this.#holders.get(placeOf(at)) ?? id) === id;
  }

  take(at: FolderAddress, { id }: ContainerRef): void {
    const place = placeOf(at);
    if (this.#holders.has(place)) return;
    this.#holders.set(place, id);
    const oldest = this.#holders.keys().next();
    if (this.#holders.size > MOST && oldest.done !== true) this.#holders.delete(oldest.value);
  }
}

function placeOf({ sphere, parent, name }: Pick<FolderAddress, "sphere" | "parent" | "name">): string {
  return `${sphere}/${parent}/${foldedName(name)}`;
}
