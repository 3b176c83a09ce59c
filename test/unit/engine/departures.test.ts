import { describe, expect, it } from "@jest/globals";
import type { Change, Item, Sha256 } from "../../../src/core/item.js";
import type { RunContext } from "../../../src/engine/context.js";
import { resettled } from "../../../src/engine/departures.js";

const unit = { workload: "mail", owner: "o" } as const;
const item = (id: string): Item => ({
  kind: "item", key: { ...unit, id }, container: "old", version: "1", title: id, record: { v: 1 }, parts: [], digest: "0".repeat(64) as Sha256, losses: [],
});

describe("items told unchanged that stand elsewhere", () => {
  it("are told whole at their place; one whose record the vault has lost stays as it was told, and stops nobody", async () => {
    const context = { state: { displaced: () => Promise.resolve(["moved", "torn"]) } } as unknown as RunContext;
    const told = ["same", "moved", "torn"].map((id): Change => ({ kind: "unchanged", id, container: "new" }));
    const found = await resettled({ context, unit, read: { stored: (id) => Promise.resolve(id === "torn" ? undefined : item(id)) } }, told);
    expect(found).toEqual([told[0], { ...item("moved"), container: "new" }, told[2]]);
  });
});
