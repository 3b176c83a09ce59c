import { describe, expect, it } from "@jest/globals";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import type { ConversationRecord } from "../../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { FakeRoom, matrixAdapter } from "./fake-room.js";

const { signal } = new AbortController();
const member = (name: string, owner = false): NonNullable<ConversationRecord["members"]>[number] => ({ kind: "user", id: `id-${name}`, name, address: `${name}@x`, owner, guest: false });
const PLACED: PlacedContainer = { workload: "channels", owner: "o", id: "c", name: "Essai", path: ["Essai"] };
const CLOSED = { field: "members", change: "dropped", side: "target", reason: "conversation.account-closed" };

describe("the card of a conversation with somebody whose account is closed", () => {
  const around = { blobs: new MemoryBlobs(), ledger: new MemoryLedger(), signal };
  const into = { id: "!r:x", created: false, losses: [] };
  const card = (members: ConversationRecord["members"], told: Partial<ConversationRecord> = {}): Item<ConversationRecord> => sampleItem("channels", "Essai", {
    v: 1, type: "conversation", form: "channel", membership: "private", name: "Essai", description: "Sujet", createdAt: "2024-01-01T08:00:00Z", archived: false, tabs: [], members, ...told,
  }, undefined, "c/card");

  it("brings in all others, with name and topic; tells of it; and is as told", async () => {
    const [room, item, adapter] = [new FakeRoom(), card([member("luc", true), member("zoe"), member("ana")]), await matrixAdapter()];
    room.closed.add("@luc:x");
    const session = room.session("channels");
    const context = contextOf(around, item, PLACED, into);
    expect(await session.put(item, context)).toMatchObject({ outcome: "created", losses: [CLOSED] });
    expect((await adapter.foresee(item)).losses).toEqual([{ ...CLOSED, sure: false }]);
    expect([...room.joined].sort()).toEqual(["@ana:x", "@bot:x", "@zoe:x"]);
    expect([room.state.get("m.room.name "), room.state.get("m.room.topic ")]).toEqual([{ name: "Essai" }, { topic: "Sujet" }]);
    expect(await session.put(item, context)).toMatchObject({ outcome: "unchanged", losses: [CLOSED] });
    expect(await session.verify(item, { id: "card" }, context)).toEqual({ state: "same", fields: [] });
    // Somebody else who is not there was not told of.
    room.joined.delete("@ana:x");
    expect(await room.session("channels").verify(item, { id: "card" }, context)).toMatchObject({ state: "different", fields: [{ field: "members", expected: "@ana:x @zoe:x", found: "@zoe:x" }] });
    room.closed.clear();
    expect(await room.session("channels").put(item, context)).toMatchObject({ outcome: "updated", losses: [] });
    expect([...room.joined].sort()).toEqual(["@ana:x", "@bot:x", "@luc:x", "@zoe:x"]);
    await session.close();
  });

  it("leaves a former owner who can neither leave nor give up the level, and tells of it", async () => {
    const [room, before, item] = [new FakeRoom(), card([member("luc", true), member("zoe")]), card([member("zoe")], { name: "Nouveau" })];
    const session = room.session("channels");
    await session.put(before, contextOf(around, before, PLACED, into));
    room.closed.add("@luc:x");
    const context = contextOf(around, item, PLACED, into);
    expect(await session.put(item, context)).toMatchObject({ outcome: "updated", losses: [CLOSED] });
    expect([room.state.get("m.room.name "), room.state.get("m.room.power_levels ")]).toEqual([{ name: "Nouveau" }, { users: { "@luc:x": 100 } }]);
    expect(await session.verify(item, { id: "card" }, context)).toEqual({ state: "same", fields: [] });
    await session.close();
  });

  it("names a chat of two a direct one for the other", async () => {
    const [room, item] = [new FakeRoom(), card([member("zoe"), member("luc")], { form: "one-on-one" })];
    room.closed.add("@luc:x");
    room.joined.add("@zoe:x").delete("@bot:x");
    const chats = { ...item, key: { ...item.key, workload: "chats" as const } };
    const session = room.session("chats");
    const context = contextOf(around, chats, { ...PLACED, workload: "chats" }, into);
    expect(await session.put(chats, context)).toMatchObject({ outcome: "created", losses: [CLOSED] });
    expect(room.direct).toEqual({ "@zoe:x": { "@luc:x": ["!r:x"] } });
    expect(await session.verify(chats, { id: "card" }, context)).toEqual({ state: "same", fields: [] });
    await session.close();
  });
});
