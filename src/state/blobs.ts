import type { Kysely, Transaction } from "kysely";
import type { CheckIndex, BlobPlacement } from "../core/vault.js";
import { BULK, slices } from "./bulk.js";
import type { Tables } from "./schema.js";

export function blobPart(db: Kysely<Tables>): CheckIndex {
  return {
    async find(owner, sha256) {
      return db.selectFrom("blob").selectAll().where("owner", "=", owner).where("sha256", "=", sha256).executeTakeFirst();
    },
    async adopt(placements) {
      await db.transaction().execute(async (trx) => {
        await saveBlobs(trx, placements);
      });
    },
    async relies({ workload, owner, id }, { file, offset }) {
      const row = await db.selectFrom("item").select("id").where("workload", "=", workload).where("owner", "=", owner).where("id", "=", id)
        .where("file", "=", file).where("offset", "=", offset).where("pull_state", "=", "present").executeTakeFirst();
      return row !== undefined;
    },
    async reliesOn(owner, file, offset) {
      return (await db.selectFrom("blob").select("sha256").where("owner", "=", owner).where("file", "=", file).where("offset", "=", offset).executeTakeFirst()) !== undefined;
    },
    async committedLength(file) {
      return (await db.selectFrom("vault_file").select("length").where("file", "=", file).executeTakeFirst())?.length;
    },
  };
}

export async function saveBlobs(trx: Transaction<Tables>, placements: readonly BlobPlacement[]): Promise<void> {
  for (const slice of slices(placements, BULK)) {
    await trx.insertInto("blob").values(slice.map((blob) => ({ ...blob }))).onConflict((c) => c.columns(["owner", "sha256"]).doNothing()).execute();
  }
}
