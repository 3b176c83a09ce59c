import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import LibsqlDatabase from "libsql";

/** Memory that SQLite keeps pages in, in kibibytes (PRAGMA cache_size takes them as a negative number). Little: a map is asked now and then, and every session may have one. */
const CACHE_KIB = 256;

/**
 * Texts by text, on disk: for what grows with the work and is of use only as long as the process lasts. The file is made at the first `set` and has no name any
 * more once it is open, so that nothing is left behind however the process ends; a system that keeps open files by their name (Windows) removes it at `close`.
 */
export class DiskMap {
  #open: Statements | undefined;

  get(key: string): string | undefined {
    const [row] = this.#open?.get.all(key) ?? [];
    return (row as { readonly value: string } | undefined)?.value;
  }

  set(key: string, value: string): void {
    this.#open ??= openStatements();
    this.#open.set.run(key, value);
  }

  /** Empty again: what is set later makes a new file. */
  close(): void {
    this.#open?.close();
    this.#open = undefined;
  }
}

interface Statements {
  readonly get: LibsqlDatabase.Statement;
  readonly set: LibsqlDatabase.Statement;
  close(): void;
}

function openStatements(): Statements {
  const folder = mkdtempSync(path.join(tmpdir(), "o365-exodus-map-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const named = process.platform === "win32";
  try {
    const database = new LibsqlDatabase(path.join(folder, "map"));
    // Nobody reads it after a crash: no journal, and nothing waits for the disk.
    for (const pragma of ["journal_mode = off", "synchronous = off", "locking_mode = exclusive", `cache_size = -${CACHE_KIB}`]) database.pragma(pragma);
    database.exec("create table map (key text primary key, value text not null) without rowid");
    if (!named) remove();
    return {
      get: database.prepare("select value from map where key = ?"), set: database.prepare("insert or replace into map values (?, ?)"),
      close: () => {
        database.close();
        if (named) remove();
      },
    };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}
