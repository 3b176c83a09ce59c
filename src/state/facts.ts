import type { Kysely } from "kysely";
import type { OwnerFacts } from "../core/source.js";
import type { StateStore } from "../core/state.js";
import type { Tables } from "./schema.js";

/** What routes asked the directory about each owner. */
export function factPart(db: Kysely<Tables>): Pick<StateStore, "saveFacts" | "facts"> {
  return {
    async saveFacts(facts) {
      await db.transaction().execute(async (trx) => {
        for (const [owner, told] of facts) {
          const values = { facts: JSON.stringify(told) };
          await trx.insertInto("fact").values({ owner, ...values }).onConflict((c) => c.column("owner").doUpdateSet(values)).execute();
        }
      });
    },
    async facts() {
      const rows = await db.selectFrom("fact").selectAll().execute();
      return new Map(rows.map(({ owner, facts }) => [owner, JSON.parse(facts) as OwnerFacts]));
    },
  };
}
