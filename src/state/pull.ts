import { sql, type Kysely, type Transaction } from "kysely";
import type { BlobRef, Container, Item, Sha256 } from "../core/item.js";
import type { Cursor } from "../core/source.js";
import type { PullCommit, SourceUnit, StateStore } from "../core/state.js";
import type { RecordPlace } from "../core/vault.js";
import { ownerOf } from "./owner-row.js";
import type { Tables } from "./schema.js";

type Trx = Transaction<Tables>;
type PullPart = Pick<StateStore, "openFeed" | "claimFeed" | "unopenedFeeds" | "startListing" | "retireFeeds" | "savePulled" | "pulledCompletely" | "known" | "commitPull" | "unreadable" | "forgetContent" | "commitRetry">;

export function pullPart(db: Kysely<Tables>): PullPart {
  return {
    async openFeed(unit, feed, container, run) {
      return db.transaction().execute(async (trx) => {
        await trx.insertInto("feed")
          .values({ workload: unit.workload, owner: unit.owner, id: feed, container: container.id, cursor: null, listing: 0, generation: 0, run })
          .onConflict((c) => c.columns(["workload", "owner", "id"]).doUpdateSet({ run, container: container.id }))
          .execute();
        const row = await feedRow(trx, unit, feed).executeTakeFirstOrThrow();
        const containerChanged = await differs(trx, container);
        await saveContainer(trx, container, feed, row.generation);
        return { containerChanged, cursor: (row.cursor ?? undefined) as Cursor | undefined, listing: row.listing === 1 };
      });
    },
    async claimFeed(unit, feed, container) {
      return db.transaction().execute(async (trx) => {
        const held = await trx.selectFrom("feed").select("owner").where("workload", "=", unit.workload).where("id", "=", feed).executeTakeFirst();
        if (held === undefined) {
          await trx.insertInto("feed").values({ workload: unit.workload, owner: unit.owner, id: feed, container: container.id, cursor: null, listing: 0, generation: 0, run: "" }).execute();
        }
        return ownerOf(await trx.selectFrom("owner").selectAll().where("id", "=", held?.owner ?? unit.owner).executeTakeFirstOrThrow());
      });
    },
    async unopenedFeeds(unit, run) {
      const rows = await db.selectFrom("feed").select("id").where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("run", "!=", run).execute();
      return rows.map(({ id }) => id);
    },
    async startListing(unit, feed) {
      await db.updateTable("feed").set((e) => ({ generation: e("generation", "+", 1), listing: 1, cursor: null }))
        .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", feed).execute();
    },
    async retireFeeds(unit, run) {
      await db.transaction().execute(async (trx) => {
        const vanished = await trx.selectFrom("feed").select(["id", "container"])
          .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("run", "!=", run).execute();
        for (const feed of vanished) {
          await retireContainer(trx, unit, feed.container);
          await trx.deleteFrom("feed").where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", feed.id).execute();
        }
      });
    },
    async savePulled(unit, complete) {
      const value = complete ? "complete" : "partial";
      await db.insertInto("meta").values({ name: pulledName(unit), value }).onConflict((c) => c.column("name").doUpdateSet({ value })).execute();
    },
    async pulledCompletely(unit) {
      return (await db.selectFrom("meta").select("value").where("name", "=", pulledName(unit)).executeTakeFirst())?.value === "complete";
    },
    async known(unit, id) {
      const row = await db.selectFrom("item").select(["version", "container", "digest", "body_sha256", "body_size", "body_extension", "file"])
        .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id)
        .where("pull_state", "in", ["present", "gone"]).executeTakeFirst();
      if (row === undefined || row.file === null) return undefined;
      const body: BlobRef | undefined = row.body_sha256 === null ? undefined
        : { sha256: row.body_sha256 as Sha256, size: row.body_size, extension: row.body_extension ?? "" };
      return { version: row.version, container: row.container, digest: row.digest as Sha256, ...(body === undefined ? {} : { body }) };
    },
    async commitPull(commit) {
      await db.transaction().execute(async (trx) => {
        await saveFlushed(trx, commit);
        await applyChanges(trx, commit);
        await moveCursor(trx, commit);
      });
    },
    async commitRetry(commit) {
      await db.transaction().execute(async (trx) => {
        await saveFlushed(trx, commit);
        await applyChanges(trx, commit);
      });
    },
    async forgetContent(unit, id, failure, sha256) {
      await db.transaction().execute(async (trx) => {
        if (sha256 !== undefined) await trx.deleteFrom("blob").where("owner", "=", unit.owner).where("sha256", "=", sha256).execute();
        await trx.updateTable("item").set({ pull_state: "unreadable", version: "", code: failure.code, params: JSON.stringify(failure.params) })
          .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).execute();
      });
    },
    async unreadable(unit, afterId, limit) {
      return db.selectFrom("item").select(["id", "container", "feed"])
        .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("pull_state", "=", "unreadable").where("id", ">", afterId)
        .orderBy("id").limit(limit).execute();
    },
  };
}

function pulledName(unit: SourceUnit): string {
  return `pulled ${unit.workload} ${unit.owner}`;
}

function feedRow(trx: Trx, unit: SourceUnit, feed: string) {
  return trx.selectFrom("feed").select(["cursor", "listing", "generation"])
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", feed);
}

async function saveFlushed(trx: Trx, { flushed }: PullCommit): Promise<void> {
  for (const blob of flushed.placements) {
    await trx.insertInto("blob").values({ ...blob }).onConflict((c) => c.columns(["owner", "sha256"]).doNothing()).execute();
  }
  for (const [file, length] of Object.entries(flushed.lengths)) {
    await trx.insertInto("vault_file").values({ file, length })
      .onConflict((c) => c.column("file").doUpdateSet({ length: sql`max(vault_file.length, excluded.length)` })).execute();
  }
}

async function moveCursor(trx: Trx, commit: PullCommit): Promise<void> {
  const feed = await feedRow(trx, commit, commit.feed).executeTakeFirstOrThrow();
  if (commit.done && feed.listing === 1) await retireUnlisted(trx, commit, feed.generation);
  if (!commit.done && commit.next === undefined) return;
  await trx.updateTable("feed")
    .set({ ...(commit.next === undefined ? {} : { cursor: commit.next }), ...(commit.done ? { listing: 0 } : {}) })
    .where("workload", "=", commit.workload).where("owner", "=", commit.owner).where("id", "=", commit.feed).execute();
}

/** After a full listing: rows of this feed that it did not name are gone. */
async function retireUnlisted(trx: Trx, unit: PullCommit, generation: number): Promise<void> {
  const containers = await trx.selectFrom("container").select("id")
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("feed", "=", unit.feed)
    .where("generation", "<", generation).where("gone", "=", 0).execute();
  const feedContainer = await trx.selectFrom("feed").select("container")
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", unit.feed).executeTakeFirstOrThrow();
  for (const { id } of containers) if (id !== feedContainer.container) await retireContainer(trx, unit, id);
  const items = trx.selectFrom("item").select("id")
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("feed", "=", unit.feed)
    .where("generation", "<", generation).where("pull_state", "!=", "gone");
  await retireItems(trx, unit, items);
}

/** Marks a container, what is below it, and the items that still stand there as gone. */
async function retireContainer(trx: Trx, unit: SourceUnit, id: string): Promise<void> {
  const below = sql<{ id: string }>`
    with recursive below(id) as (
      select ${id} union
      select c.id from container c join below b on c.parent_id = b.id where c.workload = ${unit.workload} and c.owner = ${unit.owner})
    select id from below`;
  const ids = (await below.execute(trx)).rows.map((row) => row.id);
  for (const container of ids) {
    await trx.updateTable("container").set({ gone: 1 })
      .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", container).execute();
    const items = trx.selectFrom("item").select("id")
      .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("container", "=", container).where("pull_state", "!=", "gone");
    await retireItems(trx, unit, items);
  }
}

/** Page by page, since a deleted folder may hold any number of items. */
async function retireItems(trx: Trx, unit: SourceUnit, query: { limit(n: number): { execute(): Promise<{ id: string }[]> } }): Promise<void> {
  for (let page = await query.limit(500).execute(); page.length > 0; page = await query.limit(500).execute()) {
    for (const { id } of page) await setPullState(trx, unit, id, { pull_state: "gone" });
  }
}

async function setPullState(trx: Trx, unit: SourceUnit, id: string, values: Partial<Tables["item"]>): Promise<void> {
  await trx.updateTable("item").set({ ...values, seq: await nextSeq(trx) })
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).execute();
}

async function nextSeq(trx: Trx): Promise<number> {
  const row = await trx.selectFrom("item").select("seq").orderBy("seq", "desc").limit(1).executeTakeFirst();
  return (row?.seq ?? 0) + 1;
}

async function differs(trx: Trx, container: Container): Promise<boolean> {
  const row = await trx.selectFrom("container").select(["name", "parent_id", "gone"])
    .where("workload", "=", container.workload).where("owner", "=", container.owner).where("id", "=", container.id).executeTakeFirst();
  return row === undefined || row.name !== container.name || row.parent_id !== (container.parentId ?? null) || row.gone === 1;
}

async function saveContainer(trx: Trx, container: Container, feed: string, generation: number): Promise<void> {
  const values = {
    parent_id: container.parentId ?? null, name: container.name, role: container.role ?? null, hidden: container.hidden === true ? 1 : 0,
    color: container.color ?? null, count: container.count ?? null, feed, generation, gone: 0,
  };
  await trx.insertInto("container").values({ workload: container.workload, owner: container.owner, id: container.id, ...values })
    .onConflict((c) => c.columns(["workload", "owner", "id"]).doUpdateSet(values)).execute();
}

async function applyChanges(trx: Trx, commit: PullCommit): Promise<void> {
  const feed = await feedRow(trx, commit, commit.feed).executeTakeFirst();
  let generation = feed?.generation ?? 0;
  for (const { change, place } of commit.changes) {
    switch (change.kind) {
      case "container":
        await saveContainer(trx, change.container, commit.feed, generation);
        break;
      case "container-gone":
        await retireContainer(trx, commit, change.id);
        break;
      case "reset":
        generation += 1;
        await trx.updateTable("feed").set({ generation, listing: 1, cursor: null })
          .where("workload", "=", commit.workload).where("owner", "=", commit.owner).where("id", "=", commit.feed).execute();
        break;
      case "item":
        await saveItem(trx, commit, change, place, generation);
        break;
      case "unchanged":
        await touchItem(trx, commit, change.id, change.container, generation);
        break;
      case "tombstone":
        await buryItem(trx, commit, change.id, change.container);
        break;
      case "unreadable":
        await saveUnread(trx, commit, change, generation, { pull_state: "unreadable", code: change.code, params: JSON.stringify({ message: change.message }) });
        break;
      case "skipped":
        await saveUnread(trx, commit, change, generation, { pull_state: "skipped", code: change.code, params: "{}" });
        break;
    }
  }
}

function itemRow(trx: Trx, unit: SourceUnit, id: string) {
  return trx.selectFrom("item").select(["container", "digest", "pull_state", "seq"])
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).executeTakeFirst();
}

async function saveItem(trx: Trx, commit: PullCommit, item: Item, place: RecordPlace | undefined, generation: number): Promise<void> {
  const before = await itemRow(trx, commit, item.key.id);
  const same = before !== undefined && before.pull_state === "present" && before.digest === item.digest && before.container === item.container;
  const values = {
    container: item.container, feed: commit.feed, generation, pull_state: "present", version: item.version, digest: item.digest, title: item.title,
    code: null, params: null, losses: JSON.stringify(item.losses),
    body_sha256: item.body?.sha256 ?? null, body_size: item.body?.size ?? 0, body_extension: item.body?.extension ?? null,
    file: place?.file ?? null, offset: place?.offset ?? 0, length: place?.length ?? 0,
    seq: same ? before.seq : await nextSeq(trx),
  };
  await trx.insertInto("item").values({ workload: commit.workload, owner: commit.owner, id: item.key.id, ...values })
    .onConflict((c) => c.columns(["workload", "owner", "id"]).doUpdateSet(values)).execute();
}

async function touchItem(trx: Trx, commit: PullCommit, id: string, container: string, generation: number): Promise<void> {
  const before = await itemRow(trx, commit, id);
  const moved = before?.container !== container || before.pull_state !== "present";
  const values = { container, feed: commit.feed, generation, pull_state: "present", ...(moved ? { seq: await nextSeq(trx) } : {}) };
  await trx.updateTable("item").set(values)
    .where("workload", "=", commit.workload).where("owner", "=", commit.owner).where("id", "=", id).execute();
}

async function buryItem(trx: Trx, commit: PullCommit, id: string, container: string | undefined): Promise<void> {
  const before = await itemRow(trx, commit, id);
  if (before === undefined || before.pull_state === "gone") return;
  // A move is told twice; the removal from the old folder must not bury what already stands in the new one.
  if (container !== undefined && before.container !== container) return;
  await setPullState(trx, commit, id, { pull_state: "gone" });
}

async function saveUnread(
  trx: Trx, commit: PullCommit, change: { readonly id: string; readonly container: string; readonly title: string }, generation: number,
  state: { readonly pull_state: string; readonly code: string; readonly params: string },
): Promise<void> {
  const values = { container: change.container, feed: commit.feed, generation, title: change.title, ...state, seq: await nextSeq(trx) };
  await trx.insertInto("item")
    .values({
      workload: commit.workload, owner: commit.owner, id: change.id, version: "", digest: "", losses: "[]",
      body_sha256: null, body_size: 0, body_extension: null, file: null, offset: 0, length: 0, ...values,
    })
    .onConflict((c) => c.columns(["workload", "owner", "id"]).doUpdateSet(values)).execute();
}
