import type { Kysely, Transaction } from "kysely";
import type { BlobIndex, BlobPlacement } from "../core/vault.js";
import { BULK, slices } from "./bulk.js";
import type { Tables } from "./schema.js";

export function blobPart(db: Kysely<Tables>): BlobIndex {
  return {
    async find(owner, sha256) {
      return db.selectFrom("blob").selectAll().where("owner", "=", owner).where("sha256", "=", sha256).executeTakeFirst();
    },
    async adopt(placements) {
      await db.transaction().execute(async (trx) => {
        await saveBlobs(trx, placements);
      });
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
