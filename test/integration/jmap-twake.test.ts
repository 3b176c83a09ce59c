import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/jmap/index.js";
import type { PutContext, TargetRef, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer, WorkloadName } from "../../src/core/item.js";
import type { CategoryRecord, MessageRuleRecord } from "../../src/format/settings.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { TmailFront } from "../emulators/tmail/front.js";
import { testEnvironment } from "../environment.js";
import { James } from "../james.js";
import { titleFor, useServer } from "../servers.js";
import { taken, type Taken } from "../taken.js";

const server = useServer("james");
const { signal } = new AbortController();
const place = (workload: WorkloadName, name: string): PlacedContainer => ({ workload, owner: "o", id: `c-${name}`, name, path: [name] });
const SETTINGS = place("settings", "Règles");
const FOLDER = place("mail", "Factures");

(server === undefined ? describe.skip : describe)(`labels and filters of Twake Mail, emulated before ${titleFor("james", server)}`, () => {
  const james = new James(server ?? { host: "", port: 0, root: "" });
  const front = new TmailFront(james.url);
  const [blobs, ledger] = [new MemoryBlobs(), new MemoryLedger()];
  const name = `etiquettes-${randomBytes(4).toString("hex")}@commune.example`;
  const sessions: TargetSession[] = [];
  let account = "";

  beforeAll(async () => {
    await front.start();
    await james.addAccount(name);
    account = String((await james.call(name, "Mailbox/get", { ids: [] }))["accountId"]);
  });
  afterAll(async () => {
    for (const session of sessions) await session.close();
    await front.stop();
    expect(front.undescribed).toEqual([]);
  });

  async function open(workload: WorkloadName, options: Record<string, unknown> = {}): Promise<TargetSession> {
    const created = await adapter.create(adapter.options.parse({ url: front.url, user: "exodus@commune.example", password: "env:S", ...options }), testEnvironment("courrier", { "env:S": "secret" }));
    const session = await created.connect({ owner: sampleOwner(name), name }, workload, signal);
    sessions.push(session);
    return session;
  }
  const contextFor = async (session: TargetSession, item: Item, placed: PlacedContainer, known?: TargetRef): Promise<PutContext> => contextOf({ blobs, ledger, signal }, item, placed, await session.prepare(placed, undefined, signal), known);
  const put = async (session: TargetSession, item: Item, placed = SETTINGS, known?: TargetRef): Promise<Taken> => taken(await session.put(item, await contextFor(session, item, placed, known)));
  const reasons = ({ losses }: Taken): string[] => losses.map(({ reason }) => reason);
  const labels = (): { displayName: string; color: string | null }[] => [...front.account(account).labels.values()].map(({ displayName, color }) => ({ displayName, color }));
  const keywordOf = (label: string): string | undefined => [...front.account(account).labels.values()].find(({ displayName }) => displayName === label)?.keyword;
  const text = (subject: string): Buffer => Buffer.from(`From: a@ailleurs.example\r\nTo: ${name}\r\nSubject: ${subject}\r\nMessage-ID: <${randomBytes(6).toString("hex")}@x>\r\nDate: Tue, 1 Sep 2026 10:00:00 +0200\r\n\r\nBonjour\r\n`);
  const message = (categories: readonly string[], id: string, body = blobs.add(text(id), ".eml")): Item => sampleItem("mail", id, { v: 1, type: "mail", isRead: true, isDraft: false, hasAttachments: false, flag: "none", importance: "normal", categories: [...categories], receivedAt: "2026-09-01T08:00:00Z" }, body, id);
  const category = (label: string, color: string): Item => sampleItem("settings", label, { v: 1, type: "category", name: label, color } satisfies CategoryRecord, undefined, `cat-${label}`);
  const rule = (over: Partial<MessageRuleRecord>, id = "r1"): Item => sampleItem("settings", id, {
    v: 1, type: "message-rule", name: id, order: 1, enabled: true, hasError: false, readOnly: false, exceptions: {}, conditions: { subjectContains: ["facture"] },
    actions: { moveToFolder: { id: FOLDER.id, path: ["Factures"] } }, ...over,
  } satisfies MessageRuleRecord, undefined, id);

  it("categories of a message are labels, made once though two messages come at the same time, and are found again", async () => {
    const session = await open("mail");
    const items = [message(["Élus", "Urgent"], "m1"), message(["élus"], "m2")];
    const done = await Promise.all(items.map((item) => put(session, item, FOLDER)));
    expect(labels().map(({ displayName }) => displayName).sort()).toEqual(["Urgent", "Élus"]);
    expect(done.flatMap(reasons).filter((reason) => reason !== "mail.rewritten")).toEqual([]);
    const { list } = (await james.call(name, "Email/get", { ids: done.map(({ ref }) => ref.id), properties: ["keywords"] })) as { list: { keywords: Record<string, true> }[] };
    const [urgent, elus] = [keywordOf("Urgent"), keywordOf("Élus")];
    expect(list.map(({ keywords }) => Object.keys(keywords).sort())).toEqual(expect.arrayContaining([["$seen", urgent, elus].sort(), ["$seen", elus].sort()]));
    for (const [index, item] of items.entries()) expect(await session.verify(item, done[index]?.ref as TargetRef, await contextFor(session, item, FOLDER))).toEqual({ state: "same", fields: [] });
    await james.call(name, "Email/set", { update: { [done[1]?.ref.id ?? ""]: { [`keywords/${elus ?? ""}`]: null } } });
    expect(await session.verify(items[1] as Item, done[1]?.ref as TargetRef, await contextFor(session, items[1] as Item, FOLDER))).toMatchObject({ state: "different", fields: [{ field: "categories" }] });
  });

  it("a label whose answer was lost is not made twice, and a changed category changes the message", async () => {
    const session = await open("mail");
    const item = message(["Perdue"], "m3");
    front.lostAnswers = 1;
    await expect(put(session, item, FOLDER)).rejects.toMatchObject({ errorClass: "retryable" });
    const first = await put(session, item, FOLDER);
    expect(labels().filter(({ displayName }) => displayName === "Perdue")).toHaveLength(1);
    const second = await put(session, message(["Retrouvée"], "m3", item.body), FOLDER, first.ref);
    expect([second.outcome, second.ref.id]).toEqual(["updated", first.ref.id]);
    const { list } = (await james.call(name, "Email/get", { ids: [first.ref.id], properties: ["keywords"] })) as { list: { keywords: Record<string, true> }[] };
    expect(Object.keys(list[0]?.keywords ?? {}).sort()).toEqual(["$seen", keywordOf("Retrouvée")].sort());
  });

  it("the mailbox's own categories give labels their colour, and leave the one that people chose", async () => {
    const session = await open("settings");
    const painted = await put(session, category("Urgent", "red"));
    expect([painted.outcome, reasons(painted)]).toEqual(["created", ["settings.category-color"]]);
    expect(labels()).toContainEqual({ displayName: "Urgent", color: "#ff0000" });
    const made = await put(session, category("Budget", "dark-blue"));
    const label = [...front.account(account).labels.values()].find(({ displayName }) => displayName === "Budget");
    expect(label?.color).toBe("#00008b");
    expect((await put(session, category("Budget", "green"), SETTINGS, made.ref)).outcome).toBe("updated");
    expect(label?.color).toBe("#008000");
    Object.assign(label ?? {}, { color: "#123456" });
    const other = await open("settings");
    expect((await put(other, category("Budget", "red"), SETTINGS, made.ref)).outcome).toBe("unchanged");
    expect(label?.color).toBe("#123456");
    await other.remove(painted.ref, { id: "x", created: false, losses: [] }, signal);
    await other.remove(made.ref, { id: "x", created: false, losses: [] }, signal);
    // "Urgent" stood before, for a message; "Budget" was made for the category.
    expect(labels().map(({ displayName }) => displayName)).toEqual(expect.arrayContaining(["Urgent"]));
    expect(labels().map(({ displayName }) => displayName)).not.toContain("Budget");
  });

  it("rules that the filter can say are put behind the owner's own, once, change with the source, and go", async () => {
    const session = await open("settings");
    const mailbox = (await (await open("mail")).prepare(FOLDER, undefined, signal)).id;
    const own = { name: "À moi", conditionGroup: { conditionCombiner: "OR", conditions: [{ field: "from", comparator: "contains", value: "x" }] }, action: { appendIn: { mailboxIds: [] }, forwardTo: { addresses: ["y@commune.example"], keepACopy: true } } };
    const stored = front.account(account);
    Object.assign(stored, { rules: [own], version: 4 });
    const item = rule({ actions: { moveToFolder: { id: FOLDER.id, path: ["Factures"] }, assignCategories: ["Urgent"], markAsRead: true, stopProcessingRules: true }, exceptions: { senderContains: ["banque"] } });
    const first = await put(session, item);
    expect([first.outcome, first.losses.map(({ field, reason }) => `${field} ${reason}`)]).toEqual(["created", ["conditions settings.rule-capitals", "actions.stopProcessingRules settings.rule-action"]]);
    expect(stored.rules).toEqual([own, {
      name: "r1", action: { appendIn: { mailboxIds: [mailbox] }, markAsSeen: true, markAsImportant: false, reject: false, withKeywords: [keywordOf("Urgent")] },
      conditionGroup: { conditionCombiner: "AND", conditions: [{ field: "subject", comparator: "contains", value: "facture" }, { field: "from", comparator: "not-contains", value: "banque" }] },
    }].map((one) => expect.objectContaining({ ...one, action: expect.objectContaining(one.action) })));
    // A lost ledger finds it, and a lost answer does not double it.
    expect(await session.find(item, await contextFor(session, item, SETTINGS))).toEqual(first.ref);
    expect((await put(session, item, SETTINGS, first.ref)).outcome).toBe("unchanged");
    front.lostAnswers = 1;
    const two = rule({ conditions: { fromAddresses: [{ address: "a@b.example" }, { address: "c@b.example" }] } }, "r2");
    await expect(put(session, two)).rejects.toMatchObject({ errorClass: "retryable" });
    const second = await put(session, two);
    expect([second.outcome, stored.rules.map(({ name: title }) => title)]).toEqual(["created", ["À moi", "r1", "r2"]]);
    expect(stored.rules[2]?.conditionGroup).toEqual({ conditionCombiner: "OR", conditions: ["a@b.example", "c@b.example"].map((value) => ({ field: "from", comparator: "exactly-equals", value })) });
    const changed = await put(session, rule({ conditions: { subjectContains: ["devis"] } }), SETTINGS, first.ref);
    expect([changed.outcome, stored.rules.map(({ conditionGroup }) => conditionGroup.conditions[0]?.value)]).toEqual(["updated", ["x", "devis", "a@b.example"]]);
    expect(await session.verify(two, second.ref, await contextFor(session, two, SETTINGS))).toEqual({ state: "same", fields: [] });
    await session.remove(second.ref, { id: "x", created: false, losses: [] }, signal);
    expect(stored.rules.map(({ name: title }) => title)).toEqual(["À moi", "r1"]);
    expect(await session.verify(two, second.ref, await contextFor(session, two, SETTINGS))).toEqual({ state: "missing", fields: [] });
  });

  it.each([
    ["deletes", { actions: { delete: true } }], ["deletes by its folder", { actions: { moveToFolder: { id: "t", path: ["Trash"], role: "trash" } } }],
    ["is switched off", { enabled: false }], ["asks for what no filter tests", { conditions: { subjectContains: ["a"], hasAttachments: true } }],
    ["asks for all of several words of two kinds", { conditions: { subjectContains: ["a", "b"], senderContains: ["c"] } }], ["has no condition", { conditions: {} }],
    ["files into a folder that is not there", { actions: { moveToFolder: { id: "n", path: ["Nulle part"] } } }], ["only sends on", { actions: { redirectTo: [{ address: "z@x.example" }] } }],
  ] as const)("a rule that %s is left out, and nothing is written", async (_title, over) => {
    const session = await open("settings");
    const { rules, version } = front.account(account);
    const item = rule(over as Partial<MessageRuleRecord>, "laissée");
    expect(await session.put(item, await contextFor(session, item, SETTINGS))).toEqual({ outcome: "skipped", code: "SETTING_UNPLACED" });
    expect(front.account(account)).toMatchObject({ rules, version });
  });

  it("rules may be left to another part, and doctor tells what the server has", async () => {
    const session = await open("settings", { rules: "off" });
    const item = rule({});
    expect(await session.put(item, await contextFor(session, item, SETTINGS))).toEqual({ outcome: "skipped", code: "SETTING_UNPLACED" });
    const created = await adapter.create(adapter.options.parse({ url: front.url, user: "exodus@commune.example", password: "env:S" }), testEnvironment("courrier", { "env:S": "secret" }));
    const told: string[] = [];
    for await (const { message } of created.check(signal)) told.push(message);
    expect(told).toEqual([expect.stringContaining("labels, filters")]);
  });
});
