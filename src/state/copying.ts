import { sql, type Kysely } from "kysely";
import type { CopyStore } from "../core/copying.js";
import type { Tables } from "./schema.js";

/** All but `blob` and `vault_file`, which the copy's own writing fills. */
const COPIED = ["meta", "pass", "owner", "container", "feed", "item", "ledger", "placement", "blockage", "fact", "left_target"] as const;
const PAGE = 200;
/** Before the file of a record that stands in the vault copied from: no file is called so. */
const THERE = "there:";

export function copyingPart(db: Kysely<Tables>): CopyStore {
  return {
    async *keptRows() {
      for (const table of COPIED) {
        for (let after = 0; ;) {
          const { rows } = await sql<Record<string, unknown> & { copied_row: number }>`select rowid as copied_row, * from ${sql.table(table)} where rowid > ${after} order by rowid limit ${PAGE}`.execute(db);
          if (rows.length === 0) break;
          after = rows.at(-1)?.copied_row ?? after;
          yield { table, rows: rows.map(({ copied_row: _, ...row }) => row) };
        }
      }
    },
    async takeRows({ table, rows }) {
      await db.transaction().execute(async (trx) => {
        for (const row of rows) {
          const columns = Object.keys(row);
          const values = columns.map((column) => (table === "item" && column === "file" && row[column] !== null ? `${THERE}${String(row[column])}` : row[column]));
          await sql`insert or replace into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) values (${sql.join(values)})`.execute(trx);
        }
      });
    },
    async moveRecords(moved) {
      await db.transaction().execute(async (trx) => {
        for (const { key, from, to } of moved) {
          await trx.updateTable("item").set(to).where("workload", "=", key.workload).where("owner", "=", key.owner).where("id", "=", key.id)
            .where("file", "=", `${THERE}${from.file}`).where("offset", "=", from.offset).execute();
        }
      });
    },
    async unmovedRecord() {
      const row = await db.selectFrom("item").select("file").where("file", "like", `${THERE}%`).limit(1).executeTakeFirst();
      return row?.file?.slice(THERE.length);
    },
  };
}
