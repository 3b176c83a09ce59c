import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Owner } from "../../../src/core/item.js";
import type { Source, Workload } from "../../../src/core/source.js";
import type { StateStore } from "../../../src/core/state.js";
import type { RunContext } from "../../../src/engine/context.js";
import { runLegs } from "../../../src/engine/run.js";
import { openStateStore } from "../../../src/state/store.js";

let [dir, state]: [string, StateStore | undefined] = ["", undefined];
const never = new AbortController().signal;
const owners = Array.from({ length: 20 }, (_, n): Owner => ({ id: `o${n}`, name: `o${n}`, kind: "group", displayName: `o${n}` }));

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "exodus-waiting-"));
  state = await openStateStore(path.join(dir, "state.sqlite"));
});
afterEach(async () => {
  await state?.close();
  await rm(dir, { recursive: true, force: true });
});

/** Most owners whose feeds are asked for at one time, two legs being allowed at once. */
async function mostAtOnce(waits: boolean): Promise<number> {
  let [now, most] = [0, 0];
  const workload = {
    name: "channels", waits,
    async *feeds() {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      now -= 1;
      yield* [];
    },
  } as unknown as Workload;
  const source = { name: "graph", workload: () => workload } as unknown as Source;
  const vault = { owner: () => Promise.resolve({ close: () => Promise.resolve() }) };
  const context = { state, emit: () => undefined, stop: { soft: never, hard: never }, run: "r", pass: { id: "p", kind: "pull", resumed: false }, vault } as unknown as RunContext;
  const { complete } = await runLegs(context, { legs: owners.map((owner) => ({ owner, workload: "channels", targets: [] })), source, adapters: new Map(), parallelLegs: 2 });
  expect(complete).toBe(true);
  return most;
}

it("works on more owners at once where requests wait most of the time", async () => {
  expect(await mostAtOnce(false)).toBe(2);
  expect(await mostAtOnce(true)).toBe(12);
});
