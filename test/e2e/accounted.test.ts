import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, ROOT, summary, workDir, type WorkDir } from "./cli.js";
import { put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

type Json = Record<string, unknown>;

const AT = "eaux-vallee.example";
const [HELENE, ACCUEIL, SALLE] = [`helene.garcon@${AT}`, `accueil@${AT}`, `salle.conseil@${AT}`] as const;

/** What is easily forgotten of a tenant: each thing is kept, or named with the reason why not. */
describe("all that the default tenant has beside plain items", () => {
  let staged: Stage;
  let work: WorkDir;
  let migrated: readonly Json[] = [];
  let report = "";
  const archive = (file: string): string => path.join(work.dir, "archive", file);
  const documents = async (folder: string): Promise<readonly Json[]> => {
    const names = (await readdir(archive(folder), { recursive: true })).filter((name) => name.endsWith(".json"));
    return Promise.all(names.map(async (name) => ((JSON.parse(await readFile(archive(path.join(folder, name)), "utf8")) as Json)["record"] ?? {}) as Json));
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      await put(tenant, `users/${HELENE}/drive/Voisin`, "lien");
      await put(tenant, `users/${HELENE}/drive/Bloc-notes`, "bloc");
      const sheet = path.join(tenant, `users/${HELENE}/drive.json`);
      await writeFile(sheet, JSON.stringify({ ...(JSON.parse(await readFile(sheet, "utf8")) as Json), Voisin: { remoteItem: { webUrl: "https://sites.example/voisin" } }, "Bloc-notes": { package: true } }));
      await put(tenant, "groups/droits/group.json", JSON.stringify({ displayName: "Droits", groupTypes: [], mailEnabled: false, securityEnabled: true, members: [HELENE, "bureau-syndical"] }));
    });
    work = await workDir(staged.served, { groups: "all", sites: "all", routes: [{ workload: "all", to: "archive" }] });
    const run = await cli(["migrate", "--config", work.config, "--json"]);
    migrated = records(run.stdout);
    report = await readFile(path.join(work.dir, "report/items.csv"), "utf8");
    const { seen, counts, blocked } = summary(run.stdout);
    expect({ code: run.code, blocked, failed: counts["failed"], pending: counts["pending"], skipped: counts["skipped"], sum: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0) + (counts["skipped"] ?? 0) === seen }).toEqual({ code: 0, blocked: [], failed: 0, pending: 0, skipped: 3, sum: true });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("shortcuts, OneNote packages and infected files are left out by rule, a shortcut with the place to which it leads", () => {
    const rows = report.split("\r\n").filter((line) => line.includes('"skipped"')).map((line) => line.split(";").slice(3, 7).map((cell) => cell.replaceAll('"', "")));
    expect(rows.map(([title, , code]) => [title, code]).sort()).toEqual([["Bloc-notes", "ONENOTE_PACKAGE"], ["Voisin", "SHORTCUT"], ["infecte.com", "MALWARE"]]);
    expect(rows.find(([, , code]) => code === "SHORTCUT")?.[3]).toContain("https://sites.example/voisin");
  });

  it("tabs are links in the card of their channel", async () => {
    const [team = ""] = await readdir(archive("teams"));
    expect(JSON.parse(await readFile(archive(`teams/${team}/Général/channel.json`), "utf8"))).toMatchObject({ tabs: [{ url: "https://intranet.eaux-vallee.example/analyses" }] });
  });

  it("posts of a group are messages, rebuilt and said to be; its calendar and all notebooks are named as closed to applications, with whose they are, in the run and its report", async () => {
    expect(report.split("mail.group-post").length - 1).toBe(4);
    const closed = migrated.filter(({ type }) => type === "beyond");
    expect(closed.map(({ workload, code }) => [workload, code]).sort()).toEqual([["calendar", "calendar.group"], ["notes", "notes.application"]]);
    expect(closed.find(({ workload }) => workload === "calendar")?.["owners"]).toEqual([`bureau-syndical@${AT}`, "qualite-eau"]);
    expect(await readFile(path.join(work.dir, "report/report.html"), "utf8")).toContain("MC1011142");
    expect((JSON.parse(await readFile(path.join(work.dir, "report/report.json"), "utf8")) as { gaps: Json[] }).gaps.map(({ workload }) => workload).sort()).toEqual(["calendar", "notes"]);
    expect(records((await cli(["status", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "beyond")).toHaveLength(2);
  });

  it("shared and room mailboxes are read like any other, and told for what they are, with automatic replies", async () => {
    const entry = async (name: string): Promise<Json> => (await documents(`users/${name}/directory`))[0] ?? {};
    expect([(await entry(ACCUEIL))["mailbox"], (await entry(SALLE))["mailbox"], (await entry(SALLE))["enabled"]]).toEqual(["shared", "room", false]);
    expect((await readdir(archive(`users/${ACCUEIL}/mail`), { recursive: true })).filter((name) => name.endsWith(".eml")).length).toBeGreaterThan(0);
    expect((await readdir(archive(`users/${SALLE}/calendars`), { recursive: true })).filter((name) => name.endsWith(".ics")).length).toBeGreaterThan(0);
    expect((await documents(`users/${ACCUEIL}/settings`)).map(({ type }) => type)).toEqual(expect.arrayContaining(["automatic-reply", "mailbox-settings"]));
  });

  it("people have their photo, licences and groups, nested ones too, and groups their members", async () => {
    const [helene = {}] = await documents(`users/${HELENE}/directory`);
    expect(helene).toMatchObject({ photo: { size: expect.any(Number) }, licences: [{ name: "SPE_E3" }] });
    expect((helene["memberOf"] as Json[]).map(({ name }) => name)).toEqual(expect.arrayContaining(["Bureau syndical", "Droits"]));
    const rights = (await readdir(archive("groups"))).find((name) => name.startsWith("Droits (")) ?? "";
    const [group = {}] = await documents(`groups/${rights}/directory`);
    expect([group["kind"], (group["members"] as Json[]).map(({ kind }) => kind).sort()]).toEqual(["security", ["group", "user"]]);
  });
});
