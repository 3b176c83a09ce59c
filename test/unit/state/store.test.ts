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
const START = { seq: 0, written: "" };
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
  const pending = async (gone = false): Promise<string[]> => (await state.pending(UNIT, { after: START, limit: 100, run: "r1", gone, keptToo: false, oldestFirst: false })).map((row) => `${row.id}@${row.container} ${row.pullState}`);
  const put = async (id: string, container: string): Promise<void> => {
    const row = (await state.pending(UNIT, { after: START, limit: 100, run: "r1", gone: false, keptToo: false, oldestFirst: false })).find((entry) => entry.id === id);
    if (row === undefined) throw new Error(id);
    await state.markSending(UNIT, [row]);
    await state.settle(UNIT, id, { state: "done", seq: row.seq, outcome: "created", ref: `ref-${id}`, container, countAttempt: true }, "p1", "r1");
  };

  it("tells the containers that we made page by page, those inside others first, though some go and some stay", async () => {
    for (const [id, names, made] of [["a", 1, true], ["b", 2, true], ["c", 3, true], ["d", 3, true], ["e", 2, false], ["f", 2, true]] as const) {
      await state.savePlacement(UNIT, id, { targetId: `t-${id}`, path: Array.from({ length: names }, () => id), made });
    }
    const told: string[] = [];
    for (let page = await state.madePlacements(UNIT, undefined, 2); page.length > 0; page = await state.madePlacements(UNIT, page.at(-1), 2)) {
      told.push(...page.map(({ container }) => container));
      await state.dropPlacement(UNIT, page[0]?.container ?? "");
    }
    expect(told).toEqual(["c", "d", "b", "f", "a"]);
  });

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

  it("offers messages oldest first, after what is no message, in pages, and those in doubt too", async () => {
    const written = (id: string, createdAt: string): CommittedChange => {
      const { change, place } = item(id, "chat", id) as { change: Item; place: never };
      return { change: { ...change, record: { type: "chat-message", createdAt } }, place };
    };
    await open("chat");
    await commit("chat", [written("c", "2024-03-03T00:00:00Z"), written("b2", "2024-03-02T00:00:00Z"), item("card", "chat", "0"), written("b1", "2024-03-02T00:00:00Z"), written("a", "2024-03-01T00:00:00Z")]);
    const pages: string[][] = [];
    for (let after = START; pages.length < 9;) {
      const rows = await state.pending(UNIT, { after, limit: 2, run: "r1", gone: false, keptToo: false, oldestFirst: true });
      const last = rows.at(-1);
      if (last === undefined) break;
      pages.push(rows.map(({ id }) => id));
      await state.markSending(UNIT, rows);
      after = last;
    }
    expect(pages).toEqual([["card"], ["a", "b2"], ["b1", "c"]]);
    expect((await state.inDoubt(UNIT, { after: START, limit: 3, oldestFirst: true })).map(({ id }) => id)).toEqual(["card", "a", "b2"]);
  });

  it("opens a store made before messages had a place in time", async () => {
    await open("inbox");
    await commit("inbox", [item("m1", "inbox", "1")]);
    await state.close();
    const sqlite = new LibsqlDatabase(file());
    sqlite.exec("drop index item_unit_written; alter table item drop column written");
    sqlite.close();
    state = await openStateStore(file());
    expect(await pending()).toEqual(["m1@inbox present"]);
    expect((await state.pending(UNIT, { after: START, limit: 9, run: "r1", gone: false, keptToo: false, oldestFirst: true })).map(({ id }) => id)).toEqual(["m1"]);
  });

  it("opens a store made before servers' words were kept of what was verified, and keeps them then until the placement goes", async () => {
    await state.savePlacement(UNIT, "inbox", { targetId: "INBOX", path: ["Inbox"], made: false });
    await state.close();
    const sqlite = new LibsqlDatabase(file());
    sqlite.exec("alter table placement drop column verified");
    sqlite.close();
    state = await openStateStore(file());
    expect(await state.verifiedState(UNIT, "inbox")).toBeUndefined();
    await state.saveVerifiedStates(UNIT, new Map([["inbox", "s1"], ["nowhere", "s2"]]));
    await state.savePlacement(UNIT, "inbox", { targetId: "INBOX", path: ["Courrier"], made: false });
    expect([await state.verifiedState(UNIT, "inbox"), await state.verifiedState(UNIT, "nowhere"), await state.verifiedState({ ...UNIT, target: "u" }, "inbox")]).toEqual(["s1", undefined, undefined]);
    await state.dropPlacement(UNIT, "inbox");
    expect(await state.verifiedState(UNIT, "inbox")).toBeUndefined();
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

  it("tells where an item stands in a container, until it is removed there", async () => {
    await open("a");
    await commit("a", [item("m1", "a", "1"), item("m2", "a", "1")]);
    await put("m1", "a");
    expect([await state.refOf(UNIT, "a", "m1"), await state.refOf(UNIT, "b", "m1"), await state.refOf(UNIT, "a", "m2"), await state.refOf({ ...UNIT, target: "other" }, "a", "m1")]).toEqual([{ id: "ref-m1" }, undefined, undefined, undefined]);
    await state.settle(UNIT, "m1", { state: "removed", seq: 1, countAttempt: false }, "p1", "r1");
    expect(await state.refOf(UNIT, "a", "m1")).toBeUndefined();
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
    const [row] = await state.pending(UNIT, { after: START, limit: 1, run: "r1", gone: false, keptToo: false, oldestFirst: false });
    await state.markSending(UNIT, row === undefined ? [] : [row]);
    expect((await state.inDoubt(UNIT, { after: START, limit: 10, oldestFirst: false })).map(({ id }) => id)).toEqual(["m1"]);
    await state.settle(UNIT, "m1", { state: "failed", seq: row?.seq ?? 0, failure: { code: "TARGET_PASSING", params: {} }, countAttempt: true }, "p1", "r1");
    expect(await pending()).toEqual([]);
    expect((await state.pending(UNIT, { after: START, limit: 1, run: "r2", gone: false, keptToo: false, oldestFirst: false })).length).toBe(1);
  });
});
