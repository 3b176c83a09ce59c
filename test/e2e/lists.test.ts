import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const SITE = "sandbox.sharepoint.example/sites/eau";
const LIST = "sites/eau/lists/Interventions";
const item = (id: number, title: string, more: object = {}): object => ({ id, createdDateTime: "2026-01-05T09:00:00Z", createdBy: "zoe@mairie.example", fields: { Title: title, Agent: { LookupId: 11, LookupValue: "Zoé" }, ...more } });
const lines = (items: readonly object[]): string => items.map((one) => `${JSON.stringify(one)}\n`).join("");

describe("lists of sites and groups", () => {
  let staged: Stage;
  let work: WorkDir;
  const put = async (file: string, content: string): Promise<void> => {
    await mkdir(path.dirname(path.join(staged.tenant, file)), { recursive: true });
    await writeFile(path.join(staged.tenant, file), content);
  };
  const migrate = async (...more: readonly string[]) => {
    const run = await cli(["migrate", "--config", work.config, "--json", ...more]);
    const { seen, counts, removed } = summary(run.stdout);
    return { code: run.code, seen, arrived: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0), there: counts["already-there"], removed };
  };
  const archived = async (list: string): Promise<readonly { readonly title: string; readonly record: { readonly type: string; readonly fields?: Readonly<Record<string, unknown>>; readonly versions?: readonly object[] } }[]> => {
    const folder = path.join(work.dir, "archive", list);
    const texts = await Promise.all((await readdir(folder)).sort().map((name) => readFile(path.join(folder, name), "utf8")));
    return texts.map((text) => JSON.parse(text) as never);
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
    });
    await put("users/zoe@mairie.example/profile.json", JSON.stringify({ displayName: "Zoé" }));
    await put("sites/eau/site.json", JSON.stringify({ displayName: "Eau" }));
    await put(`${LIST}/list.json`, JSON.stringify({ displayName: "Interventions", columns: [{ name: "Agent", displayName: "Agent", personOrGroup: { allowMultipleSelection: false } }] }));
    await put(`${LIST}/items.jsonl`, lines([...Array.from({ length: 450 }, (_, index) => item(index + 1, `Sortie ${String(index + 1)}`)), { ...item(451, "Jointe", { Attachments: true }), versions: [{ fields: { Title: "Joint" } }] }]));
    await put("groups/bureau/group.json", JSON.stringify({ displayName: "Bureau" }));
    await put("groups/bureau/lists/Liens/list.json", JSON.stringify({ displayName: "Liens utiles", list: { template: "links" } }));
    await put("groups/bureau/lists/Liens/items.jsonl", lines([{ id: 1, fields: { URL: { Url: "https://mairie.example", Description: "Site" } } }]));
    await put("groups/bureau/lists/Cachée/list.json", JSON.stringify({ list: { hidden: true } }));
    await staged.served.control("rescan");
    work = await workDir(staged.served, { groups: "all", sites: "all", routes: [{ workload: ["lists"], to: "archive" }] }, { listVersions: 5 });
  });

  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("are asked about, counted, and kept item by item with their columns", async () => {
    expect((await cli(["doctor", "--config", work.config])).stdout).toContain("Sites.Read.All");
    const audit = records((await cli(["audit", "--config", work.config, "--json"])).stdout).filter(({ type }) => type === "audit");
    expect(audit.map(({ ownerName, containers }) => [ownerName, containers])).toEqual([["bureau", 1], [SITE, 1]]);
    // 452 items and two cards.
    expect(await migrate()).toEqual({ code: 0, seen: 454, arrived: 454, there: 0, removed: 0 });
    const kept = await archived(`sites/${encodeURIComponent(SITE)}/lists/Interventions`);
    expect(kept.filter(({ record }) => record.type === "list")).toHaveLength(1);
    expect(new Set(kept.filter(({ record }) => record.type === "list-item").map(({ record }) => record.fields?.["Title"])).size).toBe(451);
    expect(kept.find(({ title }) => title === "Sortie 7")?.record.fields).toMatchObject({ Agent: "Zoé", AgentLookupId: "11" });
    expect(kept.find(({ title }) => title === "Jointe")?.record.versions).toHaveLength(1);
    expect((await archived("groups/bureau/lists/Liens utiles")).map(({ title }) => title)).toEqual(["#1", "Liens utiles"]);
    expect(await readFile(path.join(work.dir, "report/report.json"), "utf8")).toContain("list.attachments");
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);
    expect((await cli(["vault", "check", "--config", work.config])).code).toBe(0);
  });

  it("of a site that is named need no permission beside Sites.Selected", async () => {
    const chosen = await stage(async (tenant) => {
      await cp(staged.tenant, tenant, { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example", grantedRoles: ["User.Read.All", "Sites.Selected"], selectedSites: ["eau"] }));
      await mkdir(path.join(tenant, "sites/eau/drive"));
      await writeFile(path.join(tenant, "sites/eau/drive/plan.txt"), "plan");
    });
    const routes = [{ workload: ["lists", "files"], to: "archive", owners: [SITE] }];
    const selected = await workDir(chosen.served, { sites: [SITE], routes });
    try {
      expect((await cli(["doctor", "--config", selected.config])).stdout).toMatch(/Sites\.Selected.*\n/);
      const run = await cli(["migrate", "--config", selected.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen }).toEqual({ code: 0, seen: 453 });
    } finally {
      await selected.remove();
      await chosen.remove();
    }
  });

  it("change, lose items and go, by delta; nothing is written when nothing changed", async () => {
    await put(`${LIST}/items.jsonl`, lines([item(1, "Sortie 1, corrigée"), ...Array.from({ length: 449 }, (_, index) => item(index + 2, `Sortie ${String(index + 2)}`)), item(500, "Neuve")]));
    await staged.served.control("rescan");
    expect(await migrate("--pass", "delta", "--apply-deletions")).toEqual({ code: 0, seen: 454, arrived: 2, there: 452, removed: 1 });
    await staged.served.control("expire-deltas");
    expect(await migrate("--pass", "delta")).toMatchObject({ code: 0, arrived: 0, there: 454 });
    expect((await archived(`sites/${encodeURIComponent(SITE)}/lists/Interventions`)).map(({ title }) => title)).toContain("Sortie 1, corrigée");
  });
});
