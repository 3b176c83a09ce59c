import type { WimiClient } from "../../src/drivers/wimi/client.js";
import { entriesOf, type Folder } from "../../src/drivers/wimi/documents.js";
import { foldedName } from "../../src/lib/target-names.js";

/** Folders whose names are held at once: a session works at few. */
const HELD = 8;

type Kind = "files" | "dirs";

/** Names of one folder, as last listed and as changed by this session since. */
export class Directory {
  /** By name; the number of what this session put there is not known before it is listed again. */
  readonly files = new Map<string, number | undefined>();
  readonly dirs = new Map<string, number | undefined>();
  /** How many names fold to the same: whether case or the form of accents tell two names apart is in no source. */
  readonly #folded = new Map<string, number>();

  get size(): number {
    return this.files.size + this.dirs.size;
  }

  has(name: string): boolean {
    return this.files.has(name) || this.dirs.has(name);
  }

  /** Whether something stands there under the name, or one that the target may take for it. */
  meets(name: string): boolean {
    return this.#folded.has(foldedName(name));
  }

  dirOf(id: number): string | undefined {
    for (const [name, dir] of this.dirs) if (dir === id) return name;
    return undefined;
  }

  add(kind: Kind, name: string, id: number | undefined): void {
    if (!this[kind].has(name)) this.#fold(name, 1);
    this[kind].set(name, id ?? this[kind].get(name));
  }

  remove(kind: Kind, name: string): void {
    if (this[kind].delete(name)) this.#fold(name, -1);
  }

  /** Of a file. */
  rename(from: string, to: string, id: number): void {
    this.remove("files", from);
    this.add("files", to, id);
  }

  #fold(name: string, by: 1 | -1): void {
    const folded = foldedName(name);
    const count = (this.#folded.get(folded) ?? 0) + by;
    if (count > 0) this.#folded.set(folded, count);
    else this.#folded.delete(folded);
  }
}

/** Folders of one workspace as this session knows them: one is listed once, and again after an answer that was lost. */
export class Directories {
  readonly #held = new Map<string, Promise<Directory>>();
  /** Entries of each folder seen. */
  readonly #sizes = new Map<string, number>();
  #entries = 0;

  constructor(private readonly client: WimiClient) {}

  /** Files and folders that this session has seen or made. */
  get entries(): number {
    return this.#entries;
  }

  of(folder: Folder, signal: AbortSignal): Promise<Directory> {
    const key = keyOf(folder);
    const held = this.#held.get(key) ?? this.#list(folder, signal);
    this.#held.delete(key);
    this.#held.set(key, held);
    for (const oldest of [...this.#held.keys()].slice(0, -HELD)) this.#held.delete(oldest);
    return held;
  }

  again(folder: Folder, signal: AbortSignal): Promise<Directory> {
    this.forget(folder);
    return this.of(folder, signal);
  }

  /** What stands there is not known for certain any more. */
  forget(folder: Folder): void {
    this.#held.delete(keyOf(folder));
  }

  /** What was done there, in whichever listing holds now: another put may have had the folder listed again meanwhile. */
  async change(folder: Folder, work: (directory: Directory) => void): Promise<void> {
    const held = await this.#held.get(keyOf(folder));
    if (held === undefined) return;
    work(held);
    this.#count(folder, held.size);
  }

  async #list(folder: Folder, signal: AbortSignal): Promise<Directory> {
    try {
      const { files, dirs } = await entriesOf(this.client, folder, signal);
      const directory = new Directory();
      for (const { name, id } of files) directory.add("files", name, id);
      for (const { name, id } of dirs) directory.add("dirs", name, id);
      this.#count(folder, directory.size);
      return directory;
    } catch (thrown) {
      this.forget(folder);
      throw thrown;
    }
  }

  #count(folder: Folder, size: number): void {
    const key = keyOf(folder);
    this.#entries += size - (this.#sizes.get(key) ?? 0);
    this.#sizes.set(key, size);
  }
}

function keyOf({ project, dir }: Folder): string {
  return `${project}/${dir ?? 0}`;
}
