import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { countMessages, withClient } from "../imap-client.js";
import { deliver } from "../lmtp.js";
import { literal, sieveTalk } from "../managesieve-client.js";
import { titleFor, useServer } from "../servers.js";
import { cli, launch, records, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;

const dovecot = useServer("dovecot");
const real = dovecot === undefined ? describe.skip : describe;
const { host, port: imap, sievePort: sieve = 0, lmtpPort: lmtp = 0, root } = dovecot ?? { host: "", port: 0, root: "" };
const DOMAIN = `m${randomBytes(4).toString("hex")}.example`;
const [ZOE, PAUL] = [`zoe@${DOMAIN}`, `paul@${DOMAIN}`];
const PASSWORD = { EXODUS_TEST_PASSWORD: "secret" };
const SIEVE = { adapter: "managesieve", host, port: sieve, security: "none", password: "env:EXODUS_TEST_PASSWORD", imap: { port: imap, security: "none" } };
const at = (user: string): { host: string; port: number; user: string; pass: string } => ({ host, port: imap, user, pass: "secret" });
const sieveAt = (user: string): { host: string; port: number; user: string; pass: string } => ({ host, port: sieve, user, pass: "secret" });

const person = (address: string): Json => ({ emailAddress: { address } });
const RULES: readonly Json[] = [
  { displayName: "Factures", sequence: 2, conditions: { subjectContains: ["facture"] }, actions: { moveToFolder: "Boîte de réception/Factures & devis", assignCategories: ["Élus"], stopProcessingRules: true } },
  { displayName: "Collègue", sequence: 1, conditions: { subjectContains: ["astreinte"] }, actions: { redirectTo: [person(PAUL)] } },
  { displayName: "Dehors", sequence: 3, conditions: { subjectContains: ["astreinte"] }, actions: { redirectTo: [person("ailleurs@dehors.example")] } },
  { displayName: "Envoyer et jeter", sequence: 4, conditions: { subjectContains: ["secret"] }, actions: { redirectTo: [person("ailleurs@dehors.example")], delete: true } },
];
const REPLY = { status: "alwaysEnabled", externalAudience: "all", internalReplyMessage: "<p>Absente, voyez Paul</p>", externalReplyMessage: "<p>Absente jusqu’à lundi</p>" };

real(`inbox rules and the automatic reply of a mailbox, at ${titleFor("dovecot", dovecot)}`, () => {
  let staged: Stage;
  let work: WorkDir;
  const tenant = async (file: string, value: unknown): Promise<void> => {
    const to = path.join(staged.tenant, "users", ZOE, "settings", file);
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, JSON.stringify(value));
  };
  const migrate = async (...args: string[]): Promise<Json[]> => records((await cli(["migrate", "--config", work.config, "--json", ...args], { env: PASSWORD })).stdout);
  const settingsOf = (run: readonly Json[]): Json[] => run.filter(({ type, workload, stage: step }) => type === "item" && workload === "settings" && step === "push");
  const send = (to: string, subject: string, from = "d@ailleurs.example"): Promise<void> =>
    deliver({ host, port: lmtp }, from, to, `From: ${from}\nTo: ${to}\nSubject: ${subject}\nMessage-ID: <${randomBytes(8).toString("hex")}@x>\nDate: Tue, 1 Sep 2026 10:00:00 +0200\n\nBonjour\n`);
  /** Messages that the server itself has sent to somebody. */
  const outbox = async (to: string): Promise<string[]> => {
    const dir = path.join(root, "data/outbox");
    const all = await Promise.all((await readdir(dir)).filter((name) => name.endsWith(".eml")).map((name) => readFile(path.join(dir, name), "utf8")));
    return all.filter((text) => text.split("\n", 1)[0]?.includes(to));
  };

  beforeAll(async () => {
    staged = await stage(async (folder) => {
      for (const user of [ZOE, PAUL]) await mkdir(path.join(folder, "users", user, "mail/Boîte de réception/Factures & devis"), { recursive: true });
      await writeFile(path.join(folder, "tenant.json"), JSON.stringify({ name: "Mairie", domain: DOMAIN }));
    });
    await tenant("messageRules.json", RULES);
    await tenant("mailboxSettings.json", { automaticRepliesSetting: REPLY });
    await tenant("masterCategories.json", [{ displayName: "Élus", color: "preset7" }]);
    await staged.served.control("rescan");
    work = await workDir(staged.served, {
      owners: [ZOE], targets: { courrier: { adapter: "imap", host, port: imap, security: "none", password: "env:EXODUS_TEST_PASSWORD" }, filtres: SIEVE },
      routes: [{ workload: "mail", to: "courrier" }, { workload: "settings", to: "filtres" }],
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("are written in order, with what stays behind told: a rule does not send mail out of the organisation, and deletes nothing that it did not send", async () => {
    const run = await migrate();
    const told = settingsOf(run);
    expect(told.map(({ title }) => title).filter((title) => RULES.some(({ displayName }) => displayName === title))).toEqual(["Collègue", "Factures", "Dehors", "Envoyer et jeter"]);
    expect(told.map(({ title, state, losses, failure }) => [title, state, ((losses ?? []) as Json[]).map(({ reason }) => reason), (failure as Json | undefined)?.["code"]]).sort()).toEqual([
      ["Collègue", "migrated", [], undefined],
      ["Dehors", "converted", ["settings.rule-outside"], undefined],
      ["Envoyer et jeter", "converted", ["settings.rule-off", "settings.rule-outside"], undefined],
      ["Factures", "migrated", [], undefined],
      ["automatic reply", "converted", ["settings.reply-repeat"], undefined],
      ["mailbox settings", "skipped", [], "SETTING_UNPLACED"],
      ["Élus", "skipped", [], "SETTING_UNPLACED"],
    ]);
    const [listed, script] = await sieveTalk(sieveAt(ZOE), ["LISTSCRIPTS", 'GETSCRIPT "o365-exodus"']);
    expect(listed).toContain('"o365-exodus" ACTIVE');
    expect(script).not.toContain("dehors.example");
    expect([...(script ?? "").matchAll(/^# (Automatic reply|Rule: .*)$/gm)].map(([, name]) => name)).toEqual(["Automatic reply", "Rule: Collègue", "Rule: Factures", "Rule: Dehors", "Rule: Envoyer et jeter"]);
  });

  it("work: a message is filed where the rule says, with the category's keyword, in the very folder that the mail was put into", async () => {
    await send(ZOE, "Votre facture");
    expect(await countMessages(at(ZOE), "INBOX/Factures & devis")).toBe(1);
    expect(await countMessages(at(ZOE), "INBOX")).toBe(0);
    const { flags, folders } = await withClient(at(ZOE), async (client) => {
      await client.mailboxOpen("INBOX/Factures & devis");
      const message = await client.fetchOne("*", { flags: true });
      return { flags: message === false ? [] : [...(message.flags ?? [])], folders: (await client.list()).map(({ path: name }) => name) };
    });
    expect(flags).toContain("_c3_89lus");
    expect(folders.filter((name) => name.includes("Factures"))).toEqual(["INBOX/Factures & devis"]);
  });

  it("work: the absence is answered, otherwise inside than outside, and once a sender", async () => {
    const outsider = `o${randomBytes(4).toString("hex")}@ailleurs.example`;
    await send(ZOE, "Bonjour", outsider);
    await send(ZOE, "Encore", outsider);
    await send(ZOE, "Bonjour", `c${DOMAIN}@${DOMAIN}`);
    for (let tries = 0; tries < 50 && (await outbox(`c${DOMAIN}`)).length === 0; tries += 1) await sleep(100);
    const [outside, inside] = [await outbox(outsider), await outbox(`c${DOMAIN}`)];
    expect([outside.length, inside.length]).toEqual([1, 1]);
    expect(outside[0]).toContain(Buffer.from("<p>Absente jusqu’à lundi</p>").toString("base64"));
    expect(inside[0]).toContain(Buffer.from("<p>Absente, voyez Paul</p>").toString("base64"));
    expect(inside[0]).toMatch(/^Auto-Submitted: auto-replied/m);
  });

  it("work: a message is sent on to a colleague, stays, and leaves for nobody outside; what a rule could not send on is not deleted", async () => {
    const before = await countMessages(at(ZOE), "INBOX");
    await send(ZOE, "astreinte");
    await send(ZOE, "secret");
    for (let tries = 0; tries < 50 && (await outbox(PAUL)).length === 0; tries += 1) await sleep(100);
    expect([(await outbox(PAUL)).length, (await outbox("dehors.example")).length, await countMessages(at(ZOE), "INBOX")]).toEqual([1, 0, before + 2]);
  });

  it("are the same when read back, and a second run writes nothing", async () => {
    const [before] = await sieveTalk(sieveAt(ZOE), ['GETSCRIPT "o365-exodus"']);
    const verified = await cli(["verify", "--config", work.config, "--json", "--workload", "settings"], { env: PASSWORD });
    expect({ code: verified.code, ...summary(verified.stdout).verified }).toMatchObject({ code: 0, same: 5, different: 0, missing: 0 });
    expect(settingsOf(await migrate("--pass", "delta"))).toEqual([]);
    expect(await sieveTalk(sieveAt(ZOE), ['GETSCRIPT "o365-exodus"'])).toEqual([before]);
  });

  it("follow changes, and go with --apply-deletions", async () => {
    await tenant("messageRules.json", [{ ...RULES[0], conditions: { subjectContains: ["devis"] } }, ...RULES.slice(2)]);
    await tenant("mailboxSettings.json", { automaticRepliesSetting: { ...REPLY, status: "disabled" } });
    await staged.served.control("rescan");
    const run = await migrate("--pass", "delta", "--apply-deletions");
    expect(settingsOf(run).map(({ title, state }) => [title, state]).sort()).toEqual([["Collègue", "removed"], ["Factures", "migrated"], ["automatic reply", "migrated"]]);
    const [script = ""] = await sieveTalk(sieveAt(ZOE), ['GETSCRIPT "o365-exodus"']);
    expect([script.includes('"devis"'), script.includes("Collègue"), script.includes("vacation")]).toEqual([true, false, false]);
  });

  it("killed at any moment, are neither lost nor doubled, and in use at the end", async () => {
    const marie = `marie@${DOMAIN}`;
    await mkdir(path.join(staged.tenant, "users", marie, "settings"), { recursive: true });
    const rules = Array.from({ length: 40 }, (_, index) => ({ displayName: `R${index}`, sequence: 40 - index, conditions: { subjectContains: [`mot${index}`] }, actions: { markAsRead: true } }));
    await writeFile(path.join(staged.tenant, "users", marie, "settings/messageRules.json"), JSON.stringify(rules));
    await staged.served.control("rescan");
    const args = ["migrate", "--config", work.config, "--json", "--owner", marie, "--workload", "settings"];
    const ends: (number | null)[] = [];
    for (const afterItems of [0, 1, 5, 12]) {
      const { child, done } = launch(args, { env: PASSWORD });
      let told = "";
      child.stdout?.on("data", (chunk) => {
        told += String(chunk);
        if ((told.match(/"stage":"push".*"title":"R/g)?.length ?? 0) > afterItems || (afterItems === 0 && told.includes('"stage":"push"'))) child.kill("SIGKILL");
      });
      ends.push((await done).code);
    }
    // A quick machine may be through with all before a later kill arrives.
    expect([ends.slice(0, 2), ends.slice(2).filter((code) => code !== null && code !== 0)]).toEqual([[null, null], []]);
    expect(summary((await cli(args, { env: PASSWORD })).stdout).counts).toMatchObject({ failed: 0, pending: 0 });
    const [listed = "", script = ""] = await sieveTalk(sieveAt(marie), ["LISTSCRIPTS", 'GETSCRIPT "o365-exodus"']);
    expect(listed).toContain('"o365-exodus" ACTIVE');
    expect([...script.matchAll(/^# Rule: (.*)\r$/gm)].map(([, name]) => name)).toEqual(rules.map(({ displayName }) => displayName).reverse());
    expect(summary((await cli(["verify", ...args.slice(1)], { env: PASSWORD })).stdout).verified).toMatchObject({ same: 41, different: 0, missing: 0 });
  });

  it("that an administrator may not write are told by doctor in French, with what to do", async () => {
    const denied = await workDir(staged.served, { owners: [ZOE], targets: { filtres: { ...SIEVE, admin: PAUL, probe: ZOE } }, routes: [{ workload: "settings", to: "filtres" }] });
    const { code, stdout } = await cli(["doctor", "--config", denied.config, "--lang", "fr"], { env: PASSWORD });
    await denied.remove();
    expect([code === 0, stdout.includes(`ne laisse pas ${PAUL} se connecter pour ${ZOE}`), stdout.includes("son droit d'agir pour autrui")]).toEqual([false, true, true]);
  });

  it("stand beside a script that the owner wrote, which stays in use, and say so", async () => {
    await sieveTalk(sieveAt(PAUL), [`PUTSCRIPT "roundcube" ${literal("keep;\r\n")}`, 'SETACTIVE "roundcube"']);
    await mkdir(path.join(staged.tenant, "users", PAUL, "settings"), { recursive: true });
    await writeFile(path.join(staged.tenant, "users", PAUL, "settings/messageRules.json"), JSON.stringify([RULES[0]]));
    await staged.served.control("rescan");
    const run = settingsOf(await migrate("--owner", PAUL, "--workload", "settings"));
    expect(run.find(({ title }) => title === "Factures")).toMatchObject({ state: "converted", losses: [{ reason: "settings.script-inactive" }] });
    expect(await sieveTalk(sieveAt(PAUL), ["LISTSCRIPTS", 'GETSCRIPT "roundcube"'])).toEqual([expect.stringContaining('"roundcube" ACTIVE'), expect.stringContaining("keep;")]);
  });

  it("are put again under another name of the target, with its changed options and none twice", async () => {
    const renamed = path.join(work.dir, "renamed.yaml");
    await writeFile(renamed, (await readFile(work.config, "utf8")).replaceAll("filtres", "filtres2").replace("adapter: managesieve", "adapter: managesieve\n    activate: replace"));
    const args = ["migrate", "--json", "--owner", PAUL, "--workload", "settings"];
    expect(settingsOf(records((await cli([...args, "--config", work.config], { env: PASSWORD })).stdout))).toEqual([]);
    const again = settingsOf(records((await cli([...args, "--config", renamed], { env: PASSWORD })).stdout));
    expect(again.find(({ title }) => title === "Factures")).toMatchObject({ state: "already-there", losses: [] });
    const [listed, script = ""] = await sieveTalk(sieveAt(PAUL), ["LISTSCRIPTS", 'GETSCRIPT "o365-exodus"', 'SETACTIVE "roundcube"']);
    expect([listed?.includes('"o365-exodus" ACTIVE'), script.match(/^# Rule: /gm)?.length]).toEqual([true, 1]);
  });

  it("are refused by name where somebody else's script bears the name", async () => {
    await sieveTalk(sieveAt(PAUL), ['DELETESCRIPT "o365-exodus"', `PUTSCRIPT "o365-exodus" ${literal("discard;\r\n")}`]);
    await writeFile(path.join(staged.tenant, "users", PAUL, "settings/messageRules.json"), JSON.stringify([{ ...RULES[0], displayName: "Neuve" }]));
    await staged.served.control("rescan");
    const run = await cli(["migrate", "--config", work.config, "--json", "--owner", PAUL, "--workload", "settings"], { env: PASSWORD });
    expect(summary(run.stdout).blocked.map(({ code }) => code)).toEqual(["TARGET_SCRIPT_FOREIGN"]);
    expect(await sieveTalk(sieveAt(PAUL), ['GETSCRIPT "o365-exodus"'])).toEqual([expect.stringContaining("discard;")]);
  });
});
