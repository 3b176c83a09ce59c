import { CompiledQuery, type Kysely, type Transaction } from "kysely";
import type { Tables } from "./schema.js";

/** Rows of one statement: most of what bulk saves is saved, and the texts that are kept ready stay few. */
export const BULK = 50;

export function* slices<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < values.length; from += size) yield values.slice(from, from + size);
}

/** `count` question marks with commas between them. */
function marks(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

/** Text of a statement for each number of rows, written once: to build it costs more than to run it. */
function texts(write: (count: number) => string): (count: number) => string {
  const kept: string[] = [];
  return (count) => (kept[count] ??= write(count));
}

/** Inserts rows, many with one statement. `columns`: all of the table's; `onConflict`: what follows "on conflict". */
export function bulkInsert<T extends keyof Tables>(table: T, columns: readonly (keyof Tables[T] & string)[], onConflict: string): (trx: Transaction<Tables>, rows: readonly Tables[T][]) => Promise<void> {
  const names = columns.map((column) => `"${column}"`).join(", ");
  const text = texts((count) => `insert into ${table} (${names}) values ${Array.from({ length: count }, () => `(${marks(columns.length)})`).join(", ")} on conflict ${onConflict}`);
  return async (trx, rows) => {
    for (const some of slices(rows, BULK)) await trx.executeQuery(CompiledQuery.raw(text(some.length), some.flatMap((row) => columns.map((column) => row[column]))));
  };
}

/** Rows by some values of their last key column. `before`: the statement up to the list of values; `first`: values of what it asks before. */
export function bulkSelect<R>(before: string): (db: Kysely<Tables>, first: readonly string[], values: readonly string[]) => Promise<R[]> {
  const text = texts((count) => `${before} (${marks(count)})`);
  return async (db, first, values) => {
    const rows: R[] = [];
    for (const some of slices(values, BULK)) rows.push(...(await db.executeQuery<R>(CompiledQuery.raw(text(some.length), [...first, ...some]) as CompiledQuery<R>)).rows);
    return rows;
  };
}
