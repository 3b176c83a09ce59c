import path from "node:path";
import type { Owner } from "../core/item.js";
import { keptJson } from "./cipher.js";
import { isThere, writeWhole } from "./disk.js";
import { ownerMark } from "./layout.js";
import { OWNER_CARD, ownerOf } from "./owner-folders.js";
import type { Mending, Repairing } from "./repairing.js";
import { moveAside } from "./set-aside.js";

/** A folder whose card cannot be read gets it anew from the index: its name tells whose it is. */
export async function* repairCard({ root, cipher }: Repairing, dir: string, owners: readonly Owner[]): AsyncGenerator<Mending> {
  if ((await ownerOf(root, dir, cipher)) !== undefined) return;
  const owner = owners.find((one) => dir.endsWith(ownerMark(one)));
  if (owner === undefined) return;
  const file = `${dir}/${OWNER_CARD}`;
  if (await isThere(path.join(root, file))) await moveAside(root, dir, file);
  await writeWhole(path.join(root, file), `${await keptJson(cipher, owner)}\n`);
  yield { kind: "repaired", code: "card", file, message: "written anew" };
}
