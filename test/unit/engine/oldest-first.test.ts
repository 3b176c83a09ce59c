import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Adapter, PutContext, TargetSession } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { Cursor } from "../../../src/core/source.js";
import type { StateStore, Unit } from "../../../src/core/state.js";
import { Backlog } from "../../../src/engine/backlog.js";
import type { RunContext } from "../../../src/engine/context.js";
import { pushUnit } from "../../../src/engine/push.js";
import { openStateStore } from "../../../src/state/store.js";

const OWNER: Owner = { id: "o1", name: "o1", kind: "user", displayName: "o1" };
const UNIT: Unit = { workload: "chats", owner: "o1", target: "t" };
const never = new AbortController().signal;

describe("a target that appends", () => {
  let [dir, put]: [string, string[]] = ["", []];
  let state: StateStore;
  let items: Item[] = [];

  const message = (id: string, container: string, createdAt: string): Item => ({
    kind: "item", key: { workload: "chats", owner: "o1", id }, container, version: id, title: id, record: { type: "chat-message", createdAt }, parts: [], digest: id as Sha256, losses: [],
  });
  const pull = async (container: string, told: readonly Item[]): Promise<void> => {
    await state.openFeed(UNIT, container, { workload: "chats", owner: "o1", id: container, name: container }, "r");
    const changes = told.map((change) => ({ change, place: { file: "f", offset: items.push(change) - 1, length: 1 } }));
    await state.commitPull({ workload: "chats", owner: "o1", feed: container, changes, done: true, next: "c" as Cursor, flushed: { places: [], placements: [], lengths: {} } });
  };
  const session = {
    prepare: ({ id }: { id: string }) => Promise.resolve({ id, created: true, losses: [] }),
    put: (item: Item) => { put.push(item.key.id); return Promise.resolve({ outcome: "created", ref: { id: item.key.id }, losses: [] }); },
    settle: () => { put.push("settled"); return Promise.resolve(); },
    close: () => Promise.resolve(),
  } as unknown as TargetSession;
  const adapter = { manifest: { workloads: { chats: { appends: true } }, concurrency: 4 }, connect: () => Promise.resolve(session) } as unknown as Adapter;
  const context = (): RunContext => ({
    state, emit: () => undefined, stop: { soft: never, hard: never }, attempts: 1, run: "r", pass: { id: "p" }, applyDeletions: false,
    vault: { id: "v", owner: () => Promise.resolve({ read: ({ offset }: { offset: number }) => Promise.resolve(items[offset]), close: () => Promise.resolve() }) },
  } as unknown as RunContext);

  beforeEach(async () => {
    [put, items] = [[], []];
    dir = await mkdtemp(path.join(tmpdir(), "exodus-oldest-"));
    state = await openStateStore(path.join(dir, "state.sqlite"));
    await state.saveOwner(OWNER);
  });
  afterEach(async () => {
    await state.close();
    await rm(dir, { recursive: true, force: true });
  });

  it("gets nothing before the reading has ended, then the oldest first, and does not hold the reading up", async () => {
    const backlog = new Backlog(2);
    const pushing = pushUnit(context(), UNIT, OWNER, { owner: OWNER, name: "o1" }, adapter, backlog);
    await pull("a", [message("new", "a", "2024-03-01T00:00:00Z"), message("mid", "a", "2024-02-01T00:00:00Z")]);
    backlog.add(2);
    await backlog.room(AbortSignal.timeout(4_000));
    await pull("a", [message("old", "a", "2024-01-01T00:00:00Z")]);
    backlog.add(1);
    expect(put).toEqual([]);
    backlog.end(true);
    await pushing;
    expect(put).toEqual(["old", "mid", "new", "settled"]);
  });

  it("is asked first for what failed in an earlier run: its answer may have been lost", async () => {
    await pull("a", [message("one", "a", "2024-01-01T00:00:00Z")]);
    const backlog = new Backlog();
    backlog.end(true);
    const told: unknown[] = [];
    const lossy = {
      ...session, find: ({ key }: Item) => { told.push(`find ${key.id}`); return Promise.resolve({ id: "arrived" }); },
      put: (_item: Item, { known }: PutContext) => {
        told.push(known?.id ?? "unknown");
        return known === undefined ? Promise.reject(new ExodusError("TARGET_CONNECTION", { params: { target: "t", reason: "reset" } })) : Promise.resolve({ outcome: "unchanged", ref: known, losses: [] });
      },
    };
    for (const run of ["r", "r2"]) await pushUnit({ ...context(), run }, UNIT, OWNER, { owner: OWNER, name: "o1" }, { ...adapter, connect: () => Promise.resolve(lossy as unknown as TargetSession) }, backlog);
    expect(told).toEqual(["unknown", "find one", "arrived"]);
  });

  it("is left to settle by a later run when this one is interrupted", async () => {
    await pull("a", [message("one", "a", "2024-01-01T00:00:00Z"), message("two", "a", "2024-02-01T00:00:00Z")]);
    const stop = new AbortController();
    const backlog = new Backlog();
    backlog.end(true);
    await pushUnit({ ...context(), stop: { soft: stop.signal, hard: never }, emit: ({ type }) => { if (type === "item") stop.abort(); } } as RunContext, UNIT, OWNER, { owner: OWNER, name: "o1" }, adapter, backlog);
    expect(put).toEqual(["one"]);
    await pushUnit(context(), UNIT, OWNER, { owner: OWNER, name: "o1" }, adapter, backlog);
    expect(put).toContain("settled");
  });

  it.each([[true, ["whole", "settled"]], [false, ["half", "whole", "settled"]]])("waits for the rest of a conversation whose reading broke off, where the source was asked (%s)", async (read, expected) => {
    await pull("cut", [message("half", "cut", "2024-01-01T00:00:00Z")]);
    await pull("fine", [message("whole", "fine", "2024-02-01T00:00:00Z")]);
    await state.block({ ...UNIT, target: "", container: "cut", failure: { code: "GRAPH_PASSING", params: {} } });
    const backlog = new Backlog();
    backlog.end(false, read);
    await pushUnit(context(), UNIT, OWNER, { owner: OWNER, name: "o1" }, adapter, backlog);
    expect(put).toEqual(expected);
  });
});
