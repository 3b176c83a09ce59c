import type { Kysely } from "kysely";
import type { Container, ContainerRole, PlacedContainer, WorkloadName } from "../core/item.js";
import type { SourceUnit, StateStore } from "../core/state.js";
import type { Tables } from "./schema.js";

type ContainerPart = Pick<StateStore, "placed" | "containers" | "placement" | "savePlacement" | "placedTargets" | "hasPlacement" | "orphanPlacements" | "madePlacements" | "dropPlacement" | "dropPlacements">;

/** Deeper than any mailbox or drive allows; ends the walk on a cycle in damaged source data. */
const MAX_DEPTH = 400;

export function containerPart(db: Kysely<Tables>): ContainerPart {
  const rowOf = (unit: SourceUnit, id: string) => db.selectFrom("container").selectAll()
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).executeTakeFirst();
  return {
    async placed(unit, id): Promise<PlacedContainer | undefined> {
      const row = await rowOf(unit, id);
      if (row === undefined) return undefined;
      const path: string[] = row.name === "" ? [] : [row.name];
      let parent = row.parent_id;
      for (let depth = 0; parent !== null && depth < MAX_DEPTH; depth += 1) {
        const above = await rowOf(unit, parent);
        if (above === undefined) break;
        if (above.name !== "") path.unshift(above.name);
        parent = above.parent_id;
      }
      return { ...containerOf(row), path };
    },
    async containers(unit, afterId, limit) {
      const rows = await db.selectFrom("container").selectAll()
        .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("gone", "=", 0).where("id", ">", afterId)
        .orderBy("id").limit(limit).execute();
      return rows.map(containerOf);
    },
    async placement(unit, container) {
      const row = await db.selectFrom("placement").select(["target_id", "path", "made"])
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("container", "=", container).executeTakeFirst();
      return row === undefined ? undefined : { targetId: row.target_id, path: JSON.parse(row.path) as string[], made: row.made === 1 };
    },
    async savePlacement(unit, container, placement) {
      const values = { target_id: placement.targetId, path: JSON.stringify(placement.path), made: placement.made ? 1 : 0 };
      await db.insertInto("placement").values({ ...unit, container, ...values, verified: null })
        .onConflict((c) => c.columns(["target", "workload", "owner", "container"]).doUpdateSet(values)).execute();
    },
    async placedTargets() {
      const names: string[] = [];
      // From one name to the next by the key's order: there are few targets and any number of placements.
      for (let after: string | undefined; ;) {
        const query = db.selectFrom("placement").select("target").orderBy("target").limit(1);
        const row = await (after === undefined ? query : query.where("target", ">", after)).executeTakeFirst();
        if (row === undefined) return names;
        names.push(row.target);
        after = row.target;
      }
    },
    async hasPlacement(unit) {
      const row = await db.selectFrom("placement").select("target").where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).limit(1).executeTakeFirst();
      return row !== undefined;
    },
    async orphanPlacements(unit) {
      const rows = await db.selectFrom("placement as p")
        .innerJoin("container as c", (join) => join.onRef("c.id", "=", "p.container").onRef("c.owner", "=", "p.owner").onRef("c.workload", "=", "p.workload"))
        .select(["p.container", "p.target_id as targetId", "p.made"])
        .where("p.target", "=", unit.target).where("p.workload", "=", unit.workload).where("p.owner", "=", unit.owner).where("c.gone", "=", 1)
        .orderBy((e) => e.fn("length", ["p.path"]), "desc").execute();
      return rows.map((row) => ({ ...row, made: row.made === 1 }));
    },
    async dropPlacements(unit) {
      await db.deleteFrom("placement").where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).execute();
    },
    async madePlacements(unit, after, limit) {
      const made = db.selectFrom("placement").select((e) => ["container", "target_id as targetId", e.fn<number>("json_array_length", ["path"]).as("depth")])
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("made", "=", 1)
        .orderBy((e) => e.fn("json_array_length", ["path"]), "desc").orderBy("container").limit(limit);
      if (after === undefined) return made.execute();
      const { depth, container } = after;
      return made.where((e) => e.or([e(e.fn("json_array_length", ["path"]), "<", depth), e.and([e(e.fn("json_array_length", ["path"]), "=", depth), e("container", ">", container)])])).execute();
    },
    async dropPlacement(unit, container) {
      await db.deleteFrom("placement")
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("container", "=", container).execute();
    },
  };
}

export function containerOf(row: Tables["container"]): Container {
  return {
    workload: row.workload as WorkloadName, owner: row.owner, id: row.id, name: row.name,
    ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
    ...(row.role === null ? {} : { role: row.role as ContainerRole }),
    ...(row.hidden === 1 ? { hidden: true } : {}),
    ...(row.color === null ? {} : { color: row.color }),
    ...(row.count === null ? {} : { count: row.count }),
  };
}
