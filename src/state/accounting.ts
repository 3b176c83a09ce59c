import { sql, type Kysely } from "kysely";
import type { Loss } from "../core/item.js";
import type { AccountedItem, Blockage, FailedItems, Failure, FinalState, Standing, StandingItem, StateStore, Unit, UnitCounts, VerifyState } from "../core/state.js";
import type { WorkloadName } from "../core/item.js";
import type { Tables } from "./schema.js";

type AccountingPart = Pick<StateStore, "counts" | "failed" | "notable" | "standing" | "blockages">;

const PAGE = 500;

/**
 * The one definition of how an item ends. An item that waits behind a blocked container or unit counts as failed, for the
 * block's reason: nothing is left without a state.
 */
const FINAL_STATE = (pass: string) => sql<FinalState>`case
  when i.pull_state = 'skipped' then 'skipped'
  when i.pull_state = 'unreadable' then 'failed'
  when l.state = 'done' and l.seq = i.seq and l.pass != ${pass} then 'already-there'
  when l.state = 'done' and l.seq = i.seq and l.outcome = 'unchanged' then 'already-there'
  when l.state = 'done' and l.seq = i.seq and (l.losses != '[]' or i.losses != '[]') then 'converted'
  when l.state = 'done' and l.seq = i.seq then 'migrated'
  when l.state = 'skipped' and l.seq = i.seq then 'skipped'
  when l.state = 'failed' then 'failed'
  when b.code is not null then 'failed'
  else 'pending' end`;

const JOINED = (unit: Unit) => sql`
  from item i
  left join ledger l on l.target = ${unit.target} and l.workload = i.workload and l.owner = i.owner and l.id = i.id
  left join blockage b on b.target = ${unit.target} and b.workload = i.workload and b.owner = i.owner
    and b.container = (select max(x.container) from blockage x where x.target = ${unit.target} and x.workload = i.workload
                       and x.owner = i.owner and x.container in (i.container, '*'))
  where i.workload = ${unit.workload} and i.owner = ${unit.owner}`;

export function accountingPart(db: Kysely<Tables>): AccountingPart {
  return {
    async counts(unit, pass) {
      const states = await sql<{ state: FinalState; n: number; bytes: number }>`
        select ${FINAL_STATE(pass)} as state, count(*) as n, sum(i.body_size) as bytes ${JOINED(unit)} and i.pull_state != 'gone' group by 1`.execute(db);
      const gone = await sql<{ state: string; n: number }>`
        select l.state as state, count(*) as n ${JOINED(unit)} and i.pull_state = 'gone' and l.state is not null and (l.pass = ${pass} or l.state = 'kept') group by 1`.execute(db);
      const verdicts = await sql<{ verdict: VerifyState; n: number }>`
        select l.verdict as verdict, count(*) as n ${JOINED(unit)} and i.pull_state = 'present' and l.verdict is not null group by 1`.execute(db);
      return unitCounts(states.rows, gone.rows, verdicts.rows);
    },
    async failed(unit) {
      const rows = await sql<{ code: string; params: string | null; items: number }>`
        select code, max(params) as params, count(*) as items from (
          select coalesce(i.code, l.code, b.code) as code, case when i.code is not null then i.params when l.code is not null then l.params else b.params end as params
          ${JOINED(unit)} and i.pull_state != 'gone' and ${FINAL_STATE("")} = 'failed')
        group by code order by items desc, code`.execute(db);
      return rows.rows.map(({ code, params, items }): FailedItems => ({ failure: { code, params: JSON.parse(params ?? "{}") as Failure["params"] }, items: Number(items) }));
    },
    notable(unit, pass) {
      return notable(db, unit, pass);
    },
    standing(unit) {
      return standing(db, unit);
    },
    async blockages() {
      const rows = await db.selectFrom("blockage").selectAll().orderBy("target").orderBy("owner").orderBy("workload").orderBy("container").execute();
      return rows.map((row): Blockage => ({
        target: row.target, workload: row.workload as WorkloadName, owner: row.owner, container: row.container,
        failure: { code: row.code, params: JSON.parse(row.params) as Failure["params"] },
      }));
    },
  };
}

function unitCounts(
  states: readonly { state: FinalState; n: number; bytes: number }[],
  gone: readonly { state: string; n: number }[],
  verdicts: readonly { verdict: VerifyState; n: number }[],
): UnitCounts {
  const counts: Record<FinalState, number> = { migrated: 0, "already-there": 0, converted: 0, skipped: 0, failed: 0, pending: 0 };
  for (const { state, n } of states) counts[state] += Number(n);
  const verified: Record<VerifyState, number> = { same: 0, different: 0, missing: 0, unverifiable: 0 };
  for (const { verdict, n } of verdicts) verified[verdict] += Number(n);
  const among = (state: string): number => Number(gone.find((row) => row.state === state)?.n ?? 0);
  return {
    seen: states.reduce((sum, { n }) => sum + Number(n), 0),
    counts, verified, removed: among("removed"), keptAfterDeletion: among("kept"),
    bytes: states.reduce((sum, { bytes }) => sum + Number(bytes), 0),
  };
}

interface AccountedRow {
  id: string; title: string; state: FinalState; i_code: string | null; i_params: string | null; i_losses: string;
  l_code: string | null; l_params: string | null; l_losses: string | null; b_code: string | null; b_params: string | null;
}

interface NotableRow extends AccountedRow {
  verdict: VerifyState | null;
}

interface StandingRow extends AccountedRow {
  pull_state: string; container: string; size: number; file: string | null; offset: number; length: number; at_container: string | null; ref: string | null;
}

async function* notable(db: Kysely<Tables>, unit: Unit, pass: string): AsyncIterable<AccountedItem> {
  let after = "";
  for (;;) {
    const page = await sql<NotableRow>`
      select * from (select i.id, i.title, ${FINAL_STATE(pass)} as state, i.code as i_code, i.params as i_params, i.losses as i_losses,
        l.code as l_code, l.params as l_params, l.losses as l_losses, b.code as b_code, b.params as b_params, l.verdict as verdict
        ${JOINED(unit)} and i.pull_state != 'gone' and i.id > ${after})
      where state in ('failed', 'skipped', 'converted') or verdict in ('different', 'missing')
        or (state = 'already-there' and (i_losses != '[]' or l_losses != '[]'))
      order by id limit ${PAGE}`.execute(db);
    for (const row of page.rows) yield accounted(unit, row);
    const last = page.rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function accounted(unit: Unit, row: NotableRow): AccountedItem {
  const failure = row.state === "failed" || row.state === "skipped" ? firstFailure(row) : undefined;
  return {
    ...unit, id: row.id, title: row.title, state: row.state,
    losses: mergeLosses(JSON.parse(row.i_losses) as Loss[], JSON.parse(row.l_losses ?? "[]") as Loss[]),
    ...(failure === undefined ? {} : { failure }),
    ...(row.verdict === null ? {} : { verified: row.verdict }),
  };
}

/** What counts as arrived in this or an earlier pass. */
const ARRIVED: readonly FinalState[] = ["migrated", "converted", "already-there"];

async function* standing(db: Kysely<Tables>, unit: Unit): AsyncIterable<StandingItem> {
  let after = "";
  for (;;) {
    const page = await sql<StandingRow>`
      select i.id, i.title, ${FINAL_STATE("")} as state, i.code as i_code, i.params as i_params, i.losses as i_losses, l.code as l_code, l.params as l_params,
        l.losses as l_losses, b.code as b_code, b.params as b_params, i.pull_state, i.container, i.body_size as size, i.file, i."offset" as offset, i.length,
        l.ref, (select p.target_id from placement p where p.target = ${unit.target} and p.workload = i.workload and p.owner = i.owner and p.container = l.container) as at_container
        ${JOINED(unit)} and (i.pull_state != 'gone' or (l.ref is not null and l.state != 'removed')) and i.id > ${after}
      order by i.id limit ${PAGE}`.execute(db);
    for (const row of page.rows) yield standingItem(unit, row);
    const last = page.rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

function standingItem(unit: Unit, row: StandingRow): StandingItem {
  const how: Standing = row.pull_state === "gone" ? "kept" : ARRIVED.includes(row.state) ? "delivered" : (row.state as Standing);
  const failure = how === "failed" || how === "skipped" ? firstFailure(row) : undefined;
  return {
    ...unit, id: row.id, title: row.title, standing: how, container: row.container, size: Number(row.size),
    losses: mergeLosses(JSON.parse(row.i_losses) as Loss[], JSON.parse(row.l_losses ?? "[]") as Loss[]),
    ...(row.file === null ? {} : { place: { file: row.file, offset: Number(row.offset), length: Number(row.length) } }),
    ...(row.ref === null || row.at_container === null ? {} : { at: { container: row.at_container, ref: row.ref } }),
    ...(failure === undefined ? {} : { failure }),
  };
}

function firstFailure(row: AccountedRow): Failure | undefined {
  for (const [code, params] of [[row.i_code, row.i_params], [row.l_code, row.l_params], [row.b_code, row.b_params]] as const) {
    if (code !== null) return { code, params: JSON.parse(params ?? "{}") as Failure["params"] };
  }
  return undefined;
}

function mergeLosses(source: readonly Loss[], target: readonly Loss[]): readonly Loss[] {
  const seen = new Map([...source, ...target].map((loss) => [`${loss.field} ${loss.reason} ${loss.change}`, loss]));
  return [...seen.values()];
}
