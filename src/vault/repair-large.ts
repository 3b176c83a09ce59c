import path from "node:path";
import { isThere } from "./disk.js";
import { hashFile } from "./hash-file.js";
import { blobName } from "./layout.js";
import { names, type Mending, type Repairing } from "./repairing.js";
import { moveAside } from "./set-aside.js";
import { standing } from "./stands.js";

const PAGE = 500;

/** Large blobs with other bytes than their name tells are set aside. */
export async function* repairLarge(repairing: Repairing, dir: string): AsyncGenerator<Mending> {
  if (!repairing.readData) return;
  for (const name of await names(path.join(repairing.root, dir, "large"))) {
    repairing.signal.throwIfAborted();
    const file = `${dir}/large/${name}`;
    const known = blobName(name);
    if (known !== undefined && (await hashFile(path.join(repairing.root, file))).sha256 !== known.sha256) yield await setAside(repairing, file);
  }
}

/** The index forgets every blob, small or large, that is not where it should be. */
export async function* forgetBlobs(repairing: Repairing, owner: string): AsyncGenerator<Mending> {
  const { root, index, cipher, handles, signal } = repairing;
  for (let after = ""; ; ) {
    const page = await index.blobs(owner, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    const lost: string[] = [];
    signal.throwIfAborted();
    const found = await standing(handles, page, cipher);
    for (const [at, placement] of page.entries()) {
      if ("kept" in (found[at] ?? {})) continue;
      lost.push(placement.sha256);
      // Under its name the good copy will stand again.
      if (placement.offset === 0 && (await isThere(path.join(root, placement.file)))) yield await setAside(repairing, placement.file);
    }
    if (lost.length > 0) await index.relocate(owner, [], lost, {});
    after = last.sha256;
  }
}

async function setAside({ root }: Repairing, file: string): Promise<Mending> {
  const aside = await moveAside(root, path.posix.dirname(path.posix.dirname(file)), file);
  return { kind: "repaired", code: "large", file, message: `other bytes than its name tells: set aside as ${aside}` };
}
