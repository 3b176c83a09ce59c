import { createHash } from "node:crypto";
import { chmod, readdir } from "node:fs/promises";
import path from "node:path";
import { ExodusError, type Lang } from "../../core/errors.js";
import { DiskTree } from "../../drivers/disk/tree.js";
import { LineFile, oneText } from "../export-folder.js";

/** Stands in a package until it is whole. */
export const INCOMPLETE = "INCOMPLETE.txt";
/** The package's own description, written last but one. */
export const CARD = "handover.json";

/** Numbers that stand in a folder of packages; the last one may be incomplete. */
export interface Standing {
  readonly whole: number;
  /** One that was cut off, or the next one. */
  readonly next: number;
  /** Something of `next` stands already. */
  readonly resumed: boolean;
}

export function folderOf(number: number): string {
  return String(number).padStart(3, "0");
}

/** Looks without writing. @throws ExodusError EXPORT_EXISTS when the folder holds something else. */
export async function packagesIn(dir: string): Promise<Standing> {
  const names = await readdir(dir).catch((thrown: NodeJS.ErrnoException): string[] => {
    if (thrown.code === "ENOENT") return [];
    throw new ExodusError("EXPORT_EXISTS", { params: { dir }, cause: thrown });
  });
  const numbers = names.map((name) => (/^\d{3,9}$/.test(name) && folderOf(Number(name)) === name ? Number(name) : 0)).sort((a, b) => a - b);
  if (numbers.includes(0) || numbers.some((number, index) => number !== index + 1)) throw new ExodusError("EXPORT_EXISTS", { params: { dir } });
  const last = numbers.at(-1) ?? 0;
  if (last === 0) return { whole: 0, next: 1, resumed: false };
  const inside = await readdir(path.join(dir, folderOf(last)));
  const cut = inside.includes(INCOMPLETE) || !inside.includes(CARD);
  return { whole: cut ? last - 1 : last, next: cut ? last : last + 1, resumed: cut };
}

/** The language in which a package that was cut off was begun; undefined when it does not say. */
export async function cutLanguage(dir: string, number: number): Promise<Lang | undefined> {
  const said = /^lang: (fr|en)$/m.exec((await new DiskTree(path.join(dir, folderOf(number))).text(INCOMPLETE)) ?? "")?.[1];
  return said === "fr" || said === "en" ? said : undefined;
}

/** What was written: size in bytes and SHA-256. */
export interface Written {
  readonly size: number;
  readonly sha256: string;
}

/** One package on the disk. Nothing is written through a link that somebody put into it. */
export class PackageFolder {
  readonly tree: DiskTree;
  #sure = "";

  private constructor(dir: string, private readonly resumed: boolean) {
    this.tree = new DiskTree(dir);
  }

  static async open(dir: string, number: number, resumed: boolean, lang: Lang): Promise<PackageFolder> {
    const folder = new PackageFolder(path.join(dir, folderOf(number)), resumed);
    await folder.tree.makeFolder(".");
    // Before anything is changed of it: `chmod` follows links.
    if ((await folder.tree.itself("."))?.kind !== "folder") throw new ExodusError("EXPORT_EXISTS", { params: { dir: folder.tree.root } });
    // It holds what the vault holds: nobody but its owner enters, whatever the modes below.
    for (const one of [dir, folder.tree.root]) await chmod(one, 0o700);
    await folder.tree.write(INCOMPLETE, oneText(`Ce paquet est incomplet : ne vous y fiez pas. Relancez la même commande.\nThis package is incomplete: do not rely on it. Run the same command again.\nlang: ${lang}\n`));
    await folder.tree.removeFile(CARD);
    return folder;
  }

  /** Writes a file, unless a run that was cut off wrote the same bytes. */
  async put(file: string, open: () => AsyncIterable<Uint8Array>, options: { readonly modifiedAt?: string | undefined; readonly signal?: AbortSignal } = {}): Promise<Written> {
    await this.#makeFolder(path.posix.dirname(file));
    await this.#clear(file, "file");
    if (this.resumed) {
      const { size, sha256 } = await measured(open(), options.signal);
      if ((await this.#sizeOf(file)) === size && (await this.tree.hash(file)) === sha256) return { size, sha256 };
    }
    let size = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of open()) {
        size += chunk.length;
        yield chunk;
      }
    };
    const sha256 = await this.tree.write(file, counted(), { ...options, durable: false });
    return { size, sha256 };
  }

  /** A file that is written piece by piece; what a run that was cut off left of it goes. */
  async lines(file: string): Promise<LineFile> {
    await this.#makeFolder(path.posix.dirname(file));
    await this.#clear(file, "file");
    await this.tree.removeFile(file);
    return LineFile.open(this.tree, file);
  }

  async written(file: string): Promise<Written> {
    return { size: (await this.#sizeOf(file)) ?? 0, sha256: (await this.tree.hash(file)) ?? "" };
  }

  /** Removes what stands in the package and is not `kept`: a run that was cut off may have had other content. */
  async sweep(kept: (file: string) => boolean, folder = ""): Promise<void> {
    for (const entry of await readdir(this.tree.at(folder === "" ? "." : folder), { withFileTypes: true })) {
      const file = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        await this.sweep(kept, file);
        await this.tree.removeFolder(file);
      } else if (!kept(file)) await this.tree.removeFile(file);
    }
  }

  async finish(): Promise<void> {
    await this.tree.removeFile(INCOMPLETE);
  }

  async #sizeOf(file: string): Promise<number | undefined> {
    const found = await this.tree.itself(file);
    return found?.kind === "file" ? found.size : undefined;
  }

  /**
   * Takes away what a run that was cut off left in this place, when it is now to be the other of file and folder, or is spelled otherwise on a file system that folds case
   * (the sweep would take it for something else's). A link is left: it is refused.
   */
  async #clear(file: string, wanted: "file" | "folder"): Promise<void> {
    if (!this.resumed) return;
    const standing = (await this.tree.itself(file))?.kind;
    if (standing === undefined || standing === "other" || (standing === wanted && (await this.tree.isSpelled(file)))) return;
    await this.tree.removeTree(file);
  }

  /** Component by component: a link in the place of a folder is refused. */
  async #makeFolder(folder: string): Promise<void> {
    if (folder === "." || folder === this.#sure) return;
    const parts = folder.split("/");
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const one = parts.slice(0, depth).join("/");
      if (this.#sure !== "" && `${this.#sure}/`.startsWith(`${one}/`)) continue;
      await this.#clear(one, "folder");
      await this.tree.makeOwnFolder(one);
    }
    this.#sure = folder;
  }
}

/** Size and SHA-256 of bytes that are only looked at. */
export async function measured(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Written> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest("hex") };
}
