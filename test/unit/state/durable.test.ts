import type * as FileSystem from "node:fs/promises";
import * as real from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { StateStore } from "../../../src/core/state.js";
import type { Owner } from "../../../src/core/item.js";

const owner = (id: string): Owner => ({ id, name: id, kind: "user", displayName: id });
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe("a commit in the index", () => {
  /** Each is one forcing of the journal to the disk, which ends when the test says so. */
  let forcings: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  let held = false;
  let dir: string;
  let state: StateStore;
  let openStateStore: typeof import("../../../src/state/store.js").openStateStore;
  let returned: string[] = [];
  const save = (id: string): Promise<void> => state.saveOwner(owner(id)).then(() => void returned.push(id), () => void returned.push(`${id} failed`));
  const names = async (): Promise<readonly string[]> => (await state.owners()).map(({ id }) => id);

  beforeAll(async () => {
    const copy = { ...real };
    const gated = (handle: FileSystem.FileHandle): FileSystem.FileHandle => new Proxy(handle, {
      get(target, property) {
        if (property === "datasync") return () => (held ? new Promise<void>((end, fail) => { forcings.push({ end, fail }); }) : target.datasync());
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) as unknown : value;
      },
    });
    jest.unstable_mockModule("node:fs/promises", () => ({ ...copy, open: async (...asked: Parameters<typeof real.open>) => gated(await copy.open(...asked)) }));
    ({ openStateStore } = await import("../../../src/state/store.js"));
    dir = await copy.mkdtemp(path.join(tmpdir(), "exodus-durable-"));
  });
  afterAll(() => real.rm(dir, { recursive: true, force: true }));
  beforeEach(async () => {
    [held, forcings, returned] = [false, [], []];
    state = await openStateStore(path.join(dir, `${expect.getState().currentTestName?.length ?? 0}.sqlite`));
    await state.saveOwner(owner("first"));
    held = true;
  });
  afterEach(() => state.close());

  it("returns when it has been forced to the disk; what others commit meanwhile is forced together, next", async () => {
    const saving = [save("a")];
    await settled();
    expect([forcings.length, returned]).toEqual([1, []]);
    saving.push(save("b"), save("c"));
    await settled();
    expect([forcings.length, returned, await names()]).toEqual([1, [], ["a", "b", "c", "first"]]);
    forcings[0]?.end();
    await settled();
    expect([forcings.length, returned]).toEqual([2, ["a"]]);
    forcings[1]?.end();
    await Promise.all(saving);
    expect([forcings.length, returned]).toEqual([2, ["a", "b", "c"]]);
  });

  it("is told to have failed when it could not be forced; the next one is forced anew", async () => {
    const failing = save("a");
    await settled();
    forcings[0]?.fail(new Error("EIO"));
    await failing;
    const saving = save("b");
    await settled();
    forcings[1]?.end();
    await saving;
    expect(returned).toEqual(["a failed", "b"]);
  });
});
