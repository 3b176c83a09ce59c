import { createHash, type Hash } from "node:crypto";

export interface Dir {
  readonly id: number;
  readonly project: number;
  parent: number;
  name: string;
  trashed: boolean;
}

export interface File {
  readonly id: number;
  readonly project: number;
  /** 0: the workspace itself. */
  readonly dir: number;
  name: string;
  readonly size: number;
  readonly sha256: string;
  /** Undefined for one that was too large to be kept here. */
  bytes: Buffer | undefined;
  trashed: boolean;
}

/** Larger ones leave their hash alone, so that a test may send what memory would not hold. */
const KEPT = 16 * 1024 * 1024;

/** Workspaces with their folders and files. Numbers are never given twice. */
export class Store {
  readonly projects = new Map<number, string>();
  readonly dirs = new Map<number, Dir>();
  readonly files = new Map<number, File>();
  #last = 1000;

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  addProject(name: string): number {
    const id = this.next();
    this.projects.set(id, name);
    return id;
  }

  addDir(project: number, parent: number, name: string): number {
    const id = this.next();
    this.dirs.set(id, { id, project, parent, name, trashed: false });
    return id;
  }

  addFile(project: number, dir: number, name: string, content: Buffer | string): number {
    const bytes = Buffer.from(content);
    const id = this.next();
    this.files.set(id, { id, project, dir, name, size: bytes.byteLength, sha256: createHash("sha256").update(bytes).digest("hex"), bytes, trashed: false });
    return id;
  }

  dirsOf(project: number, parent: number): Dir[] {
    return [...this.dirs.values()].filter((dir) => dir.project === project && dir.parent === parent && !dir.trashed);
  }

  filesOf(project: number, dir: number): File[] {
    return [...this.files.values()].filter((file) => file.project === project && file.dir === dir && !file.trashed);
  }

  /** Names from the workspace down; undefined where a folder on the way lies in the trash. */
  pathOf(dir: number): string[] | undefined {
    if (dir === 0) return [];
    const found = this.dirs.get(dir);
    const above = found === undefined || found.trashed ? undefined : this.pathOf(found.parent);
    return found === undefined || above === undefined ? undefined : [...above, found.name];
  }

  /** Every file that stands, by workspace and path. */
  *paths(): Generator<readonly [string, File]> {
    for (const file of this.files.values()) {
      const path = file.trashed ? undefined : this.pathOf(file.dir);
      if (path !== undefined) yield [[this.projects.get(file.project) ?? "", ...path, file.name].join("/"), file];
    }
  }

  clear(): void {
    for (const map of [this.projects, this.dirs, this.files]) map.clear();
  }
}

/** Bytes as they come in: hashed, and kept while they are few. */
export class Incoming {
  readonly #sha256: Hash = createHash("sha256");
  readonly #md5: Hash = createHash("md5");
  #pieces: Buffer[] | undefined = [];
  size = 0;

  add(piece: Buffer): void {
    this.size += piece.byteLength;
    this.#sha256.update(piece);
    this.#md5.update(piece);
    if (this.size > KEPT) this.#pieces = undefined;
    else this.#pieces?.push(piece);
  }

  end(): { readonly size: number; readonly sha256: string; readonly md5: string; readonly bytes: Buffer | undefined } {
    return { size: this.size, sha256: this.#sha256.digest("hex"), md5: this.#md5.digest("hex"), bytes: this.#pieces === undefined ? undefined : Buffer.concat(this.#pieces) };
  }
}
