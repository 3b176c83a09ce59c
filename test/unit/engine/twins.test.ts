import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Adapter, PutContext, TargetSession } from "../../../src/core/adapter.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { ErrorCode } from "../../../src/core/errors/catalog.js";
import type { Item, Owner, Sha256 } from "../../../src/core/item.js";
import type { Cursor } from "../../../src/core/source.js";
import type { StateStore, Unit } from "../../../src/core/state.js";
import { Backlog } from "../../../src/engine/backlog.js";
import type { RunContext } from "../../../src/engine/context.js";
import { pushUnit } from "../../../src/engine/push.js";
import { openStateStore } from "../../../src/state/store.js";

const OWNER: Owner = { id: "o1", name: "o1", kind: "user", displayName: "o1" };
const UNIT: Unit = { workload: "mail", owner: "o1", target: "t" };
const never = new AbortController().signal;
let [dir, state]: [string, StateStore | undefined] = ["", undefined];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "exodus-twins-"));
  state = await openStateStore(path.join(dir, "state.sqlite"));
  await state.saveOwner(OWNER);
});
afterEach(async () => {
  await state?.close();
  await rm(dir, { recursive: true, force: true });
});

/** Identical messages, all put at once. In a first run each put fails with `code`, and only the first one arrived all the same; then what stands at the target, and how often it was searched, after a second run. */
async function afterFailing(code: ErrorCode): Promise<{ readonly standing: number; readonly owned: number; readonly searched: number }> {
  const kept = state as StateStore;
  const items = ["a", "b", "c"].map((id): Item => ({ kind: "item", key: { workload: "mail", owner: "o1", id }, container: "inbox", version: id, title: id, record: { type: "mail" }, parts: [], digest: "same" as Sha256, losses: [] }));
  await kept.openFeed(UNIT, "inbox", { workload: "mail", owner: "o1", id: "inbox", name: "inbox" }, "r1");
  const changes = items.map((change, at) => ({ change, place: { file: "f", offset: at, length: 1 } }));
  await kept.commitPull({ workload: "mail", owner: "o1", feed: "inbox", changes, done: true, next: "c" as Cursor, flushed: { places: [], placements: [], lengths: {} } });

  const standing: string[] = [];
  let [failing, searched] = [true, 0];
  const pause = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 5); });
  const session = {
    prepare: ({ id }: { id: string }) => Promise.resolve({ id, created: true, losses: [] }),
    async put(_item: Item, { known }: PutContext) {
      await pause();
      if (known !== undefined) return { outcome: "unchanged", ref: known, losses: [] };
      if (!failing || standing.length === 0) standing.push(`object ${standing.length}`);
      if (failing) throw new ExodusError(code, { params: { target: "t", account: "o1", reason: "" } });
      return { outcome: "created", ref: { id: standing.at(-1) ?? "" }, losses: [] };
    },
    async find(_item: Item, { isTaken }: PutContext) {
      searched += 1;
      for (const id of standing) if (!(await isTaken({ id }))) return { id };
      await pause();
      return undefined;
    },
    close: () => Promise.resolve(),
  } as unknown as TargetSession;
  const adapter = { manifest: { workloads: { mail: { canFind: true } }, concurrency: 4 }, connect: () => Promise.resolve(session) } as unknown as Adapter;
  for (const run of ["r1", "r2"]) {
    const context = {
      state: kept, emit: () => undefined, stop: { soft: never, hard: never }, attempts: 1, run, pass: { id: "p" }, applyDeletions: false,
      vault: { id: "v", owner: () => Promise.resolve({ read: ({ offset }: { offset: number }) => Promise.resolve(items[offset]), close: () => Promise.resolve() }) },
    } as unknown as RunContext;
    const backlog = new Backlog();
    backlog.end(true);
    await pushUnit(context, UNIT, OWNER, { owner: OWNER, name: "o1" }, adapter, backlog);
    failing = false;
  }
  const refs = (await kept.settled(UNIT, "", 10)).map(({ ledger }) => ledger?.ref);
  return { standing: standing.length, owned: new Set(refs).size, searched };
}

it("does not let identical items claim one object, where some may stand after a lost answer", async () => {
  expect(await afterFailing("TARGET_CONNECTION")).toEqual({ standing: 3, owned: 3, searched: 3 });
});

it("does not search for what the target refused", async () => {
  expect((await afterFailing("TARGET_REFUSED_ITEM")).searched).toBe(0);
});
