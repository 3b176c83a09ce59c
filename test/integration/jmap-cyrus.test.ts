import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/jmap/index.js";
import type { ExodusError } from "../../src/core/errors.js";
import type { PutContext, PutResult, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import { HOSTILE_NAMES } from "../../src/kit/conformance/hostile-names.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { retrying } from "../../src/lib/retry.js";
import { testEnvironment } from "../environment.js";
import { PlainJmap } from "../jmap-client.js";
import { titleFor, useServer } from "../servers.js";
import { taken } from "../taken.js";

const server = useServer("cyrus");
const { signal } = new AbortController();
const ACCOUNT = "marie@commune.example";

/** Another server than James: it stores no message twice, so that the suite's twins cannot stand there (RFC 8621 section 4.8, `alreadyExists`). */
(server === undefined ? describe.skip : describe)(`JMAP on ${titleFor("cyrus", server)}`, () => {
  const url = `http://${server?.host ?? ""}:${server?.port ?? 0}`;
  const eyes = new PlainJmap(`${url}/jmap/`, ACCOUNT, "secret");
  const [blobs, ledger, sessions] = [new MemoryBlobs(), new MemoryLedger(), [] as TargetSession[]];
  const run = randomBytes(4).toString("hex");

  async function open(): Promise<TargetSession> {
    const created = await adapter.create(adapter.options.parse({ url, password: "env:S", prefix: [`Essai ${run}`] }), testEnvironment("courrier", { "env:S": "secret" }));
    const session = await created.connect({ owner: sampleOwner(ACCOUNT), name: ACCOUNT }, "mail", signal);
    sessions.push(session);
    return session;
  }
  afterAll(async () => { for (const session of sessions) await session.close(); });
  // As a run does: now and then, when others use the server too, Cyrus says serverFail of an import, and takes it when it is asked again.
  const put = (session: TargetSession, item: Item, context: PutContext): Promise<PutResult> => retrying(() => session.put(item, context), { attempts: 5, signal });
  const place = (name: string, id = name): PlacedContainer => ({ workload: "mail", owner: "o", id, name, path: [name] });
  const contextFor = async (session: TargetSession, item: Item, placed: PlacedContainer): Promise<PutContext> => contextOf({ blobs, ledger, signal }, item, placed, await session.prepare(placed, undefined, signal));
  const message = (id: string, over: object = {}): Item => sampleItem("mail", id, {
    v: 1, type: "mail", isRead: true, isDraft: false, hasAttachments: false, flag: "none", importance: "normal", categories: [], receivedAt: "2023-03-26T01:30:15Z", ...over,
  }, blobs.add(`Message-ID: <${id}.${run}@x>\r\nSubject: ${id}\r\nFrom: a@ailleurs.example\r\n\r\nBonjour ${id} ${run}\r\n`, ".eml"), id);

  it("folders of hostile names are made, kept apart, and found again by the next run", async () => {
    const [first, second] = [await open(), await open()];
    const made = [];
    for (const { name } of HOSTILE_NAMES) made.push(await first.prepare(place(name), undefined, signal));
    expect(new Set(made.map(({ id }) => id)).size).toBe(HOSTILE_NAMES.length);
    for (const [index, { name }] of HOSTILE_NAMES.entries()) expect(await second.prepare(place(name), undefined, signal)).toMatchObject({ id: made[index]?.id, created: false });
    const { list } = (await eyes.call("Mailbox/get", { ids: made.map(({ id }) => id), properties: ["name"] })) as { list: { name: string }[] };
    expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining(["Éléments à garder œ", "Marchés／Travaux", "100％2Fsûr", "🗳️ Élections"]));
  });

  it("messages stand there with flags, categories and date, and byte for byte but for headers of 8 bits, which are told", async () => {
    const session = await open();
    const folder = place("Messages");
    const items = [message("lu"), message("non lu", { isRead: false }), message("marqué", { flag: "flagged", importance: "high" }), message("brouillon", { isDraft: true }), message("élus", { categories: ["Élus"], receivedAt: "2050-01-01T00:00:00Z" })];
    const done = await Promise.all(items.map(async (item) => taken(await put(session, item, await contextFor(session, item, folder)))));
    expect(done.flatMap(({ losses }) => losses.map(({ reason }) => reason)).sort()).toEqual(["mail.received-range", "mail.rewritten", "mail.rewritten"]);
    for (const [index, item] of items.entries()) {
      const { ref } = done[index] ?? { ref: { id: "" } };
      expect(await session.verify(item, ref, await contextFor(session, item, folder))).toEqual({ state: "same", fields: [] });
      expect((await session.find(item, await contextFor(session, item, folder)))?.id).toBe(ref.id);
    }
    const { list } = (await eyes.call("Email/get", { ids: done.map(({ ref }) => ref.id), properties: ["keywords", "receivedAt", "subject"] })) as { list: { keywords: Record<string, true>; receivedAt: string; subject: string }[] };
    expect(Object.fromEntries(list.map(({ subject, keywords, receivedAt }) => [subject, [...Object.keys(keywords).sort(), receivedAt]]))).toMatchObject({
      lu: ["$seen", "2023-03-26T01:30:15Z"], "non lu": ["2023-03-26T01:30:15Z"], "marquXX": ["$flagged", "$important", "$seen", "2023-03-26T01:30:15Z"], brouillon: ["$draft", "$seen", "2023-03-26T01:30:15Z"],
    });
  });

  it("a message whose bytes another item has brought is refused by name in the same folder, and the same one in another", async () => {
    const session = await open();
    const original = message("jumeau");
    const twin: Item = { ...message("jumeau"), key: { ...original.key, id: "jumeau-2" } };
    const copy: Item = { ...message("jumeau"), key: { ...original.key, id: "jumeau-3" } };
    const first = taken(await put(session, original, await contextFor(session, original, place("Un"))));
    ledger.settle(await session.prepare(place("Un"), undefined, signal), first.ref, original);
    const error = await put(session, twin, await contextFor(session, twin, place("Un"))).then(() => undefined, (thrown: unknown) => thrown as ExodusError);
    expect([error?.code, error?.errorClass, error?.params["reason"]]).toEqual(["TARGET_REFUSED_ITEM", "permanent-item", "Email/import, alreadyExists"]);
    expect(await eyes.messagesIn((await session.prepare(place("Un"), undefined, signal)).id)).toEqual([first.ref.id]);
    expect(taken(await put(session, copy, await contextFor(session, copy, place("Deux")))).ref.id).toBe(first.ref.id);
    expect(await eyes.messagesIn((await session.prepare(place("Deux"), undefined, signal)).id)).toEqual([first.ref.id]);
    await session.remove(first.ref, await session.prepare(place("Deux"), undefined, signal), signal);
    expect(await eyes.messagesIn((await session.prepare(place("Un"), undefined, signal)).id)).toEqual([first.ref.id]);
  });
});
