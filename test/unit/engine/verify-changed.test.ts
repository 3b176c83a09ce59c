import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Adapter, ContainerChanges, TargetRef, TargetSession } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { Cursor } from "../../../src/core/source.js";
import type { StateStore, Unit, VerifyState } from "../../../src/core/state.js";
import type { RunContext } from "../../../src/engine/context.js";
import type { RunEvent } from "../../../src/engine/events.js";
import { verifyUnit } from "../../../src/engine/verify.js";
import { openStateStore } from "../../../src/state/store.js";

const OWNER: Owner = { id: "o1", name: "o1", kind: "user", displayName: "o1" };
const UNIT: Unit = { workload: "mail", owner: "o1", target: "t" };

describe("verify of what changed", () => {
  let dir = "";
  let state: StateStore;
  let items: Item[] = [];
  let stop = new AbortController();
  /** The server: a clock of its changes, and when each object changed last. Before "forgotten" it remembers nothing. */
  let [clock, forgotten] = [1, 0];
  let touched = new Map<string, number>();
  let found: Record<string, VerifyState> = {};
  /** What is asked and read, in order. */
  let told: string[] = [];
  let onRead: (id: string) => void = () => undefined;
  let asking: "offered" | "absent" | "broken" = "offered";

  const session = (): TargetSession => ({
    ...(asking === "absent" ? {} : {
      changes: (container: string, since: string | undefined): Promise<ContainerChanges> => {
        told.push(`state of ${container}${since === undefined ? "" : ` since ${since}`}`);
        if (asking === "broken") return Promise.reject(new ExodusError("TARGET_DENIED", { params: { target: "t", account: "o1", reason: "" } }));
        const then = Number(since);
        return Promise.resolve({ state: String(clock), changed: since === undefined || then < forgotten ? "all" : { has: (ref) => (touched.get(ref) ?? 0) > then } });
      },
    }),
    verify: (_item: Item, { id }: TargetRef) => {
      told.push(id);
      onRead(id);
      stop.signal.throwIfAborted();
      return Promise.resolve({ state: found[id] ?? "same", fields: [] });
    },
    close: () => Promise.resolve(),
  }) as unknown as TargetSession;

  const touch = (ref: string, verdict: VerifyState = "different"): void => {
    clock += 1;
    touched.set(ref, clock);
    found[ref] = verdict;
  };
  const commit = (...changed: readonly [id: string, container: string, digest?: string][]): Promise<void> => state.commitPull({
    ...UNIT, feed: "f", done: true, next: "c" as Cursor, flushed: { places: [], placements: [], lengths: {} },
    changes: changed.map(([id, container, digest = id]) => {
      const change: Item = { kind: "item", key: { workload: "mail", owner: "o1", id }, container, version: digest, title: id, record: {}, parts: [], digest: digest as Sha256, losses: [] };
      return { change, place: { file: "f", offset: items.push(change) - 1, length: 1 } };
    }),
  });
  const put = async (id: string): Promise<void> => {
    const rows = await state.pending(UNIT, { after: { seq: 0, written: "" }, limit: 99, run: "r", gone: false, keptToo: false, oldestFirst: false });
    const row = rows.find((one) => one.id === id);
    if (row === undefined) throw new Error(id);
    await state.markSending(UNIT, [row]);
    await state.settle(UNIT, id, { state: "done", seq: row.seq, outcome: "created", ref: id, container: row.container, countAttempt: true }, "p", "r");
  };
  /** What was asked, read and told of a run; numbers are of items left unread. */
  const verify = async (changedOnly = true, account = "o1"): Promise<readonly unknown[]> => {
    [told, stop] = [[], new AbortController()];
    const emit = (event: RunEvent): void => { if (event.type === "read-all") told.push(`all of ${event.container}: ${event.why}${event.failure === undefined ? "" : ` ${event.failure.code}`}`); };
    const context = {
      state, emit, stop: { soft: stop.signal, hard: stop.signal }, attempts: 1, run: "r", pass: { id: "p" },
      vault: { id: "v", owner: () => Promise.resolve({ read: ({ offset }: { offset: number }) => Promise.resolve(items[offset]), close: () => Promise.resolve() }) },
    } as unknown as RunContext;
    const adapter = { manifest: { workloads: { mail: {} }, concurrency: 1 }, connect: () => Promise.resolve(session()) } as unknown as Adapter;
    const unread = await verifyUnit(context, UNIT, OWNER, { owner: OWNER, name: account }, adapter, { changedOnly });
    return [...told, unread];
  };
  const verdicts = async (): Promise<string> => (await state.settled(UNIT, "", 99)).map(({ id, ledger }) => `${id} ${ledger?.verdict ?? "-"}`).join(", ");

  beforeEach(async () => {
    [items, clock, forgotten, touched, found, asking, onRead] = [[], 1, 0, new Map(), {}, "offered", () => undefined];
    dir = await mkdtemp(path.join(tmpdir(), "exodus-changed-"));
    state = await openStateStore(path.join(dir, "state.sqlite"));
    await state.saveOwner(OWNER);
    await state.openFeed(UNIT, "f", { workload: "mail", owner: "o1", id: "in", name: "in" }, "r");
    await state.openFeed(UNIT, "g", { workload: "mail", owner: "o1", id: "out", name: "out" }, "r");
    for (const id of ["in", "out"]) await state.savePlacement(UNIT, id, { targetId: id.toUpperCase(), path: [id], made: true });
    await commit(["a", "in"], ["b", "out"], ["c", "in"]);
    for (const id of ["a", "b", "c"]) await put(id);
  });
  afterEach(async () => {
    await state.close();
    await rm(dir, { recursive: true, force: true });
  });

  it("asks for each container's state before its first item is read, reads all at first, and then what changed", async () => {
    expect(await verify(false)).toEqual(["state of IN", "state of OUT", "a", "b", "c", 0]);
    expect(await verify()).toEqual(["state of IN since 1", "state of OUT since 1", 3]);
    touch("c");
    expect(await verify()).toEqual(["state of IN since 1", "state of OUT since 1", "c", 2]);
    expect(await verdicts()).toBe("a same, b same, c different");
    // What differs is read until it does not.
    expect(await verify()).toEqual(["state of IN since 2", "state of OUT since 2", "c", 2]);
    found = {};
    expect(await verify()).toEqual(["state of IN since 2", "state of OUT since 2", "c", 2]);
    expect(await verify()).toEqual(["state of IN since 2", "state of OUT since 2", 3]);
  });

  it("reads all where nothing was verified before, and tells it", async () => {
    expect(await verify()).toEqual(["state of IN", "all of in: first", "state of OUT", "all of out: first", "a", "b", "c", 0]);
  });

  it("keeps the old state when it is cut, so that nothing that was not read is taken for unchanged", async () => {
    await verify(false);
    for (const id of ["a", "b", "c"]) touch(id);
    onRead = (id) => { if (id === "b") stop.abort(new ExodusError("INTERRUPTED")); };
    expect(await verify()).toEqual(["state of IN since 1", "state of OUT since 1", "a", "b", 0]);
    onRead = () => undefined;
    expect(await verdicts()).toBe("a different, b same, c same");
    expect(await verify()).toEqual(["state of IN since 1", "state of OUT since 1", "a", "b", "c", 0]);
  });

  it("reads what was put again, what the vault has anew, and what came since", async () => {
    await verify(false);
    await commit(["a", "in", "a2"], ["b", "out", "b2"], ["d", "in"]);
    await put("a");
    await put("d");
    expect(await verify()).toEqual(["state of IN since 1", "state of OUT since 1", "a", "b", "d", 1]);
  });

  it("reads all where the server has forgotten the state, where the account is another, and where the container is", async () => {
    await verify(false);
    forgotten = clock = 5;
    expect(await verify()).toEqual(["state of IN since 1", "all of in: unsaid", "state of OUT since 1", "all of out: unsaid", "a", "b", "c", 0]);
    expect(await verify(true, "o2")).toEqual(["state of IN", "all of in: first", "state of OUT", "all of out: first", "a", "b", "c", 0]);
    await state.savePlacement(UNIT, "in", { targetId: "IN2", path: ["in2"], made: true });
    expect(await verify(true, "o2")).toEqual(["state of IN2", "all of in: first", "state of OUT since 5", "a", "c", 1]);
  });

  it("reads all, and says why, where nobody can be asked or asking fails", async () => {
    await verify(false);
    asking = "absent";
    expect(await verify()).toEqual(["all of *: not-offered", "a", "b", "c", 0]);
    asking = "broken";
    expect(await verify()).toEqual(["state of IN since 1", "all of in: failed TARGET_DENIED", "state of OUT since 1", "all of out: failed TARGET_DENIED", "a", "b", "c", 0]);
  });
});
