import { describe, expect, it } from "@jest/globals";
import type { PlacedContainer } from "../../../src/core/item.js";
import { thrownBy } from "../../../src/kit/conformance/expectations.js";
import { sampleOwner } from "../../../src/kit/conformance/harness.js";
import { PreparedFolders } from "../../../src/kit/prepared-folders.js";

const { signal } = new AbortController();
const OWNER = sampleOwner("alice@commune.example").id;

function folder(id: string, parentId?: string): PlacedContainer {
  return { id, owner: OWNER, workload: "files", name: id, path: parentId === undefined ? [id] : [parentId, id], ...(parentId === undefined ? {} : { parentId }) };
}

/** Folders at a target, and which of them were looked for there. */
function prepared(standing: ReadonlyMap<string, string> = new Map()): { readonly folders: PreparedFolders; readonly asked: string[] } {
  const asked: string[] = [];
  const find = (_owner: string, id: string): Promise<string | undefined> => {
    asked.push(id);
    return Promise.resolve(standing.get(id));
  };
  return { asked, folders: new PreparedFolders("cible", () => Promise.resolve("racine"), find) };
}

describe("folders that a session prepared", () => {
  it("are known to what is in them without a question, and stand in the root where nothing is above", async () => {
    const { folders, asked } = prepared();
    folders.hold(folder("A"), "a");
    expect([await folders.parentOf(folder("B", "A"), signal), await folders.parentOf(folder("C"), signal), asked]).toEqual(["a", "racine", []]);
  });

  it("are looked for once when another session prepared them, and told when they are nowhere", async () => {
    const { folders, asked } = prepared(new Map([["A", "a"]]));
    expect([await folders.parentOf(folder("B", "A"), signal), await folders.parentOf(folder("C", "A"), signal), asked]).toEqual(["a", "a", ["A"]]);
    expect((await thrownBy(() => folders.parentOf(folder("E", "D"), signal))).code).toBe("TARGET_CONTAINER_MISSING");
  });

  it("are forgotten when many others came since, but for those in use, and found again", async () => {
    const { folders, asked } = prepared(new Map([["A", "a"], ["B", "b"]]));
    folders.hold(folder("A"), "a");
    folders.hold(folder("B"), "b");
    for (let at = 0; at < 5_000; at += 1) {
      folders.hold(folder(`F${at}`), `f${at}`);
      await folders.parentOf(folder(`F${at}`, "B"), signal);
    }
    expect([await folders.parentOf(folder("X", "B"), signal), await folders.parentOf(folder("X", "A"), signal), asked]).toEqual(["b", "a", ["A"]]);
  });
});
