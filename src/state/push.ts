import { sql, type Kysely } from "kysely";
import type { LedgerEntry, PullState, PushState, StateStore, Unit, VerifyState, WorkRow } from "../core/state.js";
import type { Tables } from "./schema.js";

type PushPart = Pick<StateStore, "pending" | "inDoubt" | "markSending" | "settle" | "clearPrevious" | "isTaken" | "refOf" | "settled" | "saveVerdict" | "standingRows" | "standingCount" | "forgetPut" | "failMissing" | "clearBlockages" | "block">;

interface JoinedRow {
  id: string; container: string; title: string; seq: number; written: string; pull_state: string; file: string | null; offset: number; length: number;
  l_state: string | null; l_seq: number | null; ref: string | null; etag: string | null; l_container: string | null;
  previous_ref: string | null; previous_container: string | null; attempts: number | null; code: string | null; outcome: string | null; verdict: string | null;
}

export function pushPart(db: Kysely<Tables>): PushPart {
  return {
    async pending(unit, options) {
      const { seq, written } = options.after;
      const open = joined(db, unit)
        .where("item.pull_state", "in", options.gone ? ["present", "gone"] : ["present"])
        .where((e) => e.or([
          // Never put, or changed since.
          e.and([e("item.pull_state", "=", "present"), e.or([e("ledger.id", "is", null), e("ledger.seq", "!=", e.ref("item.seq")), e("ledger.state", "=", "sending")])]),
          e.and([e("ledger.state", "=", "failed"), e("ledger.run", "!=", options.run)]),
          // Gone at the source and still standing at the target.
          e.and([
            e("item.pull_state", "=", "gone"), e("ledger.ref", "is not", null),
            e("ledger.state", "not in", options.keptToo ? ["removed"] : ["removed", "kept"]),
            e.or([e("ledger.state", "!=", "failed"), e("ledger.run", "!=", options.run)]),
          ]),
        ]))
        .limit(options.limit);
      if (!options.oldestFirst) return (await open.where("item.seq", ">", seq).orderBy("item.seq").execute()).map(workRow);
      // What is no message comes first: the conversation itself. Two queries, so that each has an index to follow.
      const first = written !== "" ? [] : await open.where("item.written", "=", "").where("item.seq", ">", seq).orderBy("item.seq").execute();
      if (first.length > 0) return first.map(workRow);
      const rows = await open.where("item.written", "!=", "").where((e) => e.or([e("item.written", ">", written), e.and([e("item.written", "=", written), e("item.seq", ">", seq)])]))
        .orderBy("item.written").orderBy("item.seq").execute();
      return rows.map(workRow);
    },
    async inDoubt(unit, { after: { seq, written }, limit, oldestFirst }) {
      const open = joined(db, unit).where((e) => e.or([e("ledger.state", "=", "sending"), e("ledger.previous_ref", "is not", null)])).limit(limit);
      const ordered = oldestFirst
        ? open.where((e) => e.or([e("item.written", ">", written), e.and([e("item.written", "=", written), e("item.seq", ">", seq)])])).orderBy("item.written").orderBy("item.seq")
        : open.where("item.seq", ">", seq).orderBy("item.seq");
      return (await ordered.execute()).map(workRow);
    },
    async markSending(unit, rows) {
      await db.transaction().execute(async (trx) => {
        for (const row of rows) {
          await trx.insertInto("ledger")
            .values({
              target: unit.target, workload: unit.workload, owner: unit.owner, id: row.id, state: "sending", seq: row.seq, outcome: null,
              ref: null, etag: null, container: null, previous_ref: null, previous_container: null, attempts: 0, code: null, params: null,
              losses: "[]", pass: "", run: "", verdict: null,
            })
            .onConflict((c) => c.columns(["target", "workload", "owner", "id"]).doUpdateSet({ state: "sending" })).execute();
        }
      });
    },
    async settle(unit, id, settlement, pass, run) {
      await db.updateTable("ledger")
        .set((e) => ({
          state: settlement.state, seq: settlement.seq, outcome: settlement.outcome ?? null,
          ref: settlement.ref ?? null, etag: settlement.etag ?? null, container: settlement.container ?? null,
          previous_ref: settlement.previous?.ref ?? null, previous_container: settlement.previous?.container ?? null,
          attempts: settlement.countAttempt ? e("attempts", "+", 1) : e.ref("attempts"),
          code: settlement.failure?.code ?? null, params: settlement.failure === undefined ? null : JSON.stringify(settlement.failure.params),
          losses: JSON.stringify(settlement.losses ?? []), pass, run, verdict: null,
        }))
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).execute();
    },
    async clearPrevious(unit, id) {
      await db.updateTable("ledger").set({ previous_ref: null, previous_container: null })
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).execute();
    },
    async isTaken(unit, container, ref, exceptId) {
      const row = await db.selectFrom("ledger").select("id")
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner)
        .where("container", "=", container).where("ref", "=", ref).where("id", "!=", exceptId).where("state", "!=", "removed").limit(1).executeTakeFirst();
      return row !== undefined;
    },
    async refOf(unit, container, id) {
      const row = await db.selectFrom("ledger").select(["ref", "etag"])
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id)
        .where("container", "=", container).where("state", "!=", "removed").executeTakeFirst();
      return row?.ref == null ? undefined : { id: row.ref, ...(row.etag === null ? {} : { etag: row.etag }) };
    },
    async settled(unit, afterId, limit) {
      const rows = await joined(db, unit).where("item.pull_state", "=", "present").where("ledger.state", "=", "done").where("item.id", ">", afterId)
        .orderBy("item.id").limit(limit).execute();
      return rows.map(workRow);
    },
    async saveVerdict(unit, id, verdict) {
      await db.updateTable("ledger").set({ verdict })
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).execute();
    },
    async standingRows(unit, afterId, limit) {
      const rows = await standing(joined(db, unit)).where("item.id", ">", afterId).orderBy("item.id").limit(limit).execute();
      return rows.map(workRow);
    },
    async standingCount(unit) {
      const { n } = await standing(joined(db, unit)).clearSelect().select((e) => e.fn.countAll<number>().as("n")).executeTakeFirstOrThrow();
      return Number(n);
    },
    async forgetPut(unit, id) {
      await db.deleteFrom("ledger").where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("id", "=", id).execute();
    },
    async failMissing(unit, { code, params }) {
      await db.updateTable("ledger").set({ state: "failed", code, params: JSON.stringify(params), ref: null, etag: null, container: null, verdict: null, run: "" })
        .where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).where("state", "=", "done").where("verdict", "=", "missing").execute();
    },
    async clearBlockages(unit) {
      await db.deleteFrom("blockage").where("target", "=", unit.target).where("workload", "=", unit.workload).where("owner", "=", unit.owner).execute();
    },
    async block({ target, workload, owner, container, failure }) {
      const values = { code: failure.code, params: JSON.stringify(failure.params) };
      await db.insertInto("blockage").values({ target, workload, owner, container, ...values })
        .onConflict((c) => c.columns(["target", "workload", "owner", "container"]).doUpdateSet(values)).execute();
    },
  };
}

/** Put, being put, or failed in a way that may have left something. */
function standing(rows: ReturnType<typeof joined>): ReturnType<typeof joined> {
  return rows.where((e) => e.or([
    e.and([e("ledger.ref", "is not", null), e("ledger.state", "!=", "removed")]), e("ledger.previous_ref", "is not", null), e("ledger.state", "in", ["sending", "failed"]),
  ]));
}

function joined(db: Kysely<Tables>, unit: Unit) {
  return db.selectFrom("item")
    .leftJoin("ledger", (join) => join.onRef("ledger.id", "=", "item.id").onRef("ledger.owner", "=", "item.owner")
      .onRef("ledger.workload", "=", "item.workload").on("ledger.target", "=", unit.target))
    .select([
      "item.id", "item.container", "item.title", "item.seq", "item.written", "item.pull_state", "item.file", sql<number>`item."offset"`.as("offset"), "item.length",
      "ledger.state as l_state", "ledger.seq as l_seq", "ledger.ref", "ledger.etag", "ledger.container as l_container",
      "ledger.previous_ref", "ledger.previous_container", "ledger.attempts", "ledger.code", "ledger.outcome", "ledger.verdict",
    ])
    .where("item.workload", "=", unit.workload).where("item.owner", "=", unit.owner);
}

function workRow(row: JoinedRow): WorkRow {
  return {
    id: row.id, container: row.container, title: row.title, seq: row.seq, written: row.written, pullState: row.pull_state as PullState,
    place: row.file === null ? undefined : { file: row.file, offset: row.offset, length: row.length },
    ledger: row.l_state === null ? undefined : ledgerEntry(row, row.l_state),
  };
}

function ledgerEntry(row: JoinedRow, state: string): LedgerEntry {
  return {
    state: state as PushState, seq: row.l_seq ?? 0, attempts: row.attempts ?? 0,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.verdict === null ? {} : { verdict: row.verdict as VerifyState }),
    ...(row.ref === null ? {} : { ref: row.ref }),
    ...(row.etag === null ? {} : { etag: row.etag }),
    ...(row.l_container === null ? {} : { container: row.l_container }),
    ...(row.previous_ref === null || row.previous_container === null ? {} : { previous: { ref: row.previous_ref, container: row.previous_container } }),
  };
}
