import { createHash } from "node:crypto";
import type { PlacedContainer } from "../core/item.js";
import { encodeFileName, shortFileName } from "../lib/file-names.js";
import { percent } from "../lib/name-alphabets.js";
import { foldedName } from "../lib/target-names.js";

/** What the formats write into a folder itself: no folder of the mailbox may be called so. */
const RESERVED = new Set(["cur", "new", "tmp", "mbox"]);
/** Room for what stands above and below it: Linux takes paths of 4,096 bytes (PATH_MAX, limits.h). */
const PATH_BYTES = 2_000;

/**
 * Places for the folders of one owner, none twice, whatever they are called. Names are written by the percent rule and can be read back, but
 * for those that are too long, too deep or held by another: `index.jsonl` tells every folder's own names.
 */
export class FolderPaths {
  readonly #taken = new Set<string>();

  constructor(readonly top: string) {}

  /** Relative to the export's folder. */
  of({ id, path }: PlacedContainer): string {
    const mark = createHash("sha256").update(id).digest("hex").slice(0, 8);
    const own = [this.top, ...path.map(component)].join("/");
    const first = path.length === 0 ? `${this.top}/%` : Buffer.byteLength(own) <= PATH_BYTES ? own : `${this.top}/~${mark}`;
    return this.#take(first) ? first : this.#marked(first, mark);
  }

  #marked(first: string, mark: string): string {
    const marked = `${first.slice(0, first.lastIndexOf("/") + 1)}${shortFileName(`${first.slice(first.lastIndexOf("/") + 1)}~${mark}`)}`;
    this.#take(marked);
    return marked;
  }

  /** File systems that fold case or Unicode forms take one name for another. */
  #take(place: string): boolean {
    const folded = foldedName(place);
    if (this.#taken.has(folded)) return false;
    this.#taken.add(folded);
    return true;
  }
}

/** One name as a path component: no separator, no hidden file, nothing that the formats use themselves. */
export function component(name: string): string {
  const encoded = encodeFileName(name);
  const disguised = encoded.startsWith(".") || RESERVED.has(encoded.toLowerCase()) ? `${percent(encoded.slice(0, 1))}${encoded.slice(1)}` : encoded;
  return shortFileName(disguised);
}
