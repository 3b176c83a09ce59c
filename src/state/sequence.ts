import type { Transaction } from "kysely";
import type { Tables } from "./schema.js";

/** Numbers of changes, one after the other over all items. Good for one transaction: nobody else writes meanwhile. */
export class Sequence {
  private constructor(private last: number) {}

  static async of(trx: Transaction<Tables>): Promise<Sequence> {
    const row = await trx.selectFrom("item").select("seq").orderBy("seq", "desc").limit(1).executeTakeFirst();
    return new Sequence(row?.seq ?? 0);
  }

  next(): number {
    this.last += 1;
    return this.last;
  }
}
