import { open, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { SqliteDialect, SqliteDriver, type DatabaseConnection, type Driver, type SqliteDatabase } from "kysely";

/** What `DurableDialect` needs of its database: how often a statement was run that may have written. */
export interface Counted extends SqliteDatabase {
  readonly written: () => number;
}

/**
 * SQLite whose commits are forced to the disk beside the program instead of in its way. With `synchronous = NORMAL`, a commit in WAL mode is written to the journal
 * and not forced (SQLite, PRAGMA synchronous), which would stop the whole program, often for milliseconds. What returns from here has been forced all the same:
 * by a thread, and once for all that was committed before.
 */
export class DurableDialect extends SqliteDialect {
  readonly #driver: DurableDriver;

  constructor(database: Counted, file: string) {
    super({ database });
    this.#driver = new DurableDriver(database, `${file}-wal`);
  }

  override createDriver(): Driver {
    return this.#driver;
  }
}

class DurableDriver extends SqliteDriver {
  readonly #forcing: Forcing;
  /** Of the one who holds the connection: there is one connection, and one holder at a time. */
  #before = 0;

  constructor(private readonly database: Counted, journal: string) {
    super({ database });
    this.#forcing = new Forcing(journal);
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    this.#before = this.database.written();
    return connection;
  }

  /** Others go on while this one waits for the disk. */
  override async releaseConnection(): Promise<void> {
    const wrote = this.database.written() !== this.#before;
    await super.releaseConnection();
    if (wrote) await this.#forcing.force();
  }

  override async destroy(): Promise<void> {
    await this.#forcing.close();
    await super.destroy();
  }
}

/** Forces a file to the disk. What was asked for while it was being forced is forced together, next. */
class Forcing {
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #file: FileHandle | undefined;

  constructor(private readonly name: string) {}

  force(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      const forced = this.#sync();
      // The next one is forced although this one was not; whoever asked for this one is told.
      this.#current = forced.catch(() => undefined);
      return forced;
    });
    return this.#next;
  }

  async close(): Promise<void> {
    // Whoever waits for it is told of its failure.
    await Promise.allSettled([this.#next]);
    await this.#current;
    await this.#file?.close();
  }

  async #sync(): Promise<void> {
    this.#file ??= await opened(this.name);
    await this.#file.datasync();
  }
}

/** The file, whose name survives a power cut from then on. */
async function opened(name: string): Promise<FileHandle> {
  const file = await open(name, "r+");
  const folder = await open(path.dirname(name), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return file;
}
