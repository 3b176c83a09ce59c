import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, summary, workDir, type WorkDir } from "./cli.js";
import { DOMAIN, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

const SITE = "sites/eau";
const SHEET = { "deliberation.txt": { fields: { Theme: "Eau", Agent: { LookupId: 11, LookupValue: "Zoé" } }, contentType: { name: "Délibération" }, checkedOutBy: "Luc" } };
const COLUMNS = [{ name: "Theme", displayName: "Thème", text: {} }, { name: "Agent", displayName: "Agent", personOrGroup: { allowMultipleSelection: false } }];

describe("documents of a library", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN, selectedSites: ["eau"] }));
      await put(tenant, `users/zoe@${DOMAIN}/profile.json`, JSON.stringify({ displayName: "Zoé" }));
      await put(tenant, `users/zoe@${DOMAIN}/drive/note.txt`, "note");
      await put(tenant, `${SITE}/site.json`, JSON.stringify({ displayName: "Eau" }));
      await put(tenant, `${SITE}/drive/deliberation.txt`, "Délibération");
      await put(tenant, `${SITE}/drive/plan.txt`, "Plan");
      await put(tenant, `${SITE}/drive.json`, JSON.stringify(SHEET));
      await put(tenant, `${SITE}/drive.columns.json`, JSON.stringify(COLUMNS));
    });
    work = await workDir(staged.served, { sites: "all", routes: [{ workload: "files", to: "archive" }] });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
  });

  /** What the archive keeps of a file beside its bytes. */
  const noteOf = async (title: string): Promise<Record<string, unknown>> => {
    const names = await readdir(path.join(work.dir, "archive"), { recursive: true });
    return JSON.parse(await readFile(path.join(work.dir, "archive", names.find((name) => name.endsWith(`${title}%.json`)) ?? ""), "utf8")) as Record<string, unknown>;
  };

  it("keep columns, content type and checkout; a person's own drive has none", async () => {
    const run = await cli(["migrate", "--config", work.config, "--json"]);
    const { counts, blocked } = summary(run.stdout);
    expect({ code: run.code, blocked, failed: counts["failed"], migrated: counts["migrated"] }).toEqual({ code: 0, blocked: [], failed: 0, migrated: 3 });
    expect(await noteOf("deliberation.txt")).toMatchObject({
      contentType: "Délibération", checkedOut: { by: "Luc" }, columns: [{ name: "Agent", displayName: "Agent", value: "Zoé" }, { name: "Theme", displayName: "Thème", value: "Eau" }],
    });
    expect(await noteOf("plan.txt")).toMatchObject({ contentType: "Document" });
    expect(Object.keys(await noteOf("note.txt"))).not.toContain("contentType");
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);
  });

  it("are read again when a column changes alone, without a second copy of their bytes", async () => {
    await writeFile(path.join(staged.tenant, SITE, "drive.json"), JSON.stringify({ "deliberation.txt": { ...SHEET["deliberation.txt"], fields: { Theme: "Voirie" }, checkedOutBy: undefined } }));
    await staged.served.control("rescan");
    const run = await cli(["migrate", "--config", work.config, "--pass", "delta", "--json"]);
    expect({ code: run.code, migrated: summary(run.stdout).counts["migrated"] }).toEqual({ code: 0, migrated: 1 });
    expect((await noteOf("deliberation.txt"))["columns"]).toEqual([{ name: "Theme", displayName: "Thème", value: "Voirie" }]);
    expect((await noteOf("deliberation.txt"))["checkedOut"]).toBeUndefined();
  });
});
