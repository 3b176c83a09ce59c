import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/jmap/index.js";
import type { Adapter, PutContext, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { AutomaticReplyRecord } from "../../src/format/settings.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { testEnvironment } from "../environment.js";
import { James } from "../james.js";
import { titleFor, useServer } from "../servers.js";
import { taken, type Taken } from "../taken.js";

const server = useServer("james");
const { signal } = new AbortController();
const PLACED: PlacedContainer = { workload: "settings", owner: "o", id: "replies", name: "Réponse automatique", path: ["Réponse automatique"] };
const ABSENT: AutomaticReplyRecord = {
  v: 1, type: "automatic-reply", status: "scheduled", outside: "everybody", internalText: "<p>Absente, élue &amp; ravie</p>", externalText: "<p>Absente, élue &amp; ravie</p>",
  start: { local: "2036-08-01T08:00:00", zone: "Romance Standard Time" }, end: { local: "2036-09-01T08:00:00", zone: "UTC" },
};
const SAID = { isEnabled: true, fromDate: "2036-08-01T06:00:00Z", toDate: "2036-09-01T08:00:00Z", textBody: "Absente, élue & ravie", htmlBody: ABSENT.externalText };

(server === undefined ? describe.skip : describe)(`automatic replies by JMAP to ${titleFor("james", server)}`, () => {
  const james = new James(server ?? { host: "", port: 0, root: "" });
  const [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
  const sessions: TargetSession[] = [];
  let created: Adapter;

  beforeAll(async () => {
    created = await adapter.create(adapter.options.parse({ url: james.url, user: "exodus@commune.example", password: "env:S" }), testEnvironment("courrier", { "env:S": "secret" }));
  });
  afterAll(async () => { for (const session of sessions) await session.close(); });

  /** A new account, and a session of whoever acts for it. */
  async function opened(): Promise<{ account: string; session: TargetSession }> {
    const account = `absence-${randomBytes(4).toString("hex")}@commune.example`;
    await james.addAccount(account);
    const session = await created.connect({ owner: sampleOwner(account), name: account }, "settings", signal);
    sessions.push(session);
    return { account, session };
  }
  const reply = (over: Partial<AutomaticReplyRecord> = {}): Item => sampleItem("settings", "Réponse", { ...ABSENT, ...over }, undefined, "reply");
  const contextFor = async (session: TargetSession, item: Item, known?: TargetRef): Promise<PutContext> => contextOf({ blobs, ledger, signal }, item, PLACED, await session.prepare(PLACED, undefined, signal), known);
  const put = async (session: TargetSession, item: Item, known?: TargetRef): Promise<Taken> => taken(await session.put(item, await contextFor(session, item, known)));
  const standing = async (account: string): Promise<Record<string, unknown>> => {
    const { list } = (await james.call(account, "VacationResponse/get", { ids: ["singleton"] })) as { list: Record<string, unknown>[] };
    return Object.fromEntries(Object.entries(list[0] ?? {}).filter(([key]) => key !== "id"));
  };
  const change = (account: string, patch: object): Promise<unknown> => james.call(account, "VacationResponse/set", { update: { singleton: patch } });

  it("keep text and dates, are the same when read again, and change with the source", async () => {
    const { account, session } = await opened();
    const item = reply();
    const first = await put(session, item);
    expect({ first, standing: await standing(account) }).toMatchObject({ first: { outcome: "created", losses: [] }, standing: SAID });
    expect(await session.verify(item, first.ref, await contextFor(session, item))).toEqual({ state: "same", fields: [] });
    expect(await session.find(item, await contextFor(session, item))).toEqual(first.ref);
    expect(await put(session, item, first.ref)).toEqual({ ...first, outcome: "unchanged" });
    const other = reply({ internalText: "<p>Dedans</p>", status: "on" });
    const second = await put(session, other, first.ref);
    expect(second).toMatchObject({ outcome: "updated", losses: [{ field: "internalText", change: "dropped", reason: "settings.reply-one-text" }] });
    expect(await standing(account)).toEqual({ isEnabled: true, textBody: SAID.textBody, htmlBody: SAID.htmlBody });
    const ended = await put(session, reply({ status: "off", internalText: "", externalText: "" }), second.ref);
    expect({ ended: ended.outcome, standing: await standing(account) }).toEqual({ ended: "updated", standing: { isEnabled: false } });
  });

  it("that were off, or not for everybody, are never on", async () => {
    for (const [over, losses] of [
      [{ status: "off" }, []], [{ outside: "nobody" }, ["settings.reply-everybody"]], [{ outside: "contacts" }, ["settings.reply-everybody"]], [{ externalText: "" }, ["settings.reply-everybody"]],
      [{ start: { local: "jadis" } }, ["settings.reply-window"]],
    ] as const) {
      const { account, session } = await opened();
      const item = reply(over);
      const result = await put(session, item);
      const foreseen = await created.foresee(item);
      expect({ over, told: result.losses.map(({ reason }) => reason), sure: foreseen.losses.filter(({ sure }) => sure).map(({ reason }) => reason), standing: await standing(account) }).toEqual({ over, told: losses, sure: losses, standing: { isEnabled: false } });
      expect(await session.verify(item, result.ref, await contextFor(session, item))).toMatchObject({ state: "same" });
    }
  });

  it("leave what the owner has set at the target, on or off, and take away their own only", async () => {
    const { account, session } = await opened();
    const own = { isEnabled: false, textBody: "Le mien" };
    await change(account, own);
    const item = reply();
    const left = await put(session, item);
    expect(left.losses.map(({ reason }) => reason)).toEqual(["settings.reply-standing"]);
    await session.remove(left.ref, await session.prepare(PLACED, undefined, signal), signal);
    expect(await standing(account)).toEqual(own);
    await change(account, { textBody: null });
    const written = await put(session, item, left.ref);
    expect({ losses: written.losses, standing: await standing(account) }).toMatchObject({ losses: [], standing: SAID });
    await change(account, { isEnabled: false });
    expect((await put(session, reply({ status: "on" }), written.ref)).losses.map(({ reason }) => reason)).toEqual(["settings.reply-standing"]);
    expect((await standing(account))["isEnabled"]).toBe(false);
    await change(account, { isEnabled: true });
    await session.remove(written.ref, await session.prepare(PLACED, undefined, signal), signal);
    expect(await standing(account)).toEqual({ isEnabled: false });
  });

  it("are the only settings taken", async () => {
    const { session } = await opened();
    const category = sampleItem("settings", "Élus", { v: 1, type: "category", name: "Élus", color: "blue" }, undefined);
    expect(await session.put(category, await contextFor(session, category))).toEqual({ outcome: "skipped", code: "SETTING_UNPLACED" });
    expect(await created.foresee(category)).toMatchObject({ skipped: "SETTING_UNPLACED" });
  });
});
