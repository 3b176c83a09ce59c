import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Adapter, PutContext, TargetSession } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { ErrorCode } from "../../../src/core/errors/catalog.js";
import type { Change, Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { Cursor } from "../../../src/core/source.js";
import type { StateStore, Unit } from "../../../src/core/state.js";
import { Backlog } from "../../../src/engine/backlog.js";
import type { RunContext } from "../../../src/engine/context.js";
import type { RunEvent } from "../../../src/engine/events.js";
import { pushUnit } from "../../../src/engine/push.js";
import { openStateStore } from "../../../src/state/store.js";

const OWNER: Owner = { id: "o1", name: "o1", kind: "group", displayName: "o1" };
const UNIT: Unit = { workload: "channels", owner: "o1", target: "t" };
const fails = (code: ErrorCode): Promise<never> => Promise.reject(new ExodusError(code, { params: { target: "t", account: "o1", reason: "" } }));

describe("a target that cannot be searched", () => {
  let [dir, run]: [string, number] = ["", 0];
  let state: StateStore;
  let items: Item[] = [];
  /** What a run asked for, and how items ended in it. */
  let told: string[] = [];
  let hard = new AbortController();
  /** What becomes of an item's put and of its container; absent: it arrives, it is there. */
  let mishaps: Record<string, () => Promise<never>> = {};
  let arrived = false;
  /** Somebody said to make containers in doubt. */
  let remade = false;

  const session = {
    prepare: ({ id }: { id: string }, known: string | undefined) => {
      if (known === undefined) told.push(`make ${id}`);
      return mishaps[id]?.() ?? Promise.resolve({ id, created: false, losses: [] });
    },
    findContainer: ({ id }: { id: string }) => {
      told.push(`find ${id}`);
      const mishap = mishaps[`find ${id}`];
      if (mishap !== undefined) return mishap();
      return remade ? Promise.resolve(undefined) : fails("TARGET_CONTAINER_UNSURE");
    },
    put: async ({ key: { id } }: Item, { known, into, sending }: PutContext) => {
      if (known !== undefined) return { outcome: "unchanged", ref: known, losses: [] };
      await mishaps[`before ${id}`]?.();
      await sending();
      told.push(`put ${id}${into.id === "general" ? "" : ` into ${into.id}`}`);
      return mishaps[id]?.() ?? Promise.resolve({ outcome: "created", ref: { id }, losses: [] });
    },
    find: ({ key: { id } }: Item) => {
      told.push(`find ${id}`);
      return arrived ? Promise.resolve({ id }) : fails("TARGET_UNSURE");
    },
    remove: () => fails("TARGET_CANNOT_REMOVE"),
    close: () => Promise.resolve(),
  } as unknown as TargetSession;
  const adapter = { manifest: { workloads: { channels: { canFind: false, canFindContainers: false, canRemove: false, appends: true } }, concurrency: 1 }, connect: () => Promise.resolve(session) } as unknown as Adapter;

  const commit = async (changes: readonly Change[]): Promise<void> => {
    const committed = changes.map((change) => (change.kind === "item" ? { change, place: { file: "f", offset: items.push(change) - 1, length: 1 } } : { change }));
    await state.commitPull({ ...UNIT, feed: "general", changes: committed, done: true, next: "c" as Cursor, flushed: { places: [], placements: [], lengths: {} } });
  };
  /** The next run; answers what it did. */
  const push = async (applyDeletions = false): Promise<string[]> => {
    [told, hard, run] = [[], new AbortController(), run + 1];
    const emit = (event: RunEvent): void => {
      if (event.type === "item") told.push(`${event.id}: ${event.failure?.code ?? event.state}`);
      if (event.type === "blocked") told.push(`${event.container}: blocked`);
    };
    const context = {
      state, emit, stop: { soft: hard.signal, hard: hard.signal }, attempts: 1, run: `r${run}`, pass: { id: "p" }, applyDeletions,
      vault: { id: "v", owner: () => Promise.resolve({ read: ({ offset }: { offset: number }) => Promise.resolve(items[offset]), close: () => Promise.resolve() }) },
    } as unknown as RunContext;
    const backlog = new Backlog();
    backlog.end(true);
    await pushUnit(context, UNIT, OWNER, { owner: OWNER, name: "o1" }, adapter, backlog);
    return told;
  };

  beforeEach(async () => {
    [items, mishaps, arrived, remade, run] = [[], {}, false, false, 0];
    dir = await mkdtemp(path.join(tmpdir(), "exodus-unasked-"));
    state = await openStateStore(path.join(dir, "state.sqlite"));
    await state.saveOwner(OWNER);
    await state.openFeed(UNIT, "general", { workload: "channels", owner: "o1", id: "general", name: "general" }, "r0");
    await commit([..."abcde"].map((id, at): Item => ({
      kind: "item", key: { workload: "channels", owner: "o1", id }, container: "general", version: id, title: id, record: { type: "chat-message", createdAt: `2024-01-0${at + 1}T00:00:00Z` }, parts: [], digest: id as Sha256, losses: [],
    })));
  });
  afterEach(async () => {
    await state.close();
    await rm(dir, { recursive: true, force: true });
  });

  it("has one item in doubt after a run that was cut in a put: it is named in each run and not sent again, the others are sent once", async () => {
    mishaps = { b: () => { hard.abort(new ExodusError("INTERRUPTED")); return fails("INTERRUPTED"); } };
    expect(await push()).toEqual(["make general", "put a", "a: migrated", "put b"]);
    mishaps = {};
    expect(await push()).toEqual(["find b", "b: TARGET_UNSURE", "put c", "c: migrated", "put d", "d: migrated", "put e", "e: migrated"]);
    expect(await push()).toEqual(["find b", "b: TARGET_UNSURE"]);
    arrived = true;
    expect(await push()).toEqual(["find b", "b: already-there"]);
    expect(await push()).toEqual([]);
  });

  it("has no doubt about what was cut before it was to be sent", async () => {
    mishaps = { "before b": () => { hard.abort(new ExodusError("INTERRUPTED")); return fails("INTERRUPTED"); } };
    expect(await push()).toEqual(["make general", "put a", "a: migrated"]);
    mishaps = {};
    expect((await push()).slice(0, 2)).toEqual(["put b", "b: migrated"]);
  });

  it("has a container in doubt whose making was cut or got no answer: it is named in each run, with what is to be in it, and not made again until somebody says so", async () => {
    mishaps = { general: () => { hard.abort(new ExodusError("INTERRUPTED")); return fails("INTERRUPTED"); } };
    expect(await push()).toEqual(["make general"]);
    mishaps = {};
    for (let again = 0; again < 2; again++) expect(await push()).toEqual(["find general", "a: TARGET_CONTAINER_UNSURE", "general: blocked"]);
    mishaps = { "find general": () => fails("TARGET_DENIED") };
    expect((await push()).slice(0, 3)).toEqual(["find general", "a: TARGET_DENIED", "general: blocked"]);
    mishaps = {};
    expect(await push()).toEqual(["find general", "a: TARGET_CONTAINER_UNSURE", "general: blocked"]);
    remade = true;
    mishaps = { general: () => fails("TARGET_CONTAINER_UNSURE") };
    expect(await push()).toEqual(["find general", "make general", "a: TARGET_CONTAINER_UNSURE", "general: blocked"]);
    mishaps = {};
    expect((await push()).slice(0, 4)).toEqual(["find general", "make general", "put a", "a: migrated"]);
    expect(await push()).toEqual([]);
  });

  it("has its container made by the next run where it surely was not", async () => {
    mishaps = { general: () => fails("TARGET_DENIED") };
    expect((await push()).slice(0, 3)).toEqual(["make general", "a: TARGET_DENIED", "general: blocked"]);
    mishaps = {};
    expect((await push()).slice(0, 3)).toEqual(["make general", "put a", "a: migrated"]);
  });

  it("keeps an item that moved where it stands, says so, and does not make a second one", async () => {
    await push();
    await commit([{ kind: "container", container: { workload: "channels", owner: "o1", id: "other", name: "other" } }, { ...(items[0] as Item), container: "other" }]);
    expect(await push()).toEqual(["make other", "a: already-there"]);
    const [row] = await state.settled(UNIT, "", 1);
    expect(row).toMatchObject({ id: "a", container: "other", ledger: { container: "general", ref: "a", seq: row?.seq } });
    const noted: string[] = [];
    for await (const { id, losses } of state.notable(UNIT, "p")) noted.push(`${id}: ${losses.map(({ reason }) => reason).join()}`);
    expect([noted, await push(true)]).toEqual([["a: target.stays"], []]);
    await commit([items[0] as Item]);
    expect(await push()).toEqual(["a: already-there"]);
  });

  it("sends again what surely did not arrive, whatever kept it", async () => {
    mishaps = { a: () => fails("TARGET_CONTAINER_MISSING") };
    expect(await push()).toEqual(["make general", "put a", "a: TARGET_CONTAINER_MISSING", "general: blocked"]);
    mishaps = { general: () => fails("TARGET_DENIED") };
    expect(await push()).toEqual(["a: TARGET_DENIED", "general: blocked"]);
    mishaps = { a: () => fails("TARGET_PASSING") };
    expect((await push()).slice(0, 3)).toEqual(["put a", "a: TARGET_PASSING", "put b"]);
    mishaps = {};
    expect(await push()).toEqual(["put a", "a: migrated"]);
  });

  it("keeps a doubt while the container is away", async () => {
    mishaps = { c: () => fails("TARGET_UNSURE") };
    await push();
    mishaps = { general: () => fails("TARGET_DENIED") };
    expect(await push()).toEqual(["c: TARGET_UNSURE"]);
    mishaps = {};
    expect(await push()).toEqual(["find c", "c: TARGET_UNSURE"]);
  });

  it("is left for the next run after three lost answers in a row, of which the next ones make no new doubt", async () => {
    mishaps = Object.fromEntries([..."bcde"].map((id) => [id, () => fails("TARGET_UNSURE")]));
    expect(await push()).toEqual(["make general", "put a", "a: migrated", "put b", "b: TARGET_UNSURE", "put c", "c: TARGET_UNSURE", "put d", "d: TARGET_UNSURE", "general: blocked"]);
    mishaps = {};
    expect(await push()).toEqual([..."bcd"].flatMap((id) => [`find ${id}`, `${id}: TARGET_UNSURE`]).concat("put e", "e: migrated"));
  });

  it("keeps what is deleted at the source, where it cannot remove", async () => {
    await push();
    await commit([{ kind: "tombstone", id: "a", container: "general" }]);
    expect(await push(true)).toEqual(["a: kept"]);
    expect((await state.counts(UNIT, "p")).keptAfterDeletion).toBe(1);
  });
});
