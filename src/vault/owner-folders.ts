import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Owner } from "../core/item.js";
import { clearJson, keptJson, type Cipher } from "./cipher.js";
import { ensureFolder, ifPresent, writeWhole } from "./disk.js";
import { ownerDir, ownerMark } from "./layout.js";

/** Card of an owner's folder, relative to it. */
export const OWNER_CARD = "owner.json";

/** Finds each owner's folder, also when the owner is called otherwise than at the first pull: all that is one person's stays in one place. */
export class OwnerFolders {
  #names: Promise<string[]> | undefined;

  constructor(private readonly root: string, private readonly cipher: Cipher | undefined) {}

  /** Folder relative to the vault, made if need be, with a card that tells who it belongs to. */
  async of(owner: Owner): Promise<string> {
    const dir = (await this.#known(owner)) ?? ownerDir(owner, this.cipher === undefined);
    await ensureFolder(this.root, dir);
    const file = path.join(this.root, dir, OWNER_CARD);
    // Compared in clear: no two messages of one text are equal.
    if (JSON.stringify(await ownerOf(this.root, dir, this.cipher)) !== JSON.stringify(owner)) await writeWhole(file, `${await keptJson(this.cipher, owner)}\n`);
    return dir;
  }

  async #known(owner: Owner): Promise<string | undefined> {
    this.#names ??= ifPresent(readdir(path.join(this.root, "owners")), []);
    for (const name of await this.#names) {
      const dir = `owners/${name}`;
      if (name.endsWith(ownerMark(owner)) && (await ownerOf(this.root, dir, this.cipher))?.id === owner.id) return dir;
    }
    return undefined;
  }
}

/** Whom the vault's folders belong to, each once. */
export async function ownersIn(root: string, cipher?: Cipher): Promise<readonly Owner[]> {
  const found = new Map<string, Owner>();
  for (const name of await ifPresent(readdir(path.join(root, "owners")), [])) {
    const owner = await ownerOf(root, `owners/${name}`, cipher);
    if (owner !== undefined) found.set(owner.id, owner);
  }
  return [...found.values()];
}

/** Who a folder belongs to; undefined without a readable card. */
export async function ownerOf(root: string, dir: string, cipher?: Cipher): Promise<Owner | undefined> {
  const text = await ifPresent(readFile(path.join(root, dir, OWNER_CARD), "utf8"), "");
  try {
    return JSON.parse(await clearJson(cipher, text)) as Owner;
  } catch {
    return undefined;
  }
}
