import { describe, expect, it } from "@jest/globals";
import type { PutResult, TargetRef, TargetSession, Verdict } from "../../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../../src/core/item.js";
import type { ChatMessageRecord } from "../../../src/format/records.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "../../../src/kit/conformance/harness.js";
import { sampleItem } from "../../../src/kit/conformance/sample-item.js";
import { FakeRoom, matrixAdapter } from "./fake-room.js";

const { signal } = new AbortController();
const ZOE = { kind: "user" as const, id: "id-zoe", name: "Zoé", address: "zoe@x" };
const LUC = { kind: "user" as const, id: "id-luc", name: "Luc", address: "luc@x" };
const PLACED: PlacedContainer = { workload: "channels", owner: "o", id: "c", name: "Essai", path: ["Essai"] };
const INTO = { id: "!r:x", created: false, losses: [] };
const CLOSED = { field: "reactions", change: "dropped", side: "target", reason: "conversation.account-closed" };
const PICTURE = Buffer.from("89504e470d0a1a0a00", "hex");

describe("a message on its way to a room", () => {
  const around = { blobs: new MemoryBlobs(), ledger: new MemoryLedger(), signal };
  const message = (told: Partial<ChatMessageRecord> = {}, pictures: readonly Buffer[] = []): Item<ChatMessageRecord> => {
    const parts = pictures.map((bytes) => around.blobs.add(bytes, ".png"));
    const hosted = parts.map(({ sha256, size }, index) => ({ id: `p${index}`, sha256, size }));
    return { ...sampleItem("channels", "1", {
      v: 1, type: "chat-message", messageId: "1", kind: "message", author: ZOE, createdAt: "2024-02-01T08:00:00Z", importance: "normal", format: "text", mentions: [], reactions: [], attachments: [], hosted, ...told,
    }, around.blobs.add("Texte", ".txt"), "c/1"), parts };
  };
  const put = (session: TargetSession, item: Item, known?: TargetRef): Promise<PutResult> => session.put(item, contextOf(around, item, PLACED, INTO, known));
  const verify = (session: TargetSession, item: Item, { outcome, ...rest }: PutResult): Promise<Verdict> =>
    session.verify(item, "ref" in rest ? rest.ref : { id: outcome }, contextOf(around, item, PLACED, INTO));
  const texts = ({ events }: FakeRoom): unknown[] => events.filter(({ content }) => content["msgtype"] === "m.text").map(({ event_id: id }) => id);

  it("is not doubled when an earlier try sent it in the place of one that is gone", async () => {
    const [room, item] = [new FakeRoom(), message({ reactions: [{ reaction: "like", person: LUC }] })];
    const session = room.session("channels");
    room.lost.push("PUT send/m.reaction");
    await expect(put(session, item, { id: "$gone" })).rejects.toMatchObject({ code: "TARGET_CONNECTION" });
    expect(await put(session, item, { id: "$gone" })).toMatchObject({ ref: { id: "$0" } });
    expect(texts(room)).toEqual(["$0"]);
    await session.close();
  });

  it("stands without the reaction of somebody whose account is closed, which is told, and asked for once a session", async () => {
    const item = message({ reactions: [{ reaction: "like", person: LUC }, { reaction: "heart", person: LUC }, { reaction: "like", person: ZOE }] });
    const [room, adapter] = [new FakeRoom(), await matrixAdapter()];
    room.closed.add("@luc:x");
    const session = room.session("channels");
    const result = await put(session, item);
    expect(result).toMatchObject({ outcome: "created", losses: [CLOSED] });
    expect((await adapter.foresee(item)).losses).toContainEqual({ ...CLOSED, sure: false });
    expect(room.events.map(({ type, sender }) => [type, sender])).toEqual([["m.room.message", "@zoe:x"], ["m.reaction", "@zoe:x"]]);
    expect(room.asked.filter((asked) => asked === "PUT state/m.room.member")).toHaveLength(4);
    expect(await put(session, item, { id: "$0" })).toMatchObject({ outcome: "unchanged", losses: [CLOSED] });
    expect(await verify(session, item, result)).toEqual({ state: "same", fields: [] });
    room.closed.clear();
    const later = room.session("channels");
    expect(await put(later, item, { id: "$0" })).toMatchObject({ outcome: "updated", losses: [] });
    expect(await verify(later, item, result)).toEqual({ state: "same", fields: [] });
    // What nobody told of is still a difference.
    room.events.splice(2);
    room.state.delete("fr.o365exodus.closed luc:x");
    expect(await verify(later, item, result)).toMatchObject({ state: "different", fields: [{ field: "reactions" }] });
    for (const one of [session, later]) await one.close();
  });

  it("fails by name when its author's account is closed", async () => {
    const room = new FakeRoom();
    room.closed.add("@zoe:x");
    const session = room.session("channels");
    await expect(put(session, message())).rejects.toMatchObject({ code: "TARGET_ACCOUNT_CLOSED", errorClass: "permanent-item" });
    await session.close();
  });

  it("uploads a picture once whose answer was lost, and names the copy that is seen", async () => {
    const [room, item] = [new FakeRoom(), message({}, [PICTURE, Buffer.concat([PICTURE, PICTURE])])];
    const session = room.session("channels");
    room.lost.push("PUT send/m.room.message", "PUT send/m.room.message");
    for (let lost = 0; lost < 2; lost += 1) await expect(put(session, item)).rejects.toMatchObject({ code: "TARGET_CONNECTION" });
    await put(session, item);
    expect(room.asked.filter((asked) => asked === "POST media/upload")).toHaveLength(2);
    expect(room.events.at(-1)?.content["fr.o365exodus.parts"]).toMatchObject(room.events.slice(0, 2).map(({ event_id, content: { url } }) => ({ event_id, url })));
    await session.close();
  });

  it("is not doubled when its answer was lost, though a picture of it was refused for its size", async () => {
    const [room, item] = [new FakeRoom(), message({}, [PICTURE])];
    room.largest = PICTURE.length - 1;
    const session = room.session("channels");
    room.lost.push("PUT send/m.room.message");
    await expect(put(session, item)).rejects.toMatchObject({ code: "TARGET_CONNECTION" });
    expect(await put(session, item)).toMatchObject({ ref: { id: "$0" }, losses: [{ reason: "conversation.file-too-large" }] });
    expect(texts(room)).toEqual(["$0"]);
    await session.close();
  });

  it("is as told, whatever the limit is later, when a picture was too large; and gets it when it is put again", async () => {
    const [room, item] = [new FakeRoom(), message({}, [PICTURE])];
    const [narrow, wide] = [room.session("channels", PICTURE.length - 1), room.session("channels", PICTURE.length)];
    const result = await put(narrow, item);
    expect(result).toMatchObject({ outcome: "created", losses: [{ reason: "conversation.file-too-large" }] });
    for (const session of [narrow, wide]) expect(await verify(session, item, result)).toEqual({ state: "same", fields: [] });
    const again = await put(wide, item, { id: "$0" });
    expect(again).toMatchObject({ outcome: "updated", losses: [] });
    for (const session of [narrow, wide]) await session.close();
  });

  it("is as told when an earlier version wrote it, which did not name pictures over the limit", async () => {
    const [room, item] = [new FakeRoom(), message({}, [PICTURE])];
    const session = room.session("channels", PICTURE.length - 1);
    const result = await put(session, item);
    const [event] = room.events;
    if (event !== undefined) event.content = Object.fromEntries(Object.entries(event.content).filter(([name]) => name !== "fr.o365exodus.parts"));
    expect(await verify(session, item, result)).toEqual({ state: "same", fields: [] });
    await session.close();
  });
});
