import { createHash, type Hash } from "node:crypto";

/** Bytes that were sent: of their content, what tells it from any other. */
export interface CloudFile {
  readonly id: number;
  readonly sphere: string;
  readonly size: number;
  readonly sha256: string;
  /** As the form named it. */
  readonly filename: string;
  readonly mediaType: string;
}

/** What stands in a box: type 1 is a folder, type 2 a file. */
export interface Resource {
  readonly id: number;
  readonly sphere: string;
  readonly parent: number | undefined;
  readonly name: string;
  readonly type: 1 | 2;
  readonly ext?: string;
  readonly cloudFile?: CloudFile;
}

/** A content of which not all pieces are there. */
export interface Pending {
  readonly hash: Hash;
  size: number;
  next: number;
}

const FIRST = 100;

export class Store {
  readonly resources: Resource[] = [];
  readonly cloudFiles: CloudFile[] = [];
  readonly pending = new Map<string, Pending>();
  #last = FIRST;

  /** External ids of the spheres, with their names. */
  constructor(readonly spheres: Readonly<Record<string, string>>) {}

  next(): number {
    return (this.#last += 1);
  }

  begin(): Pending {
    return { hash: createHash("sha256"), size: 0, next: 0 };
  }

  /** What stands in a folder, or at the top of a box. */
  children(sphere: string, parent: number | undefined): Resource[] {
    return this.resources.filter((one) => one.sphere === sphere && one.parent === parent);
  }

  /** Every file of every box as `sphere/path sha256`, as often as it stands there. */
  files(): string[] {
    return this.resources.flatMap((one) => (one.cloudFile === undefined ? [] : [`${one.sphere}/${this.#path(one)} ${one.cloudFile.sha256}`]));
  }

  /** Every folder as `sphere/path`, as often as it stands there. */
  folders(): string[] {
    return this.resources.filter(({ type }) => type === 1).map((one) => `${one.sphere}/${this.#path(one)}`);
  }

  clear(): void {
    for (const kind of [this.resources, this.cloudFiles]) kind.splice(0);
    this.pending.clear();
    this.#last = FIRST;
  }

  #path({ parent, name, ext }: Resource): string {
    const above = this.resources.find(({ id }) => id === parent);
    return `${above === undefined ? "" : `${this.#path(above)}/`}${name}${ext === undefined || ext === "" ? "" : `.${ext}`}`;
  }
}
