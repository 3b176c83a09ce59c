import { sql, type Transaction } from "kysely";
import type { SourceUnit } from "../core/state.js";
import type { Tables } from "./schema.js";
import { Sequence } from "./sequence.js";

type Trx = Transaction<Tables>;

/** After a full listing: rows of this feed that it did not name are gone. */
export async function retireUnlisted(trx: Trx, unit: SourceUnit & { readonly feed: string }, generation: number): Promise<void> {
  const sequence = await Sequence.of(trx);
  const containers = await trx.selectFrom("container").select("id")
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("feed", "=", unit.feed)
    .where("generation", "<", generation).where("gone", "=", 0).execute();
  const feedContainer = await trx.selectFrom("feed").select("container")
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", unit.feed).executeTakeFirstOrThrow();
  for (const { id } of containers) if (id !== feedContainer.container) await retireContainer(trx, unit, id, sequence);
  const items = trx.selectFrom("item").select("id")
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("feed", "=", unit.feed)
    .where("generation", "<", generation).where("pull_state", "!=", "gone");
  await retireItems(trx, unit, items, sequence);
}

/** Marks a container, what is below it, and the items that still stand there as gone. */
export async function retireContainer(trx: Trx, unit: SourceUnit, id: string, sequence: Sequence): Promise<void> {
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
    await retireItems(trx, unit, items, sequence);
  }
}

/** Page by page, since a deleted folder may hold any number of items. */
async function retireItems(trx: Trx, unit: SourceUnit, query: { limit(n: number): { execute(): Promise<{ id: string }[]> } }, sequence: Sequence): Promise<void> {
  for (let page = await query.limit(500).execute(); page.length > 0; page = await query.limit(500).execute()) {
    for (const { id } of page) await bury(trx, unit, id, sequence);
  }
}

export async function bury(trx: Trx, unit: SourceUnit, id: string, sequence: Sequence): Promise<void> {
  await trx.updateTable("item").set({ pull_state: "gone", seq: sequence.next() })
    .where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).execute();
}
