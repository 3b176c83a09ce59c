import type { DiskTree } from "../../src/drivers/disk/tree.js";
import { HOME_NAMES } from "./names.js";
import { chunk } from "./text.js";

const ROOT = "_index/stale";

/** Notes on the disk that a home's derived files are out of date, so that a crash does not hide it. `home` is "users/…", "groups/…" or "sites/…". */
export async function markStale(tree: DiskTree, home: string): Promise<void> {
  const file = `${ROOT}/${home}`;
  if ((await tree.info(file)) !== undefined) return;
  await tree.makeFolder(file.slice(0, file.lastIndexOf("/")));
  await tree.write(file, chunk(""));
}

export async function* staleHomes(tree: DiskTree): AsyncGenerator<string> {
  for (const kind of HOME_NAMES) for await (const name of tree.names(`${ROOT}/${kind}`)) yield `${kind}/${name}`;
}

export async function clearStale(tree: DiskTree): Promise<void> {
  await tree.removeTree(ROOT);
}
