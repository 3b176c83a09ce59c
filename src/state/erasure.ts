import { sql, type Kysely } from "kysely";
import type { ErasureStore } from "../core/erasure.js";
import { ExodusError } from "../core/errors.js";
import { WORKLOADS, type WorkloadName } from "../core/item.js";
import { containerOf } from "./containers.js";
import { pulledName, saveFlushed } from "./pull.js";
import type { Tables } from "./schema.js";

/** Every table whose rows belong to an owner. */
const OF_OWNER = ["item", "ledger", "placement", "blockage", "container", "feed", "blob", "fact", "left_target"] as const satisfies readonly (keyof Tables)[];

export function erasurePart(db: Kysely<Tables>): ErasureStore {
  return {
    async holdings(owner) {
      const rows = await db.selectFrom("item").select(["workload", (e) => e.fn.countAll<number>().as("items"), (e) => e.fn.sum<number>("body_size").as("bytes")])
        .where("owner", "=", owner).where("file", "is not", null).groupBy("workload").orderBy("workload").execute();
      return rows.map(({ workload, items, bytes }) => ({ workload: workload as WorkloadName, items: Number(items), bytes: Number(bytes) }));
    },
    async feedsOf(workload, owner) {
      const feeds = await db.selectFrom("feed").select(["id", "container"]).where("workload", "=", workload).where("owner", "=", owner).orderBy("id").execute();
      const containers = await db.selectFrom("container").selectAll().where("workload", "=", workload).where("owner", "=", owner).execute();
      return feeds.flatMap(({ id, container }) => containers.filter((row) => row.id === container).map((row) => ({ feed: id, container: containerOf(row) })));
    },
    async rowsOfFeed(workload, owner, feed, limit) {
      const rows = await db.selectFrom("item").select(["id", "pull_state", "file", sql<number>`item."offset"`.as("offset"), "length"])
        .where("workload", "=", workload).where("owner", "=", owner).where("feed", "=", feed).orderBy("seq").limit(limit).execute();
      return rows.map(({ id, pull_state, file, offset, length }) => ({ id, gone: pull_state === "gone", place: file === null ? undefined : { file, offset, length } }));
    },
    async handItems(workload, from, to, rows, flushed) {
      await db.transaction().execute(async (trx) => {
        await saveFlushed(trx, { flushed });
        for (const { id, place } of rows) {
          const at = place === undefined ? { file: null, offset: 0, length: 0 } : { file: place.file, offset: place.offset, length: place.length };
          await trx.updateTable("item").set({ owner: to, ...at }).where("workload", "=", workload).where("owner", "=", from).where("id", "=", id).execute();
          await trx.updateTable("ledger").set({ owner: to }).where("workload", "=", workload).where("owner", "=", from).where("id", "=", id).execute();
        }
      });
    },
    async handFeed(workload, from, to, feed) {
      await db.transaction().execute(async (trx) => {
        const containers = trx.selectFrom("container").select("id").where("workload", "=", workload).where("owner", "=", from).where("feed", "=", feed);
        await trx.updateTable("placement").set({ owner: to }).where("workload", "=", workload).where("owner", "=", from).where("container", "in", containers).execute();
        await trx.updateTable("container").set({ owner: to }).where("workload", "=", workload).where("owner", "=", from).where("feed", "=", feed).execute();
        await trx.updateTable("feed").set({ owner: to }).where("workload", "=", workload).where("owner", "=", from).where("id", "=", feed).execute();
      });
    },
    async eraseOwner(owner, folders) {
      await sql`pragma secure_delete = on`.execute(db);
      await db.transaction().execute(async (trx) => {
        for (const table of OF_OWNER) await trx.deleteFrom(table).where("owner", "=", owner).execute();
        for (const folder of folders) await trx.deleteFrom("vault_file").where("file", ">=", `${folder}/`).where("file", "<", `${folder}0`).execute();
        await trx.deleteFrom("meta").where("name", "in", WORKLOADS.map((workload) => pulledName({ workload, owner }))).execute();
        await trx.deleteFrom("owner").where("id", "=", owner).execute();
      });
    },
    async scrub() {
      await sql`vacuum`.execute(db);
      // "wal_checkpoint(TRUNCATE)" answers busy = 1 while somebody reads (SQLite, PRAGMA wal_checkpoint): the journal then keeps what was removed.
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
      if (rows[0]?.busy !== 0) throw new ExodusError("STATE_BUSY");
    },
  };
}
