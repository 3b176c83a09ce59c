import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { compareTrees } from "./compare.js";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const KEPT = "archive : gardé à côté, sans effet";
const HOME = "users/zoe@mairie.example/drive";
const RIGHTS = (...roles: readonly string[]): readonly object[] => roles.map((role, index) => ({ id: `p${String(index)}`, roles: [role], grantedToV2: { user: { displayName: "Luc", email: "luc@mairie.example" } } }));
const LINK = [{ id: "l", roles: ["read"], link: { type: "view", scope: "anonymous", webUrl: "https://mairie.example/:t:/s/abc" }, expirationDateTime: "2027-01-01T00:00:00.000Z" }];

describe("access rights and sharing links", () => {
  let staged: Stage;
  let work: WorkDir;
  const put = async (file: string, content: string | readonly object[]): Promise<void> => {
    const at = path.join(staged.tenant, HOME, file);
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(at, typeof content === "string" ? content : JSON.stringify(content));
  };
  const migrate = async (...more: readonly string[]) => {
    const run = await cli(["migrate", "--config", work.config, "--json", ...more]);
    const { seen, counts, removed } = summary(run.stdout);
    return { code: run.code, seen, arrived: counts["migrated"], there: counts["already-there"], removed };
  };
  const asked = async (): Promise<number> => (await readFile(path.join(staged.tenant, "requests.jsonl"), "utf8")).split("\n").filter((line) => line.includes("/permissions\"")).length;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      for (const folder of ["Ouvert/Sous", "Fermé"]) await mkdir(path.join(tenant, HOME, folder), { recursive: true });
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ name: "Mairie", domain: "mairie.example" }));
    }, (tenant) => ["--log", path.join(tenant, "requests.jsonl")]);
    for (let index = 0; index < 30; index += 1) await put(`Fermé/note ${String(index)}.txt`, `note ${String(index)}`);
    await put("Ouvert/Sous/plan.txt", "plan");
    await put("Ouvert.permissions.json", RIGHTS("read"));
    await put("affiche.txt", "affiche");
    await put("affiche.txt.permissions.json", LINK);
    await writeFile(path.join(staged.tenant, `${HOME}.permissions.json`), JSON.stringify(RIGHTS("owner")));
    await staged.served.control("rescan");
    work = await workDir(staged.served, { routes: [{ workload: ["files"], to: "archive" }] });
  });

  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("reach the vault and the archive for one request each, and none for what inherits", async () => {
    // 32 files, the drive's own rights and one folder's.
    expect(await migrate()).toMatchObject({ code: 0, seen: 34, arrived: 34 });
    expect(await asked()).toBe(3);
    expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toEqual({ missing: [], extra: [], count: 34 });
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);
  });

  it("make a table for people: who, where else, inherited or not, open to everybody or not", async () => {
    const run = await cli(["report", "--rights", "--config", work.config, "--json", "--lang", "fr"]);
    expect({ code: run.code, told: records(run.stdout).find(({ type }) => type === "rights-report") }).toMatchObject({ code: 0, told: { rows: 3, outside: 1, failed: 0 } });
    const lines = (await readFile(path.join(work.dir, "report/rights.csv"), "utf8")).split("\r\n").slice(1, -1).sort();
    expect(lines.map((line) => line.slice(1, -1).split('";"'))).toEqual([
      ["zoe@mairie.example", "/", "dossier", "Luc", "personne", "luc@mairie.example", "", "", "propriétaire", "", expect.any(String), "", "", "", "", KEPT],
      ["zoe@mairie.example", "Ouvert", "dossier", "Luc", "personne", "luc@mairie.example", "", "", "lecture", "", "ne valent pas", "", "", "", "", KEPT],
      ["zoe@mairie.example", "affiche.txt", "fichier", "quiconque a le lien", "", "", "", "oui", "lecture", "", "ne valent pas", "tout le monde", "", "2027-01-01 00:00 UTC", "", KEPT],
    ]);
    expect(await readFile(path.join(work.dir, "report/rights.html"), "utf8")).not.toContain("/s/abc");
  });

  it("that change alone are told by the delta, without the content", async () => {
    await put("affiche.txt.permissions.json", [...LINK, ...RIGHTS("write")]);
    await put("Fermé/note 0.txt.permissions.json", RIGHTS("read"));
    await rm(path.join(staged.tenant, HOME, "Ouvert.permissions.json"));
    await staged.served.control("rescan");
    expect(await migrate("--pass", "delta", "--apply-deletions")).toEqual({ code: 0, seen: 33, arrived: 2, there: 31, removed: 1 });
    expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toMatchObject({ missing: [], extra: [] });
    const downloads = (await readFile(path.join(staged.tenant, "requests.jsonl"), "utf8")).split("\n").filter((line) => line.includes("/download/content")).length;
    expect(downloads).toBe(32);
  });

  it("stand beside shortcuts, whose aims the report tells", async () => {
    await put("raccourci.url", "");
    await writeFile(path.join(staged.tenant, `${HOME}.json`), JSON.stringify({ "raccourci.url": { remoteItem: { webUrl: "https://mairie.example/sites/urbanisme/PLU" } } }));
    await staged.served.control("rescan");
    expect((await migrate("--pass", "delta")).code).toBe(0);
    expect(await readFile(path.join(work.dir, "report/items.csv"), "utf8")).toContain("https://mairie.example/sites/urbanisme/PLU");
    await rm(path.join(staged.tenant, HOME, "raccourci.url"));
  });

  it("of an archive are served again as the same rights", async () => {
    const copy = await stage(async () => undefined, () => ["--tenant", path.join(work.dir, "archive")]);
    const second = await workDir(copy.served, { routes: [{ workload: ["files"], to: "archive" }] });
    try {
      expect((await cli(["migrate", "--config", second.config])).code).toBe(0);
      expect(await compareTrees(path.join(work.dir, "archive"), path.join(second.dir, "archive"))).toMatchObject({ missing: [], extra: [] });
    } finally {
      await second.remove();
      await copy.remove();
    }
  });
});
