import type { SqliteDatabase, SqliteStatement } from "kysely";

/** Statements kept ready. Texts are few: bulk inserts differ by their number of rows. */
const KEPT = 200;

/** A database that prepares each text once: preparing costs as much as running for the small statements of a commit. The least recently used is dropped. */
export function preparing(database: SqliteDatabase): SqliteDatabase {
  const ready = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = ready.get(sql) ?? database.prepare(sql);
      ready.delete(sql);
      ready.set(sql, statement);
      const oldest = ready.size > KEPT ? ready.keys().next() : undefined;
      if (oldest?.done === false) ready.delete(oldest.value);
      return statement;
    },
  };
}
