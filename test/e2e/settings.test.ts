import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, ROOT, serve, summary, workDir, type Served } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;

const ROUTES = [{ workload: "settings", to: "archive" }];
const HELENE = "users/helene.garcon@eaux-vallee.example/settings";
const LISTS = { Rules: "messageRules.json", Categories: "masterCategories.json", "Focused inbox": "overrides.json" } as const;

/** Records that the archive keeps of one list of a mailbox. */
async function archived(work: string, mailbox: string, list: string): Promise<{ title: string; record: Json }[]> {
  const dir = path.join(work, "archive", mailbox, list);
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith(".json"));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(path.join(dir, name), "utf8")) as { title: string; record: Json }));
}

const json = async (file: string): Promise<unknown> => readFile(file, "utf8").then((text) => JSON.parse(text) as unknown, () => undefined);
const byName = (rows: readonly Json[]): Json[] => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe("mailbox settings of the default tenant", () => {
  let served: Served;
  beforeAll(async () => { served = await serve(path.join(ROOT, "fixtures/tenant")); }, 60_000);
  afterAll(() => served.stop());

  it("are kept whole: absence texts, rules in order with the names of their folders, colours, overrides", async () => {
    const work = await workDir(served, { routes: ROUTES });
    try {
      const audit = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "audit");
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const { seen, counts } = summary(run.stdout);
      const users = await readdir(path.join(ROOT, "fixtures/tenant/users"));
      let expected = 2 * users.length;
      for (const user of users) for (const file of Object.values(LISTS)) expected += ((await json(path.join(ROOT, "fixtures/tenant/users", user, "settings", file))) as unknown[] | undefined)?.length ?? 0;
      expect({ code: run.code, seen, migrated: counts["migrated"], audited: audit.reduce((sum, row) => sum + Number(row["items"]), 0) }).toEqual({ code: 0, seen: expected, migrated: expected, audited: expected });

      const tenant = async (file: string): Promise<Json[]> => (await json(path.join(ROOT, "fixtures/tenant", HELENE, file))) as Json[];
      const [settings] = (await archived(work.dir, HELENE, "Mailbox")).filter(({ record }) => record["type"] === "mailbox-settings");
      expect(settings?.record).toMatchObject({ purpose: "user", timeZone: "Romance Standard Time", language: "fr-FR", dateFormat: "dd/MM/yyyy", meetingMessages: "delegate-owner-informed", workingHours: { start: "08:00:00", end: "17:00:00" } });
      const told = ((await json(path.join(ROOT, "fixtures/tenant", HELENE, "mailboxSettings.json"))) as { automaticRepliesSetting: Json }).automaticRepliesSetting;
      const [reply] = (await archived(work.dir, HELENE, "Mailbox")).filter(({ record }) => record["type"] === "automatic-reply");
      expect(reply?.record).toMatchObject({
        status: "scheduled", outside: "everybody", internalText: told["internalReplyMessage"], externalText: told["externalReplyMessage"],
        start: { local: "2026-07-31T16:00:00", zone: "UTC" }, end: { local: "2026-08-24T06:00:00", zone: "UTC" },
      });

      const rules = (await archived(work.dir, HELENE, "Rules")).map(({ record }) => record).sort((a, b) => Number(a["order"]) - Number(b["order"]));
      expect(rules.map(({ name }) => name)).toEqual((await tenant("messageRules.json")).map(({ displayName }) => displayName));
      expect(rules[0]).toMatchObject({
        enabled: true, conditions: { bodyOrSubjectContains: ["délégation", "arrêté"], sentToMe: true }, exceptions: { fromAddresses: [{ name: "Loïc Le Goff", address: "loic.le-goff@eaux-vallee.example" }] },
        actions: { moveToFolder: { path: ["Boîte de réception", "Élus & délégations"] }, assignCategories: ["Élus"], stopProcessingRules: true },
      });
      expect(byName((await archived(work.dir, HELENE, "Focused inbox")).map(({ record }) => ({ ...(record["sender"] as Json), inbox: record["inbox"] }))))
        .toEqual(byName((await tenant("overrides.json")).map(({ classifyAs, senderEmailAddress }) => ({ ...(senderEmailAddress as Json), inbox: classifyAs }))));
      const colors = Object.fromEntries((await archived(work.dir, HELENE, "Categories")).map(({ record }) => [record["name"], record["color"]]));
      expect(colors).toEqual({ Élus: "blue", "À suivre": "orange", "Confidentiel — RH": "dark-red", "Sans couleur": "none" });
      const gone = (await archived(work.dir, "users/jerome.lefevre@eaux-vallee.example/settings", "Rules")).find(({ title }) => title === "Ancien dossier");
      expect(gone?.record).toMatchObject({ hasError: true, enabled: false, actions: { moveToFolder: { id: "AQMkAGZmODlmMzE0LWZlZmEtNDkAAA==" } } });
      expect((gone?.record["actions"] as { moveToFolder: Json }).moveToFolder).not.toHaveProperty("path");

      expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toMatchObject({ same: seen, missing: 0, different: 0 });
      expect((await cli(["vault", "check", "--read-data", "--config", work.config])).code).toBe(0);
      const again = summary((await cli(["migrate", "--pass", "delta", "--config", work.config, "--json"])).stdout);
      expect(again.counts).toMatchObject({ migrated: 0, converted: 0, "already-there": seen });
    } finally {
      await work.remove();
    }
  });
});

describe("mailbox settings that change", () => {
  const ZOE = "users/zoe@mairie.example/settings";
  let staged: Stage;
  const put = async (file: string, value: unknown): Promise<void> => {
    await mkdir(path.dirname(path.join(staged.tenant, file)), { recursive: true });
    await writeFile(path.join(staged.tenant, file), JSON.stringify(value));
  };
  const rule = (name: string, sequence: number): Json => ({ displayName: name, sequence, conditions: { subjectContains: [name] }, actions: { markAsRead: true } });

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await mkdir(path.join(tenant, ZOE), { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
      await writeFile(path.join(tenant, ZOE, "messageRules.json"), JSON.stringify([rule("a", 1), rule("b", 2), { ...rule("c", 3), actions: { moveToFolder: "Inbox" } }]));
      await mkdir(path.join(tenant, "users/sans-boite@mairie.example"), { recursive: true });
      await writeFile(path.join(tenant, "users/sans-boite@mairie.example/profile.json"), JSON.stringify({ mailboxEnabled: false }));
    });
  });
  afterAll(() => staged.remove());

  it("arrive alone: one rule removed, one moved up, the others are not written again", async () => {
    const work = await workDir(staged.served, { routes: ROUTES, owners: ["zoe@mairie.example"] });
    try {
      expect(summary((await cli(["migrate", "--config", work.config, "--json"])).stdout)).toMatchObject({ seen: 5, counts: { migrated: 5 } });
      await put(`${ZOE}/messageRules.json`, [rule("b", 1), { ...rule("c", 3), actions: { moveToFolder: "Inbox" } }]);
      await put(`${ZOE}/masterCategories.json`, [{ displayName: "Neuve", color: "preset0" }]);
      const delta = summary((await cli(["migrate", "--pass", "delta", "--apply-deletions", "--config", work.config, "--json"])).stdout);
      expect({ migrated: delta.counts["migrated"], rest: delta.counts["already-there"], removed: delta.removed }).toEqual({ migrated: 2, rest: 3, removed: 1 });
      expect((await archived(work.dir, ZOE, "Rules")).map(({ title, record }) => [title, record["order"]]).sort()).toEqual([["b", 1], ["c", 3]]);
    } finally {
      await work.remove();
    }
  });

  it("of an account without mailbox are told once as blocked, with the remedy", async () => {
    const work = await workDir(staged.served, { routes: ROUTES, owners: ["sans-boite@mairie.example"] });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect(records(run.stdout).filter(({ type }) => type === "blocked").map(({ container, failure }) => [container, (failure as Json)["code"]])).toEqual([["*", "GRAPH_NO_MAILBOX"]]);
    } finally {
      await work.remove();
    }
  });

  it("are read as far as the permissions go: without Mail.Read a rule keeps its folder's id and says so, overrides are blocked by name", async () => {
    await put("tenant.json", { name: "Mairie", domain: "mairie.example", grantedRoles: ["User.Read.All", "MailboxSettings.Read"] });
    const narrow = await serve(staged.tenant);
    const work = await workDir(narrow, { routes: ROUTES, owners: ["zoe@mairie.example"] });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      const { counts, blocked } = summary(run.stdout);
      expect({ converted: counts["converted"], failed: counts["failed"], blocked: blocked.map(({ code }) => code), named: run.stderr.includes("Mail.Read") || run.stdout.includes("Mail.Read") }).toEqual({ converted: 1, failed: 0, blocked: ["GRAPH_CONSENT"], named: true });
    } finally {
      await work.remove();
      await narrow.stop();
    }
  });

  it("of a cloud that does not tell the purpose of a mailbox say so", async () => {
    const bleu = await serve(staged.tenant, ["--cloud", "bleu"]);
    const work = await workDir(bleu, { routes: ROUTES, owners: ["zoe@mairie.example"] }, { cloud: "bleu" });
    try {
      await cli(["migrate", "--config", work.config, "--json"]);
      const report = (await json(path.join(work.dir, "report/report.json"))) as { items: { losses: { reason: string }[] }[] };
      expect(JSON.stringify(report)).toContain("settings.purpose-unknown");
    } finally {
      await work.remove();
      await bleu.stop();
    }
  });
});
