import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Adapter, PutContext, TargetRef, TargetSession } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { Change, Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { Cursor } from "../../../src/core/source.js";
import type { StateStore, Unit } from "../../../src/core/state.js";
import { Backlog } from "../../../src/engine/backlog.js";
import type { RunContext } from "../../../src/engine/context.js";
import { pushUnit } from "../../../src/engine/push.js";
import { openStateStore } from "../../../src/state/store.js";

const OWNER: Owner = { id: "o1", name: "o1", kind: "user", displayName: "o1" };
const UNIT: Unit = { workload: "settings", owner: "o1", target: "t" };
const REF: TargetRef = { id: "object", etag: "as written" };
const never = new AbortController().signal;
const item = (version: string): Item => ({ kind: "item", key: { ...UNIT, id: "a" }, container: "replies", version, title: "a", record: { type: "automatic-reply" }, parts: [], digest: version as Sha256, losses: [] });
let [dir, state]: [string, StateStore | undefined] = ["", undefined];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "exodus-removals-"));
  state = await openStateStore(path.join(dir, "state.sqlite"));
  await state.saveOwner(OWNER);
  await state.openFeed(UNIT, "replies", { ...UNIT, id: "replies", name: "replies" }, "r1");
});
afterEach(async () => {
  await state?.close();
  await rm(dir, { recursive: true, force: true });
});

describe("what is removed at the target", () => {
  const removed: TargetRef[] = [];
  const known: (TargetRef | undefined)[] = [];
  const emptied: string[] = [];
  let [lost, stood] = [false, false];
  beforeEach(() => {
    [removed.length, known.length, emptied.length, lost, stood] = [0, 0, 0, false, false];
  });
  const session = {
    prepare: ({ id }: { id: string }) => Promise.resolve({ id, created: !stood, losses: [] }),
    put: (_item: Item, context: PutContext) => {
      known.push(context.known);
      return lost ? Promise.reject(new ExodusError("TARGET_CONNECTION", { params: { target: "t", account: "o1", reason: "" } })) : Promise.resolve({ outcome: "created", ref: REF, losses: [] });
    },
    find: () => Promise.resolve(REF),
    remove: (ref: TargetRef) => Promise.resolve(void removed.push(ref)),
    removeContainer: (id: string) => Promise.resolve(emptied.push(id) > 0),
    close: () => Promise.resolve(),
  } as unknown as TargetSession;
  const adapter = { manifest: { workloads: { settings: { canFind: true } }, concurrency: 1 }, connect: () => Promise.resolve(session) } as unknown as Adapter;

  async function pass(run: string, change: Change | undefined, applyDeletions = false): Promise<void> {
    const kept = state as StateStore;
    const changes = change === undefined ? [] : [change.kind === "item" ? { change, place: { file: "f", offset: 0, length: 1 } } : { change }];
    await kept.commitPull({ ...UNIT, feed: "replies", changes, done: true, next: run as Cursor, flushed: { places: [], placements: [], lengths: {} } });
    const context = {
      state: kept, emit: () => undefined, stop: { soft: never, hard: never }, attempts: 1, run, pass: { id: "p" }, applyDeletions,
      vault: { id: "v", owner: () => Promise.resolve({ read: () => Promise.resolve(item("1")), close: () => Promise.resolve() }) },
    } as unknown as RunContext;
    const backlog = new Backlog();
    backlog.end(true);
    await pushUnit(context, UNIT, OWNER, { owner: OWNER, name: "o1" }, adapter, backlog);
  }
  const gone: Change = { kind: "tombstone", id: "a", container: "replies" };

  it("is told with the etag that it was written with", async () => {
    await pass("r1", item("1"));
    await pass("r2", gone, true);
    expect(removed).toEqual([REF]);
  });

  it("is told so too after it was kept, and it is known so when it comes back", async () => {
    await pass("r1", item("1"));
    await pass("r2", gone);
    await pass("r3", item("2"));
    expect({ removed, known }).toEqual({ removed: [], known: [undefined, REF] });
    await pass("r4", gone);
    await pass("r5", undefined, true);
    expect(removed).toEqual([REF]);
  });

  it("is told with the etag that was found, where the answer to its writing was lost", async () => {
    lost = true;
    await pass("r1", item("1"));
    await pass("r2", gone, true);
    expect(removed).toEqual([REF]);
  });

  it.each([["made", false, ["replies"]], ["found there", true, []]] as const)("takes a folder along that was %s, or leaves it, once it is gone at the source", async (_title, stoodBefore, taken) => {
    stood = stoodBefore;
    await pass("r1", item("1"));
    await pass("r2", { kind: "container-gone", id: "replies" }, true);
    await pass("r3", undefined, true);
    expect({ removed, emptied, placed: await state?.placement(UNIT, "replies") }).toEqual({ removed: [REF], emptied: taken, placed: undefined });
  });
});
