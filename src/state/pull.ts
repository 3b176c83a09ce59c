import { sql, type Kysely, type Transaction } from "kysely";
import type { BlobRef, Container, Sha256 } from "../core/item.js";
import type { Cursor, HeldItem } from "../core/source.js";
import type { PullCommit, SourceUnit, StateStore } from "../core/state.js";
import { saveBlobs } from "./blobs.js";
import { BULK, bulkSelect, slices } from "./bulk.js";
import { applyChanges, saveContainer } from "./changes.js";
import { keptText } from "./kept-text.js";
import { ownerOf } from "./owner-row.js";
import { retireContainer, retireUnlisted } from "./retire.js";
import type { Tables } from "./schema.js";
import { Sequence } from "./sequence.js";

type Trx = Transaction<Tables>;
type PullPart = Pick<StateStore, "listing" | "unlisted" | "unlistedContainers" | "displaced" | "openFeed" | "claimFeed" | "unopenedFeeds" | "startListing" | "retireFeeds" | "savePulled" | "pulledCompletely" | "known" | "held" | "commitPull" | "unreadable" | "forgetContent" | "commitRetry">;

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
      return db.selectFrom("feed").select(["id", "container"]).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("run", "!=", run).execute();
    },
    async listing(unit, feed) {
      return (await listingOf(db, unit, feed)) !== undefined;
    },
    async unlisted(unit, feed, after, limit) {
      const listing = await listingOf(db, unit, feed);
      if (listing === undefined) return [];
      const rows = await db.selectFrom("item").select("id").where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("feed", "=", feed)
        .where("generation", "<", listing.generation).where("pull_state", "!=", "gone").where("id", ">", after).orderBy("id").limit(limit).execute();
      return rows.map(({ id }) => id);
    },
    async unlistedContainers(unit, feed) {
      const listing = await listingOf(db, unit, feed);
      if (listing === undefined) return [];
      const rows = await db.selectFrom("container").select("id").where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("feed", "=", feed)
        .where("generation", "<", listing.generation).where("gone", "=", 0).where("id", "!=", listing.container).orderBy("id").execute();
      return rows.map(({ id }) => id);
    },
    async displaced(unit, told) {
      const containers = new Map(told.map(({ id, container }) => [id, container]));
      const found: string[] = [];
      for (const ids of slices([...containers.keys()], BULK)) {
        const rows = await db.selectFrom("item").select(["id", "container", "pull_state"])
          .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "in", ids).where("file", "is not", null).execute();
        found.push(...rows.filter(({ id, container, pull_state }) => pull_state !== "present" || container !== containers.get(id)).map(({ id }) => id));
      }
      return found;
    },
    async startListing(unit, feed) {
      await db.updateTable("feed").set((e) => ({ generation: e("generation", "+", 1), listing: 1, cursor: null }))
        .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", feed).execute();
    },
    async retireFeeds(unit, run) {
      await db.transaction().execute(async (trx) => {
        const vanished = await trx.selectFrom("feed").select(["id", "container"])
          .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("run", "!=", run).execute();
        const sequence = await Sequence.of(trx);
        for (const feed of vanished) {
          await retireContainer(trx, unit, feed.container, sequence);
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
      const [row] = await knownRows(db, [unit.workload, unit.owner], [id]);
      if (row === undefined || row.file === null) return undefined;
      const body: BlobRef | undefined = row.body_sha256 === null ? undefined
        : { sha256: row.body_sha256 as Sha256, size: row.body_size, extension: row.body_extension ?? "" };
      return {
        version: row.version, container: row.container, digest: row.digest as Sha256, place: { file: row.file, offset: row.offset, length: row.length },
        ...(body === undefined ? {} : { body }),
      };
    },
    async held(unit, prefix) {
      const rows = await db.selectFrom("item").select(["id", "container", "version", "title", "pull_state"])
        .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", ">=", prefix).where("id", "<", `${prefix}\u{10ffff}`)
        .where("pull_state", "!=", "gone").orderBy("id").execute();
      return rows.map(({ id, container, version, title, pull_state }) => ({ id, container, version, title, state: pull_state as HeldItem["state"] }));
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

/** Asked for each item that is read: to build the statement anew costs more than to run it. */
const knownRows = bulkSelect<Pick<Tables["item"], "version" | "container" | "digest" | "body_sha256" | "body_size" | "body_extension" | "file" | "offset" | "length">>(
  `select version, container, digest, body_sha256, body_size, body_extension, file, "offset", length from item where pull_state in ('present', 'gone') and workload = ? and owner = ? and id in`);

/** The feed while a full listing of it is under way. */
async function listingOf(db: Kysely<Tables>, unit: SourceUnit, feed: string): Promise<{ readonly generation: number; readonly container: string } | undefined> {
  return db.selectFrom("feed").select(["generation", "container"])
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", feed).where("listing", "=", 1).executeTakeFirst();
}

export function pulledName(unit: SourceUnit): string {
  return `pulled ${unit.workload} ${unit.owner}`;
}

function feedRow(trx: Trx, unit: SourceUnit, feed: string) {
  return trx.selectFrom("feed").select(["cursor", "listing", "generation"])
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", feed);
}

export async function saveFlushed(trx: Trx, { flushed }: Pick<PullCommit, "flushed">): Promise<void> {
  await saveBlobs(trx, flushed.placements);
  await saveLengths(trx, flushed.lengths);
}

/** A file only grows: a batch that comes late must not shorten it. */
export async function saveLengths(trx: Trx, lengths: Readonly<Record<string, number>>): Promise<void> {
  for (const [file, length] of Object.entries(lengths)) {
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

async function differs(trx: Trx, container: Container): Promise<boolean> {
  const row = await trx.selectFrom("container").select(["name", "parent_id", "gone"])
    .where("workload", "=", container.workload).where("owner", "=", container.owner).where("id", "=", container.id).executeTakeFirst();
  return row === undefined || row.name !== keptText(container.name) || row.parent_id !== (container.parentId ?? null) || row.gone === 1;
}

