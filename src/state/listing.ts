import { sql, type Kysely } from "kysely";
import type { WorkloadName } from "../core/item.js";
import type { StateStore, StoredItem } from "../core/state.js";
import type { Tables } from "./schema.js";

type ListingPart = Pick<StateStore, "tallies" | "containerTally" | "stored" | "storedById">;

/** What the vault holds of the present, for people to look at. */
export function listingPart(db: Kysely<Tables>): ListingPart {
  const rows = () => db.selectFrom("item")
    .select(["workload", "owner", "id", "container", "title", "seq", "body_size as size", "file", sql<number>`item."offset"`.as("offset"), "length"])
    .where("pull_state", "=", "present").where("file", "is not", null);
  return {
    async tallies(owner) {
      const found = await db.selectFrom("item").select(["workload", (e) => e.fn.countAll<number>().as("items")])
        .where("owner", "=", owner).where("pull_state", "=", "present").where("file", "is not", null).groupBy("workload").orderBy("workload").execute();
      return found.map(({ workload, items }) => ({ workload: workload as WorkloadName, items: Number(items) }));
    },
    async containerTally(unit, container) {
      const found = await db.selectFrom("item").select((e) => e.fn.countAll<number>().as("items")).where("workload", "=", unit.workload).where("owner", "=", unit.owner)
        .where("container", "=", container).where("pull_state", "=", "present").where("file", "is not", null).executeTakeFirstOrThrow();
      return Number(found.items);
    },
    async stored(unit, { container, after, limit }) {
      const query = rows().where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", ">", after).orderBy("id").limit(limit);
      return (await (container === undefined ? query : query.where("container", "=", container)).execute()).map(storedItem);
    },
    async storedById(id) {
      return (await rows().where("id", "=", id).orderBy("owner").orderBy("workload").execute()).map(storedItem);
    },
  };
}

function storedItem(row: { workload: string; owner: string; id: string; container: string; title: string; size: number; file: string | null; offset: number; length: number }): StoredItem {
  const { workload, owner, id, container, title, size, file, offset, length } = row;
  return { key: { workload: workload as WorkloadName, owner, id }, container, title, size, place: { file: file ?? "", offset, length } };
}
