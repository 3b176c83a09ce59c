import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { countMessages, withClient } from "../imap-client.js";
import { James } from "../james.js";
import { deliver } from "../lmtp.js";
import { sieveTalk } from "../managesieve-client.js";
import { titleFor, useServer } from "../servers.js";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;

const james = useServer("james");
const { host, imapPort: imap = 0, sievePort: sieve = 0, lmtpPort: lmtp = 0 } = james ?? { host: "" };
const DOMAIN = "commune.example";
const RUN = randomBytes(4).toString("hex");
const [ZOE, PAUL] = [`zoe-${RUN}@${DOMAIN}`, `paul-${RUN}@${DOMAIN}`];
const PASSWORD = { EXODUS_TEST_PASSWORD: "secret" };
const at = (user: string): { host: string; port: number; user: string; pass: string } => ({ host, port: imap, user, pass: "secret" });
const script = async (): Promise<string> => (await sieveTalk({ host, port: sieve, user: ZOE, pass: "secret" }, ['GETSCRIPT "o365-exodus"']))[0] ?? "";

const RULES: readonly Json[] = [
  { displayName: "Collègue", sequence: 1, conditions: { subjectContains: ["astreinte"] }, actions: { redirectTo: [{ emailAddress: { address: PAUL } }] } },
  { displayName: "Factures", sequence: 2, conditions: { subjectContains: ["facture"] }, actions: { moveToFolder: "Boîte de réception/Factures & devis", stopProcessingRules: true } },
  { displayName: "Délibérations", sequence: 3, conditions: { fromAddresses: [{ emailAddress: { address: `elu@${DOMAIN}` } }] }, actions: { moveToFolder: "Élus" } },
  { displayName: "Lettres", sequence: 4, conditions: { subjectContains: ["promotion"] }, actions: { permanentDelete: true } },
];
const REPLY = { status: "alwaysEnabled", externalAudience: "all", internalReplyMessage: "<p>Absente, voyez Paul</p>", externalReplyMessage: "<p>Absente jusqu’à lundi</p>" };

(james === undefined ? describe.skip : describe)(`inbox rules and the automatic reply of a mailbox, at ${titleFor("james", james)}`, () => {
  let staged: Stage;
  let work: WorkDir;
  const migrate = async (...args: string[]): Promise<Json[]> => records((await cli(["migrate", "--config", work.config, "--json", ...args], { env: PASSWORD })).stdout);
  const settingsOf = (run: readonly Json[]): Json[] => run.filter(({ type, workload, stage: step }) => type === "item" && workload === "settings" && step === "push");
  const send = (subject: string, from = `collegue@${DOMAIN}`): Promise<void> =>
    deliver({ host, port: lmtp }, from, ZOE, `From: ${from}\nTo: ${ZOE}\nSubject: ${subject}\nMessage-ID: <${randomBytes(8).toString("hex")}@x>\nDate: Tue, 1 Sep 2026 10:00:00 +0200\n\nBonjour\n`);

  beforeAll(async () => {
    const server = new James(james ?? { host, port: 0, root: "" });
    for (const name of [ZOE, PAUL]) await server.addAccount(name, false);
    staged = await stage(async (folder) => {
      for (const name of ["Boîte de réception/Factures & devis", "Élus"]) await mkdir(path.join(folder, "users", ZOE, "mail", name), { recursive: true });
      await mkdir(path.join(folder, "users", ZOE, "settings"), { recursive: true });
      await writeFile(path.join(folder, "users", ZOE, "settings/messageRules.json"), JSON.stringify(RULES));
      await writeFile(path.join(folder, "users", ZOE, "settings/mailboxSettings.json"), JSON.stringify({ automaticRepliesSetting: REPLY }));
      await writeFile(path.join(folder, "tenant.json"), JSON.stringify({ name: "Mairie", domain: DOMAIN }));
    });
    work = await workDir(staged.served, {
      owners: [ZOE],
      targets: {
        courrier: { adapter: "imap", host, port: imap, security: "none", password: "env:EXODUS_TEST_PASSWORD" },
        filtres: { adapter: "managesieve", host, port: sieve, security: "none", password: "env:EXODUS_TEST_PASSWORD", imap: { port: imap, security: "none" } },
      },
      routes: [{ workload: "mail", to: "courrier" }, { workload: "settings", to: "filtres" }],
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("are written in order and put to use; what James announces and does otherwise is not built on, and told", async () => {
    const told = settingsOf(await migrate());
    expect(told.map(({ title, state, losses, failure }) => [title, state, ((losses ?? []) as Json[]).map(({ reason }) => reason), (failure as Json | undefined)?.["code"]])).toEqual([
      ["mailbox settings", "skipped", [], "SETTING_UNPLACED"],
      ["automatic reply", "converted", ["settings.reply-extension"], undefined],
      ["Collègue", "converted", ["settings.rule-extension"], undefined],
      ["Factures", "migrated", [], undefined],
      ["Délibérations", "migrated", [], undefined],
      ["Lettres", "migrated", [], undefined],
    ]);
    const written = await script();
    expect([written.includes("redirect "), written.includes("vacation "), [...written.matchAll(/^# (Automatic reply.*|Rule: .*)$/gm)].map(([, name]) => name)])
      .toEqual([false, false, ["Automatic reply: off", "Rule: Collègue", "Rule: Factures", "Rule: Délibérations", "Rule: Lettres"]]);
  });

  it("work: a message is filed where the rule says, in the very folder that the mail was put into, or deleted; none is lost, none resent, nobody is answered", async () => {
    for (const subject of ["Votre facture", "promotion", "astreinte", "Bonjour"]) await send(subject);
    await send("Séance", `elu@${DOMAIN}`);
    const count = (box: string, of = ZOE): Promise<number> => countMessages(at(of), box);
    expect([await count("INBOX"), await count("INBOX.Factures & devis"), await count("Élus"), await count("INBOX", PAUL)]).toEqual([2, 1, 1, 0]);
    const folders = await withClient(at(ZOE), async (client) => (await client.list()).map(({ path: name }) => name));
    expect(folders.filter((name) => /Factures|lus/.test(name)).sort()).toEqual(["INBOX.Factures & devis", "Élus"]);
  });

  it("are the same when read back, and a second run writes nothing", async () => {
    const before = await script();
    const verified = await cli(["verify", "--config", work.config, "--json", "--workload", "settings"], { env: PASSWORD });
    expect({ code: verified.code, ...summary(verified.stdout).verified }).toMatchObject({ code: 0, same: 5, different: 0, missing: 0 });
    expect(settingsOf(await migrate("--pass", "delta"))).toEqual([]);
    expect(await script()).toBe(before);
  });
});
