import type { Kysely, Transaction } from "kysely";
import type { CheckIndex, BlobPlacement } from "../core/vault.js";
import { bulkInsert, bulkSelect } from "./bulk.js";
import type { Tables } from "./schema.js";

const placements = bulkSelect<BlobPlacement>('select owner, sha256, extension, size, file, "offset" from blob where owner = ? and sha256 in');

export function blobPart(db: Kysely<Tables>): CheckIndex {
  return {
    async find(owner, sha256) {
      return (await placements(db, [owner], [sha256]))[0];
    },
    async findAll(owner, sha256s) {
      return placements(db, [owner], sha256s);
    },
    async adopt(found) {
      await db.transaction().execute((trx) => saveBlobs(trx, found));
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

export const saveBlobs: (trx: Transaction<Tables>, placements: readonly BlobPlacement[]) => Promise<void> =
  bulkInsert("blob", ["owner", "sha256", "extension", "size", "file", "offset"], "(owner, sha256) do nothing");
