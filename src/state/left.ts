import type { Kysely } from "kysely";
import type { StateStore } from "../core/state.js";
import type { Tables } from "./schema.js";

/** Targets that units left because somebody asked for it. */
export function leftPart(db: Kysely<Tables>): Pick<StateStore, "saveLeft" | "leftTargets"> {
  return {
    async saveLeft(units) {
      if (units.length === 0) return;
      await db.transaction().execute(async (trx) => {
        for (const { workload, owner, targets } of units) {
          await trx.deleteFrom("left_target").where("workload", "=", workload).where("owner", "=", owner).execute();
          for (const target of targets) await trx.insertInto("left_target").values({ target, workload, owner }).execute();
        }
      });
    },
    async leftTargets({ workload, owner }) {
      const rows = await db.selectFrom("left_target").select("target").where("workload", "=", workload).where("owner", "=", owner).orderBy("target").execute();
      return rows.map(({ target }) => target);
    },
  };
}
