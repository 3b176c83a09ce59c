import { mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, summary, workDir, type WorkDir } from "./cli.js";
import { DOMAIN, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

const DRIVE = `users/zoe@${DOMAIN}/drive`;

describe("older versions of a file", () => {
  let staged: Stage;
  let work: WorkDir;
  let log = "";

  beforeAll(async () => {
    log = path.join(await mkdtemp(path.join(tmpdir(), "exodus-log-")), "requests.jsonl");
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await put(tenant, `${DRIVE}/budget.txt`, "quatre");
      for (const [index, text] of ["un", "deux", "trois"].entries()) await put(tenant, `${DRIVE}/budget.txt.versions/${index + 1}`, text);
    }, () => ["--log", log]);
    work = await workDir(staged.served, { routes: [{ workload: "files", to: "archive" }] });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await rm(path.dirname(log), { recursive: true, force: true });
  });

  /** Versions asked for by one run, and what the archive holds after it. */
  async function pass(): Promise<{ asked: string[]; kept: string[] }> {
    await writeFile(log, "");
    const run = await cli(["migrate", "--config", work.config, "--json"]);
    expect({ code: run.code, failed: summary(run.stdout).counts["failed"] }).toEqual({ code: 0, failed: 0 });
    const lines = (await readFile(log, "utf8")).split("\n").map((line) => line.slice(line.indexOf("{"))).filter((line) => line !== "").map((line) => JSON.parse(line) as { path: string });
    const asked = lines.flatMap(({ path: at }) => /\/versions\/([^/]+)\/content$/.exec(at)?.[1] ?? []);
    const archive = path.join(work.dir, "archive");
    const names = (await readdir(archive, { recursive: true })).filter((name) => /budget[^/]*\.versions[/\\]\d+$/.test(name)).sort();
    return { asked: asked.sort(), kept: await Promise.all(names.map((name) => readFile(path.join(archive, name), "utf8"))) };
  }

  it("are downloaded once: a change of the file costs its new version, a change of name none", async () => {
    expect(await pass()).toEqual({ asked: ["1.0", "2.0", "3.0"], kept: ["un", "deux", "trois"] });

    await rename(path.join(staged.tenant, DRIVE, "budget.txt"), path.join(staged.tenant, DRIVE, "budget.txt.versions/4"));
    await put(staged.tenant, `${DRIVE}/budget.txt`, "cinq!");
    await staged.served.control("rescan");
    expect(await pass()).toEqual({ asked: ["4.0"], kept: ["un", "deux", "trois", "quatre"] });

    for (const suffix of ["", ".versions"]) await rename(path.join(staged.tenant, DRIVE, `budget.txt${suffix}`), path.join(staged.tenant, DRIVE, `budget 2026.txt${suffix}`));
    await staged.served.control("rescan");
    expect(await pass()).toEqual({ asked: [], kept: ["un", "deux", "trois", "quatre"] });
  });
});
