import { sql, type Kysely } from "kysely";
import type { WorkloadName } from "../core/item.js";
import type { RepairStore } from "../core/repair.js";
import type { PullState } from "../core/state.js";
import { BULK, slices } from "./bulk.js";
import { saveLengths } from "./pull.js";
import type { Tables } from "./schema.js";

export function repairPart(db: Kysely<Tables>): Omit<RepairStore, "containers"> {
  const blobsOf = (owner: string) => db.selectFrom("blob").select(["owner", "sha256", "extension", "size", "file", sql<number>`"offset"`.as("offset")]).where("owner", "=", owner);
  return {
    async isSound() {
      try {
        return (await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db)).rows[0]?.quick_check === "ok";
      } catch (thrown) {
        // Damage may be met before it can be told (SQLITE_CORRUPT, SQLITE_NOTADB).
        if (/SQLITE_(CORRUPT|NOTADB)/.test(codeOf(thrown))) return false;
        throw thrown;
      }
    },
    async committedFiles() {
      return (await db.selectFrom("vault_file").select("file").orderBy("file").execute()).map(({ file }) => file);
    },
    async setCommitted(file, length) {
      if (length === undefined) await db.deleteFrom("vault_file").where("file", "=", file).execute();
      else await db.insertInto("vault_file").values({ file, length }).onConflict((c) => c.column("file").doUpdateSet({ length })).execute();
    },
    async blobs(owner, after, limit) {
      return blobsOf(owner).where("sha256", ">", after).orderBy("sha256").limit(limit).execute();
    },
    async blobsIn(owner, file, after, limit) {
      return blobsOf(owner).where("file", "=", file).where("offset", ">", after).orderBy("offset").limit(limit).execute();
    },
    async relocate(owner, moved, lost, lengths) {
      await db.transaction().execute(async (trx) => {
        for (const { sha256, file, offset } of moved) await trx.updateTable("blob").set({ file, offset }).where("owner", "=", owner).where("sha256", "=", sha256).execute();
        for (const some of slices(lost, BULK)) await trx.deleteFrom("blob").where("owner", "=", owner).where("sha256", "in", some).execute();
        await saveLengths(trx, lengths);
      });
    },
    async recorded(owner, after, limit) {
      const rows = await db.selectFrom("item").select(["workload", "id", "pull_state", "file", sql<number>`"offset"`.as("offset"), "length"])
        .where("owner", "=", owner).where("file", "is not", null)
        .where((e) => e.or([e("workload", ">", after.workload), e.and([e("workload", "=", after.workload), e("id", ">", after.id)])]))
        .orderBy("workload").orderBy("id").limit(limit).execute();
      return rows.map(({ workload, id, pull_state, file, offset, length }) => ({
        key: { workload: workload as WorkloadName, owner, id }, pullState: pull_state as PullState, place: { file: file ?? "", offset, length },
      }));
    },
    async recordsBetween(owner, file, from, to) {
      const rows = await db.selectFrom("item").select([sql<number>`"offset"`.as("offset"), "length"]).where("owner", "=", owner).where("file", "=", file)
        .where("offset", ">=", from).where("offset", "<", to).orderBy("offset").execute();
      return rows.map(({ offset, length }) => ({ file, offset, length }));
    },
    async forgetRecord({ workload, owner, id }, { code, params }) {
      await db.transaction().execute(async (trx) => {
        const row = () => trx.updateTable("item").where("workload", "=", workload).where("owner", "=", owner).where("id", "=", id);
        // Nothing may be read at its former place, where another record may stand some day.
        await row().set({ file: null, offset: 0, length: 0, version: "" }).execute();
        await row().set({ pull_state: "unreadable", code, params: JSON.stringify(params) }).where("pull_state", "=", "present").execute();
      });
    },
    async goneItems(unit, after, limit) {
      const rows = await db.selectFrom("item").select("id").where("workload", "=", unit.workload).where("owner", "=", unit.owner)
        .where("pull_state", "=", "gone").where("id", ">", after).orderBy("id").limit(limit).execute();
      return rows.map(({ id }) => id);
    },
    async goneContainers(unit, after, limit) {
      const rows = await db.selectFrom("container").select("id").where("workload", "=", unit.workload).where("owner", "=", unit.owner)
        .where("gone", "=", 1).where("id", ">", after).orderBy("id").limit(limit).execute();
      return rows.map(({ id }) => id);
    },
  };
}

function codeOf(thrown: unknown): string {
  return typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : "";
}
