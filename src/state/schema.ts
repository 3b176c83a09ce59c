import { sql, type Kysely } from "kysely";

/** Tables of the checkpoint store. Text ids everywhere; booleans as 0/1; structured values as JSON text. */
export interface Tables {
  meta: { name: string; value: string };
  pass: { id: string; kind: string; started_at: string; completed_at: string | null };
  owner: { id: string; name: string; kind: string; display_name: string; mail: string | null };
  container: {
    workload: string; owner: string; id: string; parent_id: string | null; name: string; role: string | null; hidden: number;
    color: string | null; count: number | null; feed: string; generation: number; gone: number;
  };
  feed: { workload: string; owner: string; id: string; container: string; cursor: string | null; listing: number; generation: number; run: string };
  item: {
    workload: string; owner: string; id: string; container: string; feed: string; generation: number; seq: number; pull_state: string;
    version: string; digest: string; title: string; code: string | null; params: string | null; losses: string;
    body_sha256: string | null; body_size: number; body_extension: string | null;
    file: string | null; offset: number; length: number; written: string;
  };
  blob: { owner: string; sha256: string; extension: string; size: number; file: string; offset: number };
  vault_file: { file: string; length: number };
  ledger: {
    target: string; workload: string; owner: string; id: string; state: string; seq: number; outcome: string | null;
    ref: string | null; etag: string | null; container: string | null; previous_ref: string | null; previous_container: string | null;
    attempts: number; code: string | null; params: string | null; losses: string; pass: string; run: string; verdict: string | null;
  };
  placement: { target: string; workload: string; owner: string; container: string; target_id: string; path: string; made: number; verified: string | null };
  blockage: { target: string; workload: string; owner: string; container: string; code: string; params: string };
  fact: { owner: string; facts: string };
  left_target: { target: string; workload: string; owner: string };
}

export const SCHEMA_VERSION = "1";

/** Of messages alone: nothing else is pushed in the order of its writing. */
const WRITTEN_INDEX = `create index if not exists item_unit_written on item (workload, owner, written, seq) where written != ''`;

/** What routes asked the directory about an owner. */
const FACTS = `create table if not exists fact (owner text primary key, facts text not null)`;

/** Targets that a unit left because somebody asked for it. */
const LEFT = `create table if not exists left_target (target text not null, workload text not null, owner text not null, primary key (workload, owner, target))`;

const TABLES: readonly string[] = [
  `create table if not exists meta (name text primary key, value text not null)`,
  `create table if not exists pass (id text primary key, kind text not null, started_at text not null, completed_at text)`,
  `create table if not exists owner (id text primary key, name text not null, kind text not null, display_name text not null, mail text)`,
  `create table if not exists container (workload text not null, owner text not null, id text not null, parent_id text, name text not null,
     role text, hidden integer not null, color text, count integer, feed text not null, generation integer not null, gone integer not null,
     primary key (workload, owner, id))`,
  `create index if not exists container_parent on container (workload, owner, parent_id)`,
  `create table if not exists feed (workload text not null, owner text not null, id text not null, container text not null, cursor text,
     listing integer not null, generation integer not null, run text not null, primary key (workload, owner, id))`,
  `create index if not exists feed_id on feed (workload, id)`,
  `create table if not exists item (workload text not null, owner text not null, id text not null, container text not null, feed text not null,
     generation integer not null, seq integer not null, pull_state text not null, version text not null, digest text not null, title text not null,
     code text, params text, losses text not null, body_sha256 text, body_size integer not null, body_extension text,
     file text, "offset" integer not null, length integer not null, written text not null default '', primary key (workload, owner, id))`,
  `create unique index if not exists item_seq on item (seq)`,
  `create index if not exists item_unit_seq on item (workload, owner, seq)`,
  `create index if not exists item_feed on item (workload, owner, feed, generation)`,
  `create index if not exists item_container on item (workload, owner, container)`,
  WRITTEN_INDEX,
  `create table if not exists blob (owner text not null, sha256 text not null, extension text not null, size integer not null, file text not null,
     "offset" integer not null, primary key (owner, sha256))`,
  `create table if not exists vault_file (file text primary key, length integer not null)`,
  `create table if not exists ledger (target text not null, workload text not null, owner text not null, id text not null, state text not null,
     seq integer not null, outcome text, ref text, etag text, container text, previous_ref text, previous_container text, attempts integer not null,
     code text, params text, losses text not null, pass text not null, run text not null, verdict text, primary key (target, workload, owner, id))`,
  `create index if not exists ledger_ref on ledger (target, workload, owner, container, ref)`,
  `create index if not exists ledger_open on ledger (target, workload, owner, state) where state = 'sending' or previous_ref is not null`,
  `create table if not exists placement (target text not null, workload text not null, owner text not null, container text not null,
     target_id text not null, path text not null, made integer not null default 0, verified text, primary key (target, workload, owner, container))`,
  `create table if not exists blockage (target text not null, workload text not null, owner text not null, container text not null,
     code text not null, params text not null, primary key (target, workload, owner, container))`,
  FACTS,
  LEFT,
];

/**
 * Creates the tables and records the schema version, all in one transaction: a crash leaves everything or nothing. A store that is complete is only
 * read, so that `status` may look while a run writes.
 */
export async function createSchema(db: Kysely<Tables>): Promise<void> {
  if (await isComplete(db)) {
    await addWritten(db);
    await addMade(db);
    await addVerified(db);
    return addRoutes(db);
  }
  await db.transaction().execute(async (trx) => {
    for (const statement of TABLES) await sql.raw(statement).execute(trx);
    await trx.insertInto("meta").values({ name: "schema", value: SCHEMA_VERSION }).onConflict((c) => c.column("name").doNothing()).execute();
  });
}

/** Stores of 0.x had no such column; what they hold is pushed in the order of its reading, until the index is rebuilt. */
async function addWritten(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql`select 1 from pragma_table_info('item') where name = 'written'`.execute(db);
  if (rows.length > 0) return;
  await db.transaction().execute(async (trx) => {
    await sql`alter table item add column written text not null default ''`.execute(trx);
    await sql.raw(WRITTEN_INDEX).execute(trx);
  });
}

/** Stores of 0.x did not say which containers we made: what they placed is left standing. */
async function addMade(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql`select 1 from pragma_table_info('placement') where name = 'made'`.execute(db);
  if (rows.length === 0) await sql`alter table placement add column made integer not null default 0`.execute(db);
}

/** Stores of 0.x kept no word of a server for what was verified: the next `verify` gets one. */
async function addVerified(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql`select 1 from pragma_table_info('placement') where name = 'verified'`.execute(db);
  if (rows.length === 0) await sql`alter table placement add column verified text`.execute(db);
}

/** Stores of 0.x had no routes that ask the directory, and nothing to leave. */
async function addRoutes(db: Kysely<Tables>): Promise<void> {
  for (const [table, statement] of [["fact", FACTS], ["left_target", LEFT]] as const) {
    const { rows } = await sql`select 1 from sqlite_master where type = 'table' and name = ${table}`.execute(db);
    if (rows.length === 0) await sql.raw(statement).execute(db);
  }
}

/** The version is written last: where it stands, every table does. */
async function isComplete(db: Kysely<Tables>): Promise<boolean> {
  const table = await sql`select 1 from sqlite_master where type = 'table' and name = 'meta'`.execute(db);
  return table.rows.length > 0 && (await db.selectFrom("meta").select("value").where("name", "=", "schema").executeTakeFirst()) !== undefined;
}
