import path from "node:path";
import { z } from "zod";
import type { Adapter } from "../../src/core/adapter.js";
import { ExodusError, type Lang } from "../../src/core/errors.js";
import { failedCheck } from "../../src/core/failed-check.js";
import type { CheckResult } from "../../src/core/source.js";
import { DiskTree } from "../../src/drivers/disk/tree.js";
import { defineAdapter } from "../../src/kit/define.js";
import { writeConversation } from "./conversation/page.js";
import { writeMessagesFile } from "./conversation/messages-file.js";
import { staleConversations } from "./conversation/stale.js";
import { writeDriveSheet } from "./drive-sheet.js";
import { JsonSession } from "./json/session.js";
import { jsonShapeOf } from "./json/shapes.js";
import { Locks } from "./locks.js";
import { foresee, foreseePlace } from "./losses.js";
import { manifest } from "./manifest.js";
import { areaOf, homeOf } from "./names.js";
import { Notes } from "./notes.js";
import { buildIndex } from "./offline/build.js";
import { writeCards } from "./owner-cards.js";
import { Places } from "./places.js";
import { ArchiveSession } from "./session.js";
import { clearStale, markStale, staleHomes } from "./stale.js";

export { handOverFiles, handOverPlace, type HandOverFile, type Refused } from "./hand-over.js";
export { buildArchiveIndex } from "./offline/build.js";

const options = z.strictObject({
  path: z.string().min(1).describe("Folder that receives the archive, relative to the configuration; made at the first run."),
  title: z.string().min(1).optional().describe("Name of the organisation, for tenant.json and the offline index."),
  index: z.boolean().default(true).describe("Write the offline HTML index after each run that changed something."),
});

export const adapter = defineAdapter({
  manifest,
  options,
  async create({ path: folder, title, index }, { baseDir, lang }): Promise<Adapter> {
    const tree = new DiskTree(path.resolve(baseDir, folder));
    let last: AbortSignal | undefined;
    const areas = new Locks();
    return {
      manifest,
      check: () => check(tree, lang),
      async connect(account, workload, signal) {
        signal.throwIfAborted();
        last = signal;
        const owner = { ...account.owner, name: account.name };
        const shape = jsonShapeOf(tree, owner, workload);
        if (shape !== undefined) {
          let written: Promise<void> | undefined;
          const places = new Places(tree, new Notes(tree), areaOf(owner, workload), false, areas);
          return new JsonSession(tree, places, shape, () => (written ??= writeCards(tree, owner, title)));
        }
        let marked: Promise<void> | undefined;
        const changing = async (): Promise<void> => {
          await markStale(tree, homeOf(owner));
          await writeCards(tree, owner, title);
        };
        return new ArchiveSession(tree, owner, workload, () => (marked ??= changing()));
      },
      foresee, foreseePlace,
      async close() {
        // An audit or a doctor never connects, and writes nothing.
        if (last !== undefined && !last.aborted) await derive(tree, { lang, title, index, signal: last });
      },
    };
  },
});

interface Derivation {
  readonly lang: Lang;
  readonly title: string | undefined;
  readonly index: boolean;
  readonly signal: AbortSignal;
}

/** Brings what is made from the content up to date: drive sheets and offline index. Stopped in between, the next run does it. */
async function derive(tree: DiskTree, { lang, title, index, signal }: Derivation): Promise<void> {
  let changed = false;
  for await (const home of staleHomes(tree)) {
    changed = true;
    await writeDriveSheet(tree, home);
  }
  for await (const folder of staleConversations(tree)) {
    changed = true;
    await writeMessagesFile(tree, folder, lang);
    if (index) await writeConversation(tree, folder, lang);
  }
  if (!changed) return;
  try {
    if (index) await buildIndex(tree, { lang, title, signal });
  } catch (thrown) {
    if (signal.aborted) return;
    throw thrown;
  }
  await clearStale(tree);
}

/** Looks without writing: the nearest existing folder must take files; tells the free space. */
async function* check(tree: DiskTree, lang: Lang): AsyncGenerator<CheckResult> {
  const { folder, writable, free } = await tree.room();
  if (writable) yield { subject: tree.root, ok: true, code: "ARCHIVE_WRITABLE", message: `${(free / 1024 ** 3).toFixed(1)} GiB` };
  else yield failedCheck(tree.root, new ExodusError("TARGET_DENIED", { params: { target: tree.root, reason: folder } }), lang);
}
