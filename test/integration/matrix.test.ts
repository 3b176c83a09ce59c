import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "@jest/globals";
import { adapter, type MatrixOptions } from "../../adapters/matrix/index.js";
import { OpenRoom } from "../../adapters/matrix/open-room.js";
import type { Adapter, TargetContainer, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer, WorkloadName } from "../../src/core/item.js";
import { MatrixClient } from "../../src/drivers/matrix/client.js";
import { Room } from "../../src/drivers/matrix/rooms.js";
import { Users } from "../../src/drivers/matrix/users.js";
import type { ChatMessageRecord, ConversationRecord } from "../../src/format/records.js";
import { DiskMap } from "../../src/lib/disk-map.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { testAccess, testEnvironment } from "../environment.js";
import { matrixAs } from "../matrix-client.js";
import { titleFor, useServer } from "../servers.js";
import { taken } from "../taken.js";

const synapse = useServer("synapse");
const TOKEN = "as-secret";
const ZOE = { kind: "user" as const, id: "id-zoe", name: "Zoé Müller", address: "zoe@commune.example" };
const LUC = { kind: "user" as const, id: "id-luc", name: "Luc Petit", address: "luc@commune.example" };
const GUEST = { kind: "user" as const, id: "id-guest", name: "Ana (préfecture)", address: "ana@prefecture.example" };
const signal = new AbortController().signal;

(synapse === undefined ? describe.skip : describe)(titleFor("synapse", synapse), () => {
  const url = `http://${synapse?.host ?? ""}:${synapse?.port ?? 0}`;
  const blobs = new MemoryBlobs();
  const ledger = new MemoryLedger();
  const open: { adapter: Adapter; session: TargetSession }[] = [];

  const connect = async (workload: WorkloadName, options: Partial<MatrixOptions> = {}, owner = ZOE.address): Promise<TargetSession> => {
    const made = await adapter.create(adapter.options.parse({ url, token: "env:TOKEN", domains: ["commune.example"], ...options }), testEnvironment("matrix", { "env:TOKEN": TOKEN }));
    const session = await made.connect({ owner: sampleOwner(owner), name: ZOE.address }, workload, signal);
    open.push({ adapter: made, session });
    return session;
  };
  /** As at the end of a run; `cut`: as if it had been killed. */
  const close = async (cut = false): Promise<void> => {
    for (const one of open.splice(0)) {
      if (!cut) await one.session.settle?.(signal);
      await one.session.close();
      await one.adapter.close();
    }
  };
  const container = (workload: WorkloadName, told: Partial<PlacedContainer> = {}): PlacedContainer => ({ workload, owner: "o", id: randomUUID(), name: "Essai", path: ["Essai"], ...told });
  const put = (session: TargetSession, item: Item, placed: PlacedContainer, into: TargetContainer, known?: string) =>
    session.put(item, contextOf({ blobs, ledger, signal }, item, placed, into, known === undefined ? undefined : { id: known }));
  const card = (placed: PlacedContainer, told: Partial<ConversationRecord>): Item<ConversationRecord> => sampleItem(placed.workload, "Essai", {
    v: 1, type: "conversation", form: "group", name: "Essai", createdAt: "2024-01-01T08:00:00Z", archived: false, tabs: [], members: [{ ...ZOE, owner: true, guest: false }, { ...LUC, owner: true, guest: false }], ...told,
  }, undefined, `${placed.id}/card`);
  const message = (placed: PlacedContainer, id: string, told: Partial<ChatMessageRecord> = {}): Item<ChatMessageRecord> => sampleItem(placed.workload, id, {
    v: 1, type: "chat-message", messageId: id, kind: "message", author: LUC, createdAt: "2024-02-01T08:00:00.250Z", importance: "normal", format: "text", mentions: [], reactions: [], attachments: [], hosted: [], ...told,
  }, blobs.add(`Texte ${id}`, ".txt"), [placed.id, ...(told.replyTo === undefined ? [] : [told.replyTo]), id].join("/"));
  const state = (room: string, type: string, as?: string) => matrixAs(url, TOKEN, as).call("GET", `client/v3/rooms/${encodeURIComponent(room)}/state/${type}`);
  const joined = async (room: string, as?: string): Promise<string[]> => Object.keys((await matrixAs(url, TOKEN, as).call("GET", `client/v3/rooms/${encodeURIComponent(room)}/joined_members`))["joined"] as object).sort();

  afterEach(() => close());

  it("refuses a room that is encrypted, by name", async () => {
    const session = await connect("channels");
    const placed = container("channels");
    const into = await session.prepare(placed, undefined, signal);
    await matrixAs(url, TOKEN).call("PUT", `client/v3/rooms/${encodeURIComponent(into.id)}/state/m.room.encryption`, { algorithm: "m.megolm.v1.aes-sha2" });
    await expect((await connect("channels")).prepare(placed, into.id, signal)).rejects.toMatchObject({ code: "TARGET_ROOM_ENCRYPTED", errorClass: "permanent-container" });
  });

  it("makes a chat of two that both see as a direct one, with no stranger in it", async () => {
    const session = await connect("chats");
    const placed = container("chats");
    const into = await session.prepare(placed, undefined, signal);
    await put(session, card(placed, { form: "one-on-one" }), placed, into);
    await put(session, message(placed, "1"), placed, into);
    await close();
    expect(await joined(into.id, "@luc:commune.example")).toEqual(["@luc:commune.example", "@zoe:commune.example"]);
    await expect(state(into.id, "m.room.name", "@luc:commune.example")).rejects.toThrow("404");
    for (const [user, other] of [["luc", "zoe"], ["zoe", "luc"]] as const) {
      const direct = await matrixAs(url, TOKEN, `@${user}:commune.example`).call("GET", `client/v3/user/@${user}:commune.example/account_data/m.direct`);
      expect(direct[`@${other}:commune.example`]).toContain(into.id);
    }
  });

  it("lets ghosts leave who do not belong, keeps guests, and takes the rights of a former owner and the seat of a former member", async () => {
    const session = await connect("channels");
    const placed = container("channels");
    const into = await session.prepare(placed, undefined, signal);
    await put(session, card(placed, { form: "channel", membership: "private", members: [{ ...ZOE, owner: true, guest: false }, { ...LUC, owner: true, guest: false }, { ...GUEST, owner: false, guest: true }] }), placed, into);
    await put(session, message(placed, "1", { author: { kind: "user", id: "id-gone", name: "Parti" } }), placed, into);
    await close();
    expect(await joined(into.id)).toEqual(["@luc:commune.example", "@m365_id-guest:commune.example", "@o365-exodus:commune.example", "@zoe:commune.example"]);
    const later = await connect("channels");
    const next = card(placed, { form: "channel", membership: "private", members: [{ ...ZOE, owner: true, guest: false }, { ...LUC, owner: false, guest: false }] });
    expect(await put(later, next, placed, into, "card")).toMatchObject({ outcome: "updated" });
    expect(((await state(into.id, "m.room.power_levels"))["users"])).toEqual({ "@o365-exodus:commune.example": 100, "@zoe:commune.example": 100 });
    expect(await joined(into.id)).toEqual(["@luc:commune.example", "@o365-exodus:commune.example", "@zoe:commune.example"]);
    expect(await later.verify(next, { id: "card" }, contextOf({ blobs, ledger, signal }, next, placed, into))).toEqual({ state: "same", fields: [] });
  });

  it("remembers the members of a large conversation in several states", async () => {
    const into = await (await connect("channels")).prepare(container("channels"), undefined, signal);
    const client = new MatrixClient({ ...testAccess("matrix", ""), base: new URL(url), token: TOKEN });
    const room = (): OpenRoom => new OpenRoom(new Room(client, into.id, undefined), { users: new Users(client), readOnly: false, known: new DiskMap(), touch: () => Promise.resolve(), archive: () => Promise.resolve() });
    const card = { source_id: "x", members: Array.from({ length: 450 }, (_, index) => `@m365_${index}:commune.example`) };
    expect(await room().writeCard(card, signal)).toBe(true);
    expect(await room().writeCard(card, signal)).toBe(false);
    expect(await room().card(signal)).toEqual(card);
    expect(await room().writeCard({ source_id: "x", members: ["@a:x"] }, signal)).toBe(true);
    expect(await room().card(signal)).toEqual({ source_id: "x", members: ["@a:x"] });
    await client.close();
  });

  it("closes an archive when it is done, opens it for what comes later, and closes it again", async () => {
    const placed = container("channels");
    const first = await connect("channels", { readOnly: true });
    const into = await first.prepare(placed, undefined, signal);
    await put(first, message(placed, "1"), placed, into);
    await close();
    expect((await state(into.id, "m.room.power_levels"))["events_default"]).toBe(100);
    await put(await connect("channels", { readOnly: true }), message(placed, "2"), placed, into);
    await close();
    expect((await state(into.id, "m.room.power_levels"))["events_default"]).toBe(100);
    expect((await matrixAs(url, TOKEN).messages(into.id)).map(({ content }) => content["body"])).toEqual(["Texte 1", "Texte 2"]);
  });

  it("closes the archive of a run that was killed, though the next one has nothing to write", async () => {
    const placed = container("channels");
    const first = await connect("channels", { readOnly: true });
    const into = await first.prepare(placed, undefined, signal);
    await put(first, message(placed, "1", { author: { kind: "user", id: "id-gone", name: "Parti" } }), placed, into);
    await close(true);
    expect({ level: (await state(into.id, "m.room.power_levels"))["events_default"], joined: await joined(into.id) }).toEqual({ level: 0, joined: ["@m365_id-gone:commune.example", "@o365-exodus:commune.example"] });
    await connect("channels", { readOnly: true });
    await close();
    expect((await state(into.id, "m.room.power_levels"))["events_default"]).toBe(100);
    // Nothing is left to do: a room that is opened by hand since stays so.
    await matrixAs(url, TOKEN).call("PUT", `client/v3/rooms/${encodeURIComponent(into.id)}/state/m.room.power_levels`, { ...(await state(into.id, "m.room.power_levels")), events_default: 0 });
    await connect("channels", { readOnly: true });
    await close();
    expect((await state(into.id, "m.room.power_levels"))["events_default"]).toBe(0);
  });

  it("opens what the option alone had closed once it is off, though there is nothing to write", async () => {
    const owner = randomUUID();
    const levels = (room: string): Promise<Record<string, unknown>> => state(room, "m.room.power_levels");
    const closed = async (rooms: readonly string[]): Promise<boolean[]> => Promise.all(rooms.map(async (room) => (await levels(room))["events_default"] === 100));
    const first = await connect("channels", { readOnly: true }, owner);
    const [plain, archived, others] = [container("channels"), container("channels"), container("channels")];
    const [a, b, c] = [await first.prepare(plain, undefined, signal), await first.prepare(archived, undefined, signal), await first.prepare(others, undefined, signal)];
    const rooms = [a.id, b.id, c.id];
    await put(first, message(plain, "1"), plain, a);
    await put(first, card(archived, { form: "channel", archived: true }), archived, b);
    // An administrator closes the third before the program does.
    await matrixAs(url, TOKEN).call("PUT", `client/v3/rooms/${encodeURIComponent(c.id)}/state/m.room.power_levels`, { ...await levels(c.id), events_default: 100 });
    await put(first, card(others, { form: "channel" }), others, c);
    await close();
    expect(await closed(rooms)).toEqual([true, true, true]);
    await connect("channels", { readOnly: true }, owner);
    await close();
    expect(await closed(rooms)).toEqual([true, true, true]);
    await connect("channels", {}, owner);
    await close();
    expect(await closed(rooms)).toEqual([false, true, true]);
  });

  it("opens a conversation that is archived no more at the source", async () => {
    const placed = container("channels");
    const first = await connect("channels");
    const into = await first.prepare(placed, undefined, signal);
    for (const archived of [true, false]) {
      await put(await connect("channels"), card(placed, { form: "channel", archived }), placed, into, "card");
      await close();
      expect((await state(into.id, "m.room.power_levels"))["events_default"]).toBe(archived ? 100 : 0);
    }
  });

  it("has nothing to settle in a room that was removed since", async () => {
    const placed = container("channels");
    const first = await connect("channels");
    const into = await first.prepare(placed, undefined, signal);
    const result = await put(first, message(placed, "1"), placed, into);
    await close(true);
    const later = await connect("channels");
    await later.remove(taken(result).ref, into, signal);
    expect(await later.removeContainer(into.id, signal)).toBe(true);
    await expect(close()).resolves.toBeUndefined();
  });

  it("has nothing to settle for somebody who has no account there yet", async () => {
    const made = await adapter.create(adapter.options.parse({ url, token: "env:TOKEN", domains: ["commune.example"] }), testEnvironment("matrix", { "env:TOKEN": TOKEN }));
    const nobody = `nobody-${randomUUID()}@commune.example`;
    open.push({ adapter: made, session: await made.connect({ owner: sampleOwner(nobody), name: nobody }, "chats", signal) });
    await expect(close()).resolves.toBeUndefined();
  });

  it("pins what the source had pinned, as it arrives, and answers as told: in a thread, or by a reply alone", async () => {
    const placed = container("chats");
    const session = await connect("chats");
    const into = await session.prepare(placed, undefined, signal);
    await put(session, card(placed, { pinned: ["1"] }), placed, into);
    const pinned = await put(session, message(placed, "1"), placed, into);
    const root = taken(pinned).ref.id;
    expect((await state(into.id, "m.room.pinned_events", "@zoe:commune.example"))["pinned"]).toEqual([root]);
    await put(session, message(placed, "2", { replyTo: "1" }), placed, into);
    // Another run, which sent none of them.
    await put(await connect("chats", { replies: "rich" }), message(placed, "3", { replyTo: "1" }), placed, into);
    const found = (await matrixAs(url, TOKEN, "@zoe:commune.example").messages(into.id)).map(({ content }) => content["m.relates_to"]);
    expect(found).toEqual([undefined, { rel_type: "m.thread", event_id: root, is_falling_back: false, "m.in_reply_to": { event_id: root } }, { "m.in_reply_to": { event_id: root } }]);
  });

  it("follows what the source pins later and pins no more, and leaves the pins of others", async () => {
    const placed = container("chats");
    const session = await connect("chats");
    const into = await session.prepare(placed, undefined, signal);
    await put(session, card(placed, { pinned: ["1"] }), placed, into);
    const events: string[] = [];
    for (const id of ["1", "2", "3"]) {
      const item = message(placed, id);
      const result = await put(session, item, placed, into);
      events.push(taken(result).ref.id);
      ledger.settle(into, { id: events.at(-1) ?? "" }, item);
    }
    await matrixAs(url, TOKEN, "@luc:commune.example").call("PUT", `client/v3/rooms/${encodeURIComponent(into.id)}/state/m.room.pinned_events`, { pinned: [events[0], events[2]] });
    const next = card(placed, { pinned: ["2"] });
    const later = await connect("chats");
    expect(await put(later, next, placed, into, "card")).toMatchObject({ outcome: "updated" });
    expect((await state(into.id, "m.room.pinned_events", "@zoe:commune.example"))["pinned"]).toEqual([events[2], events[1]]);
    expect(await put(later, next, placed, into, "card")).toMatchObject({ outcome: "unchanged" });
    const context = contextOf({ blobs, ledger, signal }, next, placed, into);
    expect(await later.verify(next, { id: "card" }, context)).toEqual({ state: "same", fields: [] });
    await matrixAs(url, TOKEN, "@luc:commune.example").call("PUT", `client/v3/rooms/${encodeURIComponent(into.id)}/state/m.room.pinned_events`, { pinned: [] });
    expect(await later.verify(next, { id: "card" }, context)).toEqual({ state: "different", fields: [{ field: "pinned", expected: events[1], found: "" }] });
  });

  it("keeps the author whose account is deactivated", async () => {
    const gone = `gone-${randomUUID().slice(0, 8)}`;
    await matrixAs(url, TOKEN).call("POST", "client/v3/register", { type: "m.login.application_service", username: gone, inhibit_login: true });
    await matrixAs(url, TOKEN, `@${gone}:commune.example`).call("POST", "client/v3/account/deactivate", {});
    const placed = container("channels");
    const session = await connect("channels");
    const into = await session.prepare(placed, undefined, signal);
    await put(session, message(placed, "1", { author: { kind: "user", id: gone, name: "Parti", address: `${gone}@commune.example` } }), placed, into);
    expect((await matrixAs(url, TOKEN).messages(into.id)).map(({ sender }) => sender)).toEqual([`@${gone}:commune.example`]);
  });

  it("leads to where the files of a channel are now", async () => {
    const placed = container("channels");
    const session = await connect("channels", { links: { "https://contoso.sharepoint.com/sites/eau/Documents": "https://fichiers.commune.example/eau" } });
    const into = await session.prepare(placed, undefined, signal);
    await put(session, message(placed, "1", { attachments: [{ id: "f", mediaType: "reference", name: "Relevé.csv", url: "https://contoso.sharepoint.com/sites/eau/Documents/Relevé.csv" }] }), placed, into);
    const [sent] = await matrixAs(url, TOKEN).messages(into.id);
    expect(sent?.content["formatted_body"]).toBe('<p>Texte 1</p><p><a href="https://fichiers.commune.example/eau/Relev%C3%A9.csv">Relevé.csv</a></p>');
  });

  it.each(["10", "12"])("makes rooms of version %s, with members, owners and order as in any other", async (roomVersion) => {
    const placed = container("channels");
    const session = await connect("channels", { roomVersion });
    const into = await session.prepare(placed, undefined, signal);
    const told = card(placed, { form: "channel", membership: "private", members: [{ ...ZOE, owner: true, guest: false }, { ...LUC, owner: false, guest: false }] });
    await put(session, told, placed, into);
    for (const id of ["1", "2"]) await put(session, message(placed, id), placed, into);
    expect((await state(into.id, "m.room.create"))["room_version"]).toBe(roomVersion);
    expect((await matrixAs(url, TOKEN).messages(into.id)).map(({ content }) => content["body"])).toEqual(["Texte 1", "Texte 2"]);
    expect(await session.verify(told, { id: "card" }, contextOf({ blobs, ledger, signal }, told, placed, into))).toEqual({ state: "same", fields: [] });
    expect(((await state(into.id, "m.room.power_levels"))["users"] as Record<string, number>)["@zoe:commune.example"]).toBe(100);
  });

  it("does not send the pictures of a message twice when it was cut after them", async () => {
    const placed = container("chats");
    const session = await connect("chats");
    const into = await session.prepare(placed, undefined, signal);
    const picture = blobs.add(Buffer.from("89504e470d0a1a0a00", "hex"), ".bin");
    const item = { ...message(placed, "1", { hosted: [{ id: "p", sha256: picture.sha256, size: picture.size }] }), parts: [picture] };
    await put(session, item, placed, into);
    const ask = matrixAs(url, TOKEN, "@zoe:commune.example");
    const [sent] = await ask.messages(into.id);
    // As if it had been killed before the message itself.
    await matrixAs(url, TOKEN, sent?.sender).call("PUT", `client/v3/rooms/${encodeURIComponent(into.id)}/redact/${encodeURIComponent(sent?.event_id ?? "")}/cut`, {});
    const again = await connect("chats");
    expect(await again.find(item, contextOf({ blobs, ledger, signal }, item, placed, into))).toBeUndefined();
    const { outcome, ref } = (await put(again, item, placed, into, sent?.event_id)) as { outcome: string; ref: { id: string } };
    expect(outcome).toBe("created");
    const all = (await ask.call("GET", `client/v3/rooms/${encodeURIComponent(into.id)}/messages?dir=b&limit=50`))["chunk"] as { content: Record<string, unknown> }[];
    expect(all.filter(({ content }) => content["msgtype"] === "m.image")).toHaveLength(1);
    expect(await again.verify(item, ref, contextOf({ blobs, ledger, signal }, item, placed, into))).toEqual({ state: "same", fields: [] });
  });
});
