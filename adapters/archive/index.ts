import { access, constants, statfs } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Adapter } from "../../src/core/adapter.js";
import type { CheckResult } from "../../src/core/source.js";
import { DiskTree } from "../../src/drivers/disk/tree.js";
import { defineAdapter } from "../../src/kit/define.js";
import { forecastOf } from "../../src/kit/forecast.js";
import { buildIndex } from "./index-pages.js";
import { manifest } from "./manifest.js";
import { ArchiveSession } from "./session.js";

const options = z.strictObject({
  path: z.string().describe("Folder that receives the archive; made at the first run."),
  index: z.boolean().default(true).describe("Write the offline HTML index after each run that changed something."),
});

export const adapter = defineAdapter({
  manifest,
  options,
  async create({ path: folder, index }, environment): Promise<Adapter> {
    const tree = new DiskTree(path.resolve(environment.baseDir, folder));
    let changed = false;
    return {
      manifest,
      check: () => check(tree.root),
      async connect(account, workload) {
        return new ArchiveSession(tree, { ...account.owner, name: account.name }, workload, () => { changed = true; });
      },
      forecast: (workload) => forecastOf(manifest, workload),
      async close() {
        if (changed && index) await buildIndex(tree, environment.lang);
        changed = false;
      },
    };
  },
});

/** Looks without writing: the nearest existing folder must be writable; tells the free space. */
async function* check(root: string): AsyncIterable<CheckResult> {
  let folder = root;
  while (!(await access(folder).then(() => true, () => false)) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  const writable = await access(folder, constants.W_OK).then(() => true, () => false);
  const { bavail, bsize } = await statfs(folder);
  const free = `${(bavail * bsize / 1024 ** 3).toFixed(1)} GiB`;
  yield writable
    ? { subject: root, ok: true, code: "ARCHIVE_WRITABLE", message: free }
    : { subject: root, ok: false, code: "TARGET_DENIED", message: folder, advice: `chmod u+w ${folder}` };
}
