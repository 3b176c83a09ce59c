import type { Kysely } from "kysely";
import type { VerifyStore } from "../core/verifying.js";
import type { Tables } from "./schema.js";

export function verifiedStatePart(db: Kysely<Tables>): Pick<VerifyStore, "verifiedState" | "saveVerifiedStates"> {
  return {
    async verifiedState(unit, container) {
      const row = await db.selectFrom("placement").select("verified")
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("container", "=", container).executeTakeFirst();
      return row?.verified ?? undefined;
    },
    async saveVerifiedStates(unit, states) {
      await db.transaction().execute(async (trx) => {
        for (const [container, verified] of states) {
          await trx.updateTable("placement").set({ verified })
            .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("container", "=", container).execute();
        }
      });
    },
  };
}
