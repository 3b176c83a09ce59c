import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary, workDir, type WorkDir } from "./cli.js";
import { DOMAIN, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

const SITE = "sandbox.sharepoint.example/sites/eau";
const FOLDER = `sites/${encodeURIComponent(SITE)}/pages/Pages`;
const text = (html: string): object => ({ horizontalSections: [{ columns: [{ webparts: [{ innerHtml: html }] }] }] });
const page = (title: string, more: object = {}): string => JSON.stringify({ title, canvasLayout: text(`<p>Texte de ${title}</p>`), createdBy: `zoe@${DOMAIN}`, lastModifiedDateTime: "2026-01-05T09:00:00Z", ...more });

describe("pages of sites and groups", () => {
  let staged: Stage;
  let work: WorkDir;
  const migrate = async (...more: readonly string[]) => {
    const run = await cli(["migrate", "--config", work.config, "--json", ...more]);
    const { seen, counts, removed } = summary(run.stdout);
    return { code: run.code, seen, migrated: counts["migrated"], converted: counts["converted"], there: counts["already-there"], removed };
  };
  const names = async (folder: string, extension: string): Promise<readonly string[]> => (await readdir(path.join(work.dir, "archive", folder))).filter((name) => name.endsWith(extension)).sort();
  const read = (folder: string, name: string): Promise<string> => readFile(path.join(work.dir, "archive", folder, name), "utf8");

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN, selectedSites: ["eau"] }));
      await put(tenant, `users/zoe@${DOMAIN}/profile.json`, JSON.stringify({ displayName: "Zoé" }));
      await put(tenant, "sites/eau/site.json", JSON.stringify({ displayName: "Eau" }));
      await put(tenant, "sites/eau/pages/Accueil.json", page("Accueil", { pageLayout: "home", publishingState: { level: "draft", versionId: "1.2" } }));
      await put(tenant, "sites/eau/pages/Coupure.json", page("Coupure", { promotionKind: "newsPost", reactions: { commentCount: 2, likeCount: 3 } }));
      await put(tenant, "groups/bureau/group.json", JSON.stringify({ displayName: "Bureau" }));
      await put(tenant, "groups/bureau/pages/Note.json", page("Note"));
    });
    work = await workDir(staged.served, { groups: "all", sites: "all", routes: [{ workload: "pages", to: "archive" }], targets: { archive: { adapter: "archive", path: "./archive" } } });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  it("are asked about, counted, and kept with their record, a document to read and a row in the index", async () => {
    expect((await cli(["doctor", "--config", work.config])).stdout).toContain("Sites.Read.All");
    const audit = records((await cli(["audit", "--config", work.config, "--json"])).stdout);
    expect(audit.filter(({ type }) => type === "audit").map(({ ownerName, containers, items }) => [ownerName, containers, items])).toEqual([["bureau", 1, 1], [SITE, 1, 2]]);
    expect(audit.filter(({ type }) => type === "unreached").map(({ code }) => code)).toEqual(["pages.news-links", "pages.versions"]);
    // The comments of one are counted by Graph, not told.
    expect(await migrate()).toEqual({ code: 0, seen: 3, migrated: 2, converted: 1, there: 0, removed: 0 });
    const [home = "", news = ""] = await names(FOLDER, ".json");
    expect(JSON.parse(await read(FOLDER, home))).toMatchObject({ title: "Accueil", record: {
      type: "site-page", kind: "page", layout: "home", publishing: { level: "draft", version: "1.2" }, createdBy: { name: "Zoé", address: `zoe@${DOMAIN}` },
      sections: [{ vertical: false, columns: [{ parts: [{ kind: "text", html: "<p>Texte de Accueil</p>" }] }] }],
    } });
    expect(JSON.parse(await read(FOLDER, news))).toMatchObject({ record: { kind: "news", comments: 2, likes: 3 } });
    expect(await read(FOLDER, home.replace(".json", ".html"))).toContain("<h1>Accueil</h1>");
    expect(await names("groups/bureau/pages/Pages", ".html")).toHaveLength(1);
    const pages = (await readdir(path.join(work.dir, "archive/_index"), { recursive: true })).filter((name) => name.endsWith(".html"));
    expect((await Promise.all(pages.map((name) => readFile(path.join(work.dir, "archive/_index", name), "utf8")))).join("")).toContain("Texte de Coupure");
    expect(await readFile(path.join(work.dir, "report/report.json"), "utf8")).toContain("pages.comments-untold");
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);
    expect((await cli(["vault", "check", "--read-data", "--schema", "--config", work.config])).code).toBe(0);
  });

  it("change and go, by comparison; nothing is read again when nothing changed", async () => {
    const before = await staged.served.requests();
    expect(await migrate("--pass", "delta")).toMatchObject({ code: 0, seen: 3, migrated: 0, converted: 0, there: 3 });
    // Sign-in, owners, and a list a site: no page by itself.
    expect((await staged.served.requests()) - before).toBeLessThanOrEqual(12);
    await put(staged.tenant, "sites/eau/pages/Accueil.json", page("Accueil", { canvasLayout: text("<p>Neuf</p>") }));
    await rm(path.join(staged.tenant, "sites/eau/pages/Coupure.json"));
    await staged.served.control("rescan");
    expect(await migrate("--pass", "delta", "--apply-deletions")).toMatchObject({ code: 0, migrated: 1, removed: 1 });
    expect(await Promise.all((await names(FOLDER, ".html")).map(async (name) => (await read(FOLDER, name)).includes("<p>Neuf</p>")))).toEqual([true]);
  });

  it("of a site that is named are read with Sites.Selected alone", async () => {
    await put(staged.tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN, selectedSites: ["eau"], grantedRoles: ["User.Read.All", "Sites.Selected"] }));
    const narrow = await stage(async (tenant) => {
      for (const file of ["tenant.json", "sites/eau/site.json", "sites/eau/pages/Accueil.json"]) await put(tenant, file, await readFile(path.join(staged.tenant, file), "utf8"));
    });
    const selected = await workDir(narrow.served, { sites: [SITE], routes: [{ workload: "pages", to: "archive" }] });
    try {
      const run = await cli(["migrate", "--config", selected.config, "--json"]);
      expect({ code: run.code, seen: summary(run.stdout).seen }).toEqual({ code: 0, seen: 1 });
    } finally {
      await selected.remove();
      await narrow.remove();
    }
  });
});

describe("a page that Graph cannot tell", () => {
  it("is kept without its sections, with a named loss, until it can", async () => {
    const faults = [{ match: "GET /v1.0/sites/.*canvasLayout", times: "always", status: 500, code: "generalException" }];
    const broken = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await put(tenant, "sites/eau/pages/Accueil.json", page("Accueil"));
      await put(tenant, "sites/eau/site.json", "{}");
      await put(tenant, "faults.json", JSON.stringify(faults));
    }, (tenant) => ["--faults", path.join(tenant, "faults.json")]);
    const work = await workDir(broken.served, { sites: "all", routes: [{ workload: "pages", to: "archive" }] });
    try {
      const run = await cli(["migrate", "--config", work.config, "--json"]);
      expect({ code: run.code, converted: summary(run.stdout).counts["converted"] }).toEqual({ code: 0, converted: 1 });
      expect(await readFile(path.join(work.dir, "report/report.json"), "utf8")).toContain("pages.content-untold");
    } finally {
      await work.remove();
      await broken.remove();
    }
  });
});
