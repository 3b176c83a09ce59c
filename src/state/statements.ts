import type { SqliteDatabase, SqliteStatement } from "kysely";
import type { Counted } from "./durable-dialect.js";

/** Statements kept ready. Texts are few: bulk inserts differ by their number of rows. */
const KEPT = 200;

/**
 * A database that prepares each text once: preparing costs as much as running for the small statements of a commit. The least recently used is dropped. Counts the
 * statements that answered no rows, all that write among them.
 */
export function preparing(database: SqliteDatabase): Counted {
  let written = 0;
  const counting = (statement: SqliteStatement): SqliteStatement => {
    if (statement.reader) return statement;
    return {
      reader: false, all: (parameters) => statement.all(parameters), iterate: (parameters) => statement.iterate(parameters),
      run(parameters) {
        written += 1;
        return statement.run(parameters);
      },
    };
  };
  const ready = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    written: () => written,
    prepare(sql) {
      const statement = ready.get(sql) ?? counting(database.prepare(sql));
      ready.delete(sql);
      ready.set(sql, statement);
      const oldest = ready.size > KEPT ? ready.keys().next() : undefined;
      if (oldest?.done === false) ready.delete(oldest.value);
      return statement;
    },
  };
}
