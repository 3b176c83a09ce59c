import path from "node:path";
import { hashFile } from "./hash-file.js";
import { blobName } from "./layout.js";
import { names, type Mending, type Repairing } from "./repairing.js";
import { moveAside } from "./set-aside.js";
import { astray } from "./stands.js";

const PAGE = 500;

/** Large blobs with other bytes than their name tells are set aside; the index forgets every blob, small ones too, that is not where it should be. */
export async function* repairLarge(repairing: Repairing, dir: string, owner: string): AsyncGenerator<Mending> {
  const { root, index, cipher, readData, handles, signal } = repairing;
  const set = async (file: string): Promise<Mending> => ({ kind: "repaired", code: "large", file, message: `other bytes than its name tells: set aside as ${await moveAside(root, dir, file)}` });
  for (const name of readData ? await names(path.join(root, dir, "large")) : []) {
    signal.throwIfAborted();
    const file = `${dir}/large/${name}`;
    const known = blobName(name);
    if (known !== undefined && (await hashFile(path.join(root, file))).sha256 !== known.sha256) yield await set(file);
  }
  const large = new Set(await names(path.join(root, dir, "large")));
  for (let after = ""; ; ) {
    const page = await index.blobs(owner, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    const lost: string[] = [];
    for (const placement of page) {
      if ("kept" in (await astray(handles, placement, cipher))) continue;
      lost.push(placement.sha256);
      // Under its name the good copy will stand again.
      if (placement.offset === 0 && placement.file.startsWith(`${dir}/large/`) && large.has(path.posix.basename(placement.file))) yield await set(placement.file);
    }
    if (lost.length > 0) await index.relocate(owner, [], lost, {});
    after = last.sha256;
  }
}
