import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import LibsqlDatabase from "libsql";
import type { OwnerFacts } from "../../../src/core/source.js";
import type { StateStore } from "../../../src/core/state.js";
import { openStateStore } from "../../../src/state/store.js";

const told = (group: boolean): OwnerFacts => ({ groups: { G: group }, attributes: { department: "DSI" } });

describe("what routes asked, and where things stand", () => {
  let dir = "";
  let state: StateStore;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-facts-"));
    state = await openStateStore(path.join(dir, "state.db"));
  });
  afterEach(async () => {
    await state.close();
    await rm(dir, { recursive: true, force: true });
  });

  it("is what was told last, and goes with its owner", async () => {
    await state.saveFacts(new Map([["o1", told(true)], ["o2", told(false)]]));
    await state.saveFacts(new Map([["o1", told(false)]]));
    expect([...(await state.facts())]).toEqual([["o1", told(false)], ["o2", told(false)]]);
    await state.eraseOwner("o1", []);
    expect([...(await state.facts()).keys()]).toEqual(["o2"]);
  });

  it("names each target once, and tells of one unit whether anything was placed there", async () => {
    for (const [target, owner, container] of [["b", "o1", "1"], ["a", "o1", "1"], ["a", "o1", "2"], ["a", "o2", "1"]] as const) {
      await state.savePlacement({ target, workload: "mail", owner }, container, { targetId: container, path: [container], made: true });
    }
    expect(await state.placedTargets()).toEqual(["a", "b"]);
    const has = (target: string, owner: string): Promise<boolean> => state.hasPlacement({ target, workload: "mail", owner });
    expect([await has("b", "o1"), await has("b", "o2"), await state.hasPlacement({ target: "a", workload: "files", owner: "o1" })]).toEqual([true, false, false]);
  });

  it("names what a unit left, until it comes back or its owner is erased", async () => {
    const left = (workload: "mail" | "files", owner: string): Promise<readonly string[]> => state.leftTargets({ workload, owner });
    await state.saveLeft([{ workload: "mail", owner: "o1", targets: ["b", "a"] }, { workload: "files", owner: "o1", targets: ["a"] }, { workload: "mail", owner: "o2", targets: ["a"] }]);
    await state.saveLeft([{ workload: "mail", owner: "o1", targets: ["b"] }, { workload: "mail", owner: "o2", targets: [] }]);
    expect([await left("mail", "o1"), await left("files", "o1"), await left("mail", "o2")]).toEqual([["b"], ["a"], []]);
    await state.eraseOwner("o1", []);
    expect(await left("mail", "o1")).toEqual([]);
  });

  it("is there in a store that was made before routes asked anything", async () => {
    await state.close();
    const old = new LibsqlDatabase(path.join(dir, "state.db"));
    old.exec("drop table fact; drop table left_target");
    old.close();
    state = await openStateStore(path.join(dir, "state.db"));
    expect([await state.facts(), await state.leftTargets({ workload: "mail", owner: "o1" })]).toEqual([new Map(), []]);
  });
});
