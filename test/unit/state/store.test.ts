import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import LibsqlDatabase from "libsql";
import type { Item, Sha256 } from "../../../src/core/item.js";
import type { CommittedChange, StateStore, Unit } from "../../../src/core/state.js";
import type { Cursor } from "../../../src/core/source.js";
import { openStateStore } from "../../../src/state/store.js";

const UNIT: Unit = { workload: "mail", owner: "o1", target: "t" };
const NOTHING = { places: [], placements: [], lengths: {} };

function item(id: string, container: string, digest: string): CommittedChange {
  const change: Item = {
    kind: "item", key: { workload: "mail", owner: "o1", id }, container, version: `v-${digest}`, title: id, record: {}, parts: [], digest: digest as Sha256, losses: [],
  };
  return { change, place: { file: "f", offset: 0, length: 1 } };
}

describe("the checkpoint store", () => {
  let dir = "";
  let state: StateStore;
  const file = (): string => path.join(dir, "state.sqlite");
  const commit = (feed: string, changes: readonly CommittedChange[], done = true): Promise<void> =>
    state.commitPull({ workload: "mail", owner: "o1", feed, changes, done, next: "c" as Cursor, flushed: NOTHING });
  const open = async (feed: string, run = "r1"): Promise<void> => { await state.openFeed(UNIT, feed, { workload: "mail", owner: "o1", id: feed, name: feed }, run); };
  const pending = async (gone = false): Promise<string[]> => (await state.pending(UNIT, { after: 0, limit: 100, run: "r1", gone, keptToo: false })).map((row) => `${row.id}@${row.container} ${row.pullState}`);
  const put = async (id: string, container: string): Promise<void> => {
    const row = (await state.pending(UNIT, { after: 0, limit: 100, run: "r1", gone: false, keptToo: false })).find((entry) => entry.id === id);
    if (row === undefined) throw new Error(id);
    await state.markSending(UNIT, [row]);
    await state.settle(UNIT, id, { state: "done", seq: row.seq, outcome: "created", ref: `ref-${id}`, container, countAttempt: true }, "p1", "r1");
  };

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-state-"));
    state = await openStateStore(file());
  });
  afterEach(async () => {
    await state.close();
    await rm(dir, { recursive: true, force: true });
  });

  it("finishes a store whose making was cut by a crash", async () => {
    const cut = path.join(dir, "cut.sqlite");
    const sqlite = new LibsqlDatabase(cut);
    sqlite.exec("create table meta (name text primary key, value text not null)");
    sqlite.close();
    const healed = await openStateStore(cut);
    expect(await healed.owners()).toEqual([]);
    await healed.close();
  });

  it("tells what it holds of ids with one beginning, and neither twins of the beginning nor what is gone", async () => {
    await open("inbox");
    const unread = { kind: "unreadable" as const, id: "t/4", container: "inbox", title: "x", code: "C", message: "m" };
    await commit("inbox", [item("t/1", "inbox", "1"), item("t/\u{1f600}", "inbox", "2"), item("t/3", "inbox", "3"), { change: unread }, item("t", "inbox", "5"), item("t0/1", "inbox", "6")], false);
    await commit("inbox", [{ change: { kind: "tombstone", id: "t/3" } }]);
    expect((await state.held(UNIT, "t/")).map(({ id, version, state: told }) => [id, version, told])).toEqual([["t/1", "v-1", "present"], ["t/4", "", "unreadable"], ["t/\u{1f600}", "v-2", "present"]]);
    expect(await state.held({ ...UNIT, owner: "o2" }, "t/")).toEqual([]);
  });

  it("lets a second process look while the first writes", async () => {
    await open("inbox");
    const looking = await openStateStore(file());
    await commit("inbox", [item("a", "inbox", "1")]);
    expect((await looking.counts(UNIT, "p1")).counts.pending).toBe(1);
    await looking.close();
  });

  it("takes a move told in either order for a move, not for a deletion", async () => {
    for (const feed of ["a", "b"]) await open(feed);
    await commit("a", [item("m1", "a", "1"), item("m2", "a", "1")]);
    await commit("a", [{ change: { kind: "tombstone", id: "m1", container: "a" } }]);
    await commit("b", [item("m1", "b", "1"), { change: { kind: "unchanged", id: "m2", container: "b" } }]);
    await commit("a", [{ change: { kind: "tombstone", id: "m2", container: "a" } }]);
    expect((await pending(true)).sort()).toEqual(["m1@b present", "m2@b present"]);
  });

  it("offers a settled row again only when its content, place or presence changed", async () => {
    await open("a");
    await commit("a", [item("m1", "a", "1")]);
    await put("m1", "a");
    await commit("a", [item("m1", "a", "1"), { change: { kind: "unchanged", id: "m1", container: "a" } }]);
    expect(await pending(true)).toEqual([]);
    await commit("a", [item("m1", "a", "2")]);
    expect(await pending()).toEqual(["m1@a present"]);
    await put("m1", "a");
    await commit("a", [{ change: { kind: "tombstone", id: "m1", container: "a" } }]);
    expect([await pending(), await pending(true)]).toEqual([[], ["m1@a gone"]]);
  });

  it("buries what a finished full listing did not name, and nothing before its end", async () => {
    await open("a");
    await state.startListing(UNIT, "a");
    await commit("a", [item("m1", "a", "1"), item("m2", "a", "1")]);
    await put("m1", "a");
    await put("m2", "a");
    await commit("a", [{ change: { kind: "reset" } }, { change: { kind: "unchanged", id: "m2", container: "a" } }], false);
    expect(await pending(true)).toEqual([]);
    await commit("a", [], true);
    expect(await pending(true)).toEqual(["m1@a gone"]);
  });

  it("retires a vanished folder with what is below it, but not what moved out of it", async () => {
    await open("a");
    await open("keep");
    await commit("a", [{ change: { kind: "container", container: { workload: "mail", owner: "o1", id: "a1", name: "sub", parentId: "a" } } }, item("m1", "a1", "1"), item("m2", "a", "1")]);
    await put("m1", "a1");
    await put("m2", "a");
    await open("keep", "r2");
    await state.commitPull({ workload: "mail", owner: "o1", feed: "keep", changes: [{ change: { kind: "unchanged", id: "m2", container: "keep" } }], done: true, flushed: NOTHING });
    await state.retireFeeds(UNIT, "r2");
    expect((await pending(true)).sort()).toEqual(["m1@a1 gone", "m2@keep present"]);
  });

  it("accounts for every item in one state, blocked ones included", async () => {
    await open("a");
    await commit("a", [
      item("m1", "a", "1"), item("m2", "a", "1"), item("m3", "b", "1"), { change: { kind: "skipped", id: "s", container: "a", title: "s", code: "MALWARE" } },
      { change: { kind: "unreadable", id: "u", container: "a", title: "u", code: "GRAPH_PASSING", message: "m" } },
    ]);
    await put("m1", "a");
    await state.block({ ...UNIT, container: "b", failure: { code: "TARGET_QUOTA_FULL", params: {} } });
    expect(await state.counts(UNIT, "p1")).toMatchObject({ seen: 5, counts: { migrated: 1, pending: 1, skipped: 1, failed: 2, converted: 0, "already-there": 0 } });
    expect((await state.counts(UNIT, "p2")).counts["already-there"]).toBe(1);
    const told: string[] = [];
    for await (const entry of state.notable(UNIT, "p1")) told.push(`${entry.id} ${entry.state} ${entry.failure?.code ?? ""}`);
    expect(told).toEqual(["m3 failed TARGET_QUOTA_FULL", "s skipped MALWARE", "u failed GRAPH_PASSING"]);
  });

  it("offers the failures of an earlier run again, not those of this one", async () => {
    await open("a");
    await commit("a", [item("m1", "a", "1")]);
    const [row] = await state.pending(UNIT, { after: 0, limit: 1, run: "r1", gone: false, keptToo: false });
    await state.markSending(UNIT, row === undefined ? [] : [row]);
    expect((await state.inDoubt(UNIT, 0, 10)).map(({ id }) => id)).toEqual(["m1"]);
    await state.settle(UNIT, "m1", { state: "failed", seq: row?.seq ?? 0, failure: { code: "TARGET_PASSING", params: {} }, countAttempt: true }, "p1", "r1");
    expect(await pending()).toEqual([]);
    expect((await state.pending(UNIT, { after: 0, limit: 1, run: "r2", gone: false, keptToo: false })).length).toBe(1);
  });
});
