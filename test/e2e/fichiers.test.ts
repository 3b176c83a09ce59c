import { cp, readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedFichiers } from "../emulators/fichiers/server.js";
import { ACTIONS } from "../fichiers.js";
import { cli, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { put } from "./fault-tenant.js";
import { idleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { stage, type Stage } from "./stage.js";
import { sha, tenantFiles } from "./tenant-files.js";

const SECRET = "mot-de-passe-du-service";
const KILLS = 3;
process.env["EXODUS_TEST_FICHIERS"] = SECRET;

describe("the files of the default tenant to Fichiers (an emulated one)", () => {
  const server = new EmulatedFichiers({ migration: SECRET }, { restrict: false, actions: ACTIONS });
  let staged: Stage;
  let work: WorkDir;
  let wanted: string[] = [];

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  /** What the emulator's own store holds, against the tenant's folder. */
  const compared = async (): Promise<{ missing: string[]; extra: string[] }> => {
    wanted = await tenantFiles(staged.tenant);
    const found = [...server.store.paths()].flatMap(([where, item]) => (item.type === "file" ? [`${where} ${sha(server.store.content(item))}`] : []));
    return { missing: difference(wanted, found), extra: difference(found, wanted) };
  };

  beforeAll(async () => {
    await server.start();
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    work = await workDir(staged.served, {
      routes: [{ workload: "files", to: "suite" }],
      targets: { suite: { adapter: "fichiers", url: server.url, signIn: { tokenUrl: server.tokenUrl, clientId: "migration", clientSecret: "env:EXODUS_TEST_FICHIERS" } } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a write", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, told: doctor.stdout.includes("migration@service.example"), writes: server.writes() }).toEqual({ code: 0, told: true, writes: [] });
  });

  it("arrive whole and once, though killed at random moments, with every item accounted for", async () => {
    const kills = await killRuns(work.config, { kills: KILLS, most: 6 });
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    expect({ kills, code: last.code, differences: await compared() }).toEqual({ kills: KILLS, code: 0, differences: { missing: [], extra: [] } });
    expect({ failed: counts["failed"], pending: counts["pending"], accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ failed: 0, pending: 0, accounted: seen });
    expect(wanted.length).toBeGreaterThan(10);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: 0, different: 0, missing: 0, unverifiable: wanted.length });
    expect([...server.store.items.values()].filter(({ state, deleted }) => state === "pending" && !deleted)).toEqual([]);
  });

  it("are not written again when nothing changed", async () => {
    expect(await idleRun(work.config, () => server.writes())).toMatchObject({ code: 0, counts: { migrated: 0, failed: 0 }, writes: [] });
  });

  it("fail by name where a kind of file is not allowed, while the others go on; and arrive once it is", async () => {
    server.settings.restrict = true;
    const [owner = ""] = (await readdir(path.join(staged.tenant, "users"))).sort();
    await put(staged.tenant, `users/${owner}/drive/outil.exe`, "MZ");
    await put(staged.tenant, `users/${owner}/drive/note.txt`, "note");
    await staged.served.control("rescan");
    const run = await migrate();
    const failed = records(run.stdout).filter(({ type, stage: at, state }) => type === "item" && at === "push" && state === "failed");
    expect(failed.map(({ title }) => title)).toEqual(["outil.exe"]);
    expect(JSON.stringify(failed)).toContain("item_create_file_extension_not_allowed: This file extension is not allowed.");
    expect((await compared()).missing).toEqual([expect.stringContaining("outil.exe")]);
    server.settings.restrict = false;
    await migrate();
    expect({ differences: await compared(), undescribed: server.undescribed }).toEqual({ differences: { missing: [], extra: [] }, undescribed: [] });
  });
});
