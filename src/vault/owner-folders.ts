import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Owner } from "../core/item.js";
import { ensureFolder, ifPresent, writeWhole } from "./disk.js";
import { ownerDir, ownerMark } from "./layout.js";

/** Card of an owner's folder, relative to it. */
export const OWNER_CARD = "owner.json";

/** Finds each owner's folder, also when the owner is called otherwise than at the first pull: all that is one person's stays in one place. */
export class OwnerFolders {
  #names: Promise<string[]> | undefined;

  constructor(private readonly root: string) {}

  /** Folder relative to the vault, made if need be, with a card that tells who it belongs to. */
  async of(owner: Owner): Promise<string> {
    const dir = (await this.#known(owner)) ?? ownerDir(owner);
    await ensureFolder(this.root, dir);
    const file = path.join(this.root, dir, OWNER_CARD);
    const card = `${JSON.stringify(owner)}\n`;
    if ((await ifPresent(readFile(file, "utf8"), "")) !== card) await writeWhole(file, card);
    return dir;
  }

  async #known(owner: Owner): Promise<string | undefined> {
    this.#names ??= ifPresent(readdir(path.join(this.root, "owners")), []);
    for (const name of await this.#names) {
      const dir = `owners/${name}`;
      if (name.endsWith(ownerMark(owner)) && (await ownerOf(this.root, dir))?.id === owner.id) return dir;
    }
    return undefined;
  }
}

/** Whom the vault's folders belong to, each once. */
export async function ownersIn(root: string): Promise<readonly Owner[]> {
  const found = new Map<string, Owner>();
  for (const name of await ifPresent(readdir(path.join(root, "owners")), [])) {
    const owner = await ownerOf(root, `owners/${name}`);
    if (owner !== undefined) found.set(owner.id, owner);
  }
  return [...found.values()];
}

/** Who a folder belongs to; undefined without a readable card. */
export async function ownerOf(root: string, dir: string): Promise<Owner | undefined> {
  const text = await ifPresent(readFile(path.join(root, dir, OWNER_CARD), "utf8"), "");
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined;
  }
}
