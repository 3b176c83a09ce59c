import { randomUUID } from "node:crypto";
import { closeSync, fchmodSync, openSync } from "node:fs";
import LibsqlDatabase from "libsql";
import { Kysely, SqliteDialect } from "kysely";
import { ExodusError } from "../core/errors.js";
import type { Pass, PassKind, StateStore } from "../core/state.js";
import { accountingPart } from "./accounting.js";
import { blobPart } from "./blobs.js";
import { containerPart } from "./containers.js";
import { copyingPart } from "./copying.js";
import { DurableDialect } from "./durable-dialect.js";
import { erasurePart } from "./erasure.js";
import { factPart } from "./facts.js";
import { leftPart } from "./left.js";
import { listingPart } from "./listing.js";
import { ownerOf } from "./owner-row.js";
import { pullPart } from "./pull.js";
import { pushPart } from "./push.js";
import { repairPart } from "./repair.js";
import { preparing } from "./statements.js";
import { verifiedStatePart } from "./verified-states.js";
import { createSchema, SCHEMA_VERSION, type Tables } from "./schema.js";

export interface StateOptions {
  /** "delete" keeps all in the one file, which may then be moved once it is closed. */
  readonly journal?: "wal" | "delete";
  /** Of an encrypted store, 64 hexadecimal digits. */
  readonly key?: string | undefined;
}

/**
 * Opens the embedded checkpoint store (SQLite through libsql). `file` is a path. A commit that returned survives a crash and a
 * power cut: by synchronous=FULL, or in WAL mode by `DurableDialect`; the pragma does not persist, so it is set at each opening.
 * @throws ExodusError STATE_VERSION when another version wrote it, STATE_KEY.
 */
export async function openStateStore(file: string, { journal = "wal", key }: StateOptions = {}): Promise<StateStore> {
  keepPrivate(file);
  const sqlite = open(file, key);
  // `status` may look while a run writes.
  sqlite.pragma("busy_timeout = 10000");
  // Where there is no shared memory, on some network drives, it stays "delete" (SQLite, "Write-Ahead Logging").
  const [told] = sqlite.pragma(`journal_mode = ${journal}`) as readonly { readonly journal_mode: string }[];
  const wal = told?.journal_mode === "wal";
  sqlite.pragma(`synchronous = ${wal ? "NORMAL" : "FULL"}`);
  // Five indexes of an item are written at once; with SQLite's 2 MB their pages are read again and again. In kibibytes (PRAGMA cache_size).
  sqlite.pragma("cache_size = -16000");
  const database = preparing(sqlite);
  const db = new Kysely<Tables>({ dialect: wal ? new DurableDialect(database, file) : new SqliteDialect({ database }) });
  await createSchema(db);
  const version = await db.selectFrom("meta").select("value").where("name", "=", "schema").executeTakeFirstOrThrow();
  if (version.value !== SCHEMA_VERSION) throw new ExodusError("STATE_VERSION", { params: { file, found: version.value, known: SCHEMA_VERSION } });
  return {
    ...passPart(db), ...blobPart(db), ...pullPart(db), ...containerPart(db), ...listingPart(db), ...pushPart(db), ...accountingPart(db), ...erasurePart(db), ...repairPart(db), ...copyingPart(db), ...factPart(db), ...leftPart(db), ...verifiedStatePart(db),
    async close() {
      await db.destroy();
    },
  };
}

/** A wrong key looks like a file that is no database. @throws ExodusError STATE_KEY. */
function open(file: string, key: string | undefined): LibsqlDatabase.Database {
  // Its pages, journal included, are encrypted (SQLite3 Multiple Ciphers, in libsql); what it would write beside them is kept in memory.
  // Its types do not name the two options, its README does ("Encryption at rest").
  const options: LibsqlDatabase.Options & { readonly encryptionCipher?: string; readonly encryptionKey?: string } = key === undefined ? {} : { encryptionCipher: "aes256cbc", encryptionKey: key };
  const sqlite = new LibsqlDatabase(file, options);
  try {
    sqlite.pragma("schema_version");
  } catch (cause) {
    sqlite.close();
    throw new ExodusError("STATE_KEY", { params: { file }, cause });
  }
  if (key !== undefined) sqlite.pragma("temp_store = memory");
  return sqlite;
}

/** It holds titles. SQLite would make it readable by whomever the umask lets; its -wal and -shm take the mode of the file (SQLite, os_unix.c, findCreateFileMode). */
function keepPrivate(file: string): void {
  const made = openSync(file, "a", 0o600);
  try {
    fchmodSync(made, 0o600);
  } finally {
    closeSync(made);
  }
}

function passPart(db: Kysely<Tables>): Pick<StateStore, "openPass" | "completePass" | "lastPass" | "saveOwner" | "owners"> {
  const last = () => db.selectFrom("pass").selectAll().orderBy("started_at", "desc").orderBy("id").limit(1).executeTakeFirst();
  return {
    async openPass(kind: PassKind): Promise<Pass> {
      const open = await last();
      if (open !== undefined && open.completed_at === null && open.kind === kind) {
        return { id: open.id, kind, startedAt: open.started_at, resumed: true };
      }
      const pass = { id: randomUUID(), kind, startedAt: new Date().toISOString() };
      await db.insertInto("pass").values({ id: pass.id, kind, started_at: pass.startedAt, completed_at: null }).execute();
      return { ...pass, resumed: false };
    },
    async completePass(id) {
      await db.updateTable("pass").set({ completed_at: new Date().toISOString() }).where("id", "=", id).execute();
    },
    async lastPass() {
      const row = await last();
      if (row === undefined) return undefined;
      const pass = { id: row.id, kind: row.kind as PassKind, startedAt: row.started_at, resumed: false };
      return row.completed_at === null ? pass : { ...pass, completedAt: row.completed_at };
    },
    async saveOwner(owner) {
      const values = { name: owner.name, kind: owner.kind, display_name: owner.displayName, mail: owner.mail ?? null };
      await db.insertInto("owner").values({ id: owner.id, ...values }).onConflict((c) => c.column("id").doUpdateSet(values)).execute();
    },
    async owners() {
      const rows = await db.selectFrom("owner").selectAll().orderBy("name").execute();
      return rows.map(ownerOf);
    },
  };
}
