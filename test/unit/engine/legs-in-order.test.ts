import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Owner, WorkloadName } from "../../../src/core/item.js";
import type { Source, Workload } from "../../../src/core/source.js";
import type { StateStore } from "../../../src/core/state.js";
import type { RunContext } from "../../../src/engine/context.js";
import { runLegs } from "../../../src/engine/run.js";
import { openStateStore } from "../../../src/state/store.js";

let [dir, state]: [string, StateStore | undefined] = ["", undefined];
const never = new AbortController().signal;
const person = (id: string): Owner => ({ id, name: id, kind: "user", displayName: id });

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "exodus-order-"));
  state = await openStateStore(path.join(dir, "state.sqlite"));
});
afterEach(async () => {
  await state?.close();
  await rm(dir, { recursive: true, force: true });
});

/** What begins and ends, in its order; one leg has a place at a time. */
async function told(legs: readonly (readonly [owner: string, workload: WorkloadName])[], parallelLegs: number): Promise<string[]> {
  const said: string[] = [];
  const workload = (name: WorkloadName): Workload => ({
    name,
    async *feeds(owner: Owner) {
      said.push(`${owner.id} ${name} begins`);
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      said.push(`${owner.id} ${name} ends`);
      yield* [];
    },
  }) as unknown as Workload;
  const source = { name: "graph", workload } as unknown as Source;
  const vault = { owner: () => Promise.resolve({ close: () => Promise.resolve() }) };
  const context = { state, emit: () => undefined, stop: { soft: never, hard: never }, run: "r", pass: { id: "p", kind: "pull", resumed: false }, vault } as unknown as RunContext;
  await runLegs(context, { legs: legs.map(([owner, name]) => ({ owner: person(owner), workload: name, targets: [] })), source, adapters: new Map(), parallelLegs });
  return said;
}

it.each([1, 8])("works on an owner's settings after their mail, and on all other legs beside it (%i at once)", async (parallel) => {
  const said = await told([["zoe", "settings"], ["zoe", "contacts"], ["zoe", "mail"], ["paul", "settings"]], parallel);
  expect(said).toHaveLength(8);
  expect(said.indexOf("zoe settings begins")).toBeGreaterThan(said.indexOf("zoe mail ends"));
  expect(said.indexOf("zoe contacts begins") < said.indexOf("zoe mail ends")).toBe(parallel > 1);
  expect(said.indexOf("paul settings begins")).toBeLessThan(said.indexOf("zoe settings begins"));
});
