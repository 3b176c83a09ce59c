import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { adapter } from "../../adapters/managesieve/index.js";
import type { PutResult, TargetSession } from "../../src/core/adapter.js";
import type { Item, PlacedContainer } from "../../src/core/item.js";
import type { MessageRuleRecord } from "../../src/format/settings.js";
import { contextOf, MemoryBlobs, MemoryLedger, sampleOwner } from "../../src/kit/conformance/harness.js";
import { sampleItem } from "../../src/kit/conformance/sample-item.js";
import { testEnvironment } from "../environment.js";
import { withClient } from "../imap-client.js";
import { literal, sieveTalk } from "../managesieve-client.js";
import { titleFor, useServer } from "../servers.js";

const dovecot = useServer("dovecot");
const { host, port: imap, sievePort: port = 0 } = dovecot ?? { host: "", port: 0 };
const signal = new AbortController().signal;
const surroundings = { blobs: new MemoryBlobs(), ledger: new MemoryLedger(), signal };
const RULES: PlacedContainer = { workload: "settings", owner: "o", id: "rules", name: "Rules", path: ["Rules"] };

const newAccount = (): string => `filtre-${randomBytes(4).toString("hex")}@commune.example`;
const talk = (account: string, ...commands: string[]): Promise<string[]> => sieveTalk({ host, port, user: account, pass: "secret" }, commands);
const rule = (name: string, over: Partial<MessageRuleRecord> = {}): Item => {
  const record: MessageRuleRecord = { v: 1, type: "message-rule", name, order: 1, enabled: true, hasError: false, readOnly: false, conditions: { subjectContains: [name] }, exceptions: {}, actions: { markAsRead: true }, ...over };
  return sampleItem("settings", name, record, undefined);
};

async function within<T>(account: string, options: Record<string, unknown>, use: (session: TargetSession) => Promise<T>): Promise<T> {
  const created = await adapter.create(adapter.options.parse({ host, port, security: "none", password: "env:P", ...options }), testEnvironment("mairie", { "env:P": "secret" }));
  const session = await created.connect({ owner: sampleOwner(account), name: account }, "settings", signal);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}
async function put(session: TargetSession, item: Item, known?: string): Promise<PutResult> {
  return session.put(item, contextOf(surroundings, item, RULES, await session.prepare(RULES, known, signal)));
}
const reasons = (result: PutResult): string[] => (result.outcome === "skipped" ? [result.code] : result.losses.map(({ reason }) => reason));
const scriptOf = async (account: string, name = "o365-exodus"): Promise<string> => (await talk(account, `GETSCRIPT "${name}"`))[0] ?? "";

(dovecot === undefined ? describe.skip : describe)(`options of managesieve on ${titleFor("dovecot", dovecot)}`, () => {
  it("activate: replace takes the place of the owner's script, which stays stored; never leaves it in use and says so", async () => {
    const [replaced, left] = [newAccount(), newAccount()];
    for (const account of [replaced, left]) await talk(account, `PUTSCRIPT "mien" ${literal("keep;\r\n")}`, 'SETACTIVE "mien"');
    expect(reasons(await within(replaced, { activate: "replace" }, (session) => put(session, rule("a"))))).toEqual([]);
    expect(reasons(await within(left, { activate: "never" }, (session) => put(session, rule("a"))))).toEqual(["settings.script-inactive"]);
    expect(await talk(replaced, "LISTSCRIPTS")).toEqual([expect.stringMatching(/"mien"\r\n[^]*"o365-exodus" ACTIVE|"o365-exodus" ACTIVE\r\n[^]*"mien"\r\n/)]);
    expect(await talk(left, "LISTSCRIPTS")).toEqual([expect.stringContaining('"mien" ACTIVE')]);
  });

  it("who switches the script off is obeyed by later changes, which say that it is not in use; verify tells it", async () => {
    const account = newAccount();
    const item = rule("a");
    await within(account, {}, (session) => put(session, item));
    await talk(account, 'SETACTIVE ""');
    await within(account, {}, async (session) => {
      expect(reasons(await put(session, rule("b")))).toEqual(["settings.script-inactive"]);
      const context = contextOf(surroundings, item, RULES, await session.prepare(RULES, undefined, signal));
      expect((await session.verify(item, { id: context.idempotencyKey }, context)).fields).toEqual([{ field: "active", expected: "o365-exodus", found: "" }]);
    });
    expect((await talk(account, "LISTSCRIPTS"))[0]).not.toContain("ACTIVE");
  });

  it.each([
    ["none", [], ["settings.rule-outside", "settings.rule-outside"]], ["inside", ["b@commune.example"], ["settings.rule-outside"]], ["all", ["a@dehors.example", "b@commune.example"], []],
  ] as const)("redirects: %s resends to %j", async (redirects, addresses, losses) => {
    const account = newAccount();
    const item = rule("r", { actions: { redirectTo: [{ address: "a@dehors.example" }, { address: "b@commune.example" }] } });
    expect(reasons(await within(account, { redirects }, (session) => put(session, item)))).toEqual(losses);
    expect([...(await scriptOf(account)).matchAll(/redirect :copy "([^"]*)"/g)].map(([, address]) => address)).toEqual(addresses);
  });

  it("replies: off writes the reply switched off, and names it", async () => {
    const account = newAccount();
    const reply = sampleItem("settings", "r", { v: 1, type: "automatic-reply", status: "on", outside: "everybody", internalText: "<p>Absent</p>", externalText: "<p>Absent</p>" }, undefined);
    expect(reasons(await within(account, { replies: "off" }, (session) => put(session, reply)))).toEqual(["settings.reply-off"]);
    const script = await scriptOf(account);
    expect([script.includes("# Automatic reply: off"), script.includes("vacation")]).toEqual([true, false]);
  });

  it("another name renames the script that stands, in use as it was", async () => {
    const account = newAccount();
    await within(account, {}, (session) => put(session, rule("a")));
    await within(account, { script: "reprise" }, (session) => put(session, rule("b"), "o365-exodus/rules"));
    expect((await talk(account, "LISTSCRIPTS"))[0]).toMatch(/^"reprise" ACTIVE\r\nOK/);
    expect([...(await scriptOf(account, "reprise")).matchAll(/^# Rule: (.)/gm)].map(([, name]) => name).sort()).toEqual(["a", "b"]);
  });

  it("under another name, what stands is verified and removed where it was put", async () => {
    const [account, items] = [newAccount(), [rule("a"), rule("b"), rule("c")] as const];
    for (const item of items) await within(account, {}, (session) => put(session, item));
    const old = { id: "o365-exodus/rules", created: false, losses: [] };
    const keys = items.map((item) => ({ id: contextOf(surroundings, item, RULES, old).idempotencyKey }));
    await within(account, { script: "reprise" }, async (session) => {
      for (const [at, item] of items.entries()) expect(await session.verify(item, keys[at] ?? { id: "" }, contextOf(surroundings, item, RULES, old))).toEqual({ state: "same", fields: [] });
      await session.remove(keys[0] ?? { id: "" }, old, signal);
      expect([await session.removeContainer("o365-exodus/rules", signal), [...(await scriptOf(account)).matchAll(/^# Rule: (.)/gm)].map(([, name]) => name).sort()]).toEqual([false, ["b", "c"]]);
      // Renamed, and the new address was not saved any more.
      await session.prepare(RULES, old.id, signal);
      await session.remove(keys[1] ?? { id: "" }, old, signal);
      expect([...(await scriptOf(account, "reprise")).matchAll(/^# Rule: (.)/gm)].map(([, name]) => name)).toEqual(["c"]);
      await session.remove(keys[2] ?? { id: "" }, old, signal);
      expect(await session.removeContainer("o365-exodus/rules", signal)).toBe(true);
    });
    expect((await talk(account, "LISTSCRIPTS"))[0]).toMatch(/^OK/);
  });

  it("another name that a script bears already is refused by name", async () => {
    const account = newAccount();
    await within(account, {}, (session) => put(session, rule("a")));
    await talk(account, `PUTSCRIPT "reprise" ${literal("keep;\r\n")}`);
    await within(account, { script: "reprise" }, async (session) => {
      await expect(session.prepare(RULES, "o365-exodus/rules", signal)).rejects.toMatchObject({ code: "TARGET_SCRIPT_TWICE" });
    });
    expect((await talk(account, "LISTSCRIPTS"))[0]).toContain('"o365-exodus" ACTIVE');
  });

  it("what its owner adds stays, what they change between the marks is replaced when the source changes, and told", async () => {
    const account = newAccount();
    const item = rule("a");
    await within(account, {}, (session) => put(session, item));
    const text = (await scriptOf(account)).replace(/^\{\d+\+?\}\r\n/, "").replace(/\r\nOK.*\r\n$/, "");
    const added = `${text.replace('"a"', '"change"').replace('require "imap4flags"', 'require ["imap4flags", "variables"]')}\r\nset "mot" "perso";\r\n`;
    await talk(account, `PUTSCRIPT "o365-exodus" ${literal(added)}`);
    expect(reasons(await within(account, {}, (session) => put(session, rule("b"))))).toEqual([]);
    const changed = { ...item, record: { ...(item.record as MessageRuleRecord), enabled: false } };
    expect(reasons(await within(account, {}, (session) => put(session, changed)))).toEqual(["target.edit-replaced"]);
    const after = await scriptOf(account);
    expect([after.includes('"perso"'), after.includes('"change"'), after.includes('"a"'), after.includes('"variables"')]).toEqual([true, false, true, true]);
  });

  it("a rule files by the names that the server has: special use, marks, separator", async () => {
    const [account, dots] = [newAccount(), "point@commune.example"];
    await withClient({ host, port: imap, user: account, pass: "secret" }, (client) => client.mailboxCreate("Sent"));
    const to = (path: string[], role?: "inbox" | "sent"): Item => rule("f", { actions: { moveToFolder: { id: "F", path, ...(role === undefined ? {} : { role }) } } });
    const asked = { imap: { port: imap, security: "none" } };
    await within(account, asked, (session) => put(session, to(["Éléments envoyés"], "sent")));
    await within(account, asked, (session) => put(session, to(["Boîte de réception", "Élus/2026"], "inbox")));
    expect([...(await scriptOf(account)).matchAll(/fileinto :create "([^"]*)"/g)].map(([, name]) => name).sort()).toEqual(["INBOX/Élus／2026", "Sent"]);
    const item = to(["Boîte de réception", "v1.2"], "inbox");
    await within(dots, asked, (session) => put(session, item));
    expect(await scriptOf(dots)).toContain('fileinto :create "INBOX.v1．2"');
    await within(dots, asked, async (session) => session.remove({ id: contextOf(surroundings, item, RULES, await session.prepare(RULES, undefined, signal)).idempotencyKey }, { id: "", created: false, losses: [] }, signal));
  });
});
