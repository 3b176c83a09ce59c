import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { difference } from "./compare.js";
import { cli, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";
import { idleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { startTargets, tenantLines } from "./target-servers.js";
import { changeTenant } from "./tenant-changes.js";

const OWNER = "helene.garcon@eaux-vallee.example";
const KILLS = 12;
/** Lines of work after which a run is killed at the latest: twelve of them stay short of the 167 items. */
const MOST = 16;
process.env["EXODUS_TEST_PASSWORD"] = "secret";

const targets = await startTargets();

/** The default tenant, but for the message of no bytes at all, which Dovecot refuses. */
(targets === undefined ? describe.skip : describe)(titleOf("migrate to Dovecot, Radicale and Apache mod_dav"), () => {
  let staged: Stage;
  let owners: string[] = [];
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  const compared = (): { missing: string[]; extra: string[] } => {
    const [wanted, found] = [tenantLines(staged.tenant), targets?.readBack(owners) ?? []];
    return { missing: difference(wanted, found).filter((line) => !line.includes(EMPTY_SHA)), extra: difference(found, wanted) };
  };

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      owners = await readdir(path.join(tenant, "users"));
    }, (tenant) => ["--log", path.join(tenant, "requests.jsonl")]);
    work = await workDir(staged.served, targets?.config);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await targets?.close();
  });

  it("audits without a write in any log", async () => {
    expect((await cli(["doctor", "--config", work.config])).code).toBe(0);
    const audit = await cli(["audit", "--config", work.config, "--json"]);
    expect({ code: audit.code, rows: records(audit.stdout).filter(({ type }) => type === "audit").length }).toEqual({ code: 0, rows: 44 });
    expect(await targets?.writes()).toEqual([]);
    const log = (await readFile(path.join(staged.tenant, "requests.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { method: string; path: string });
    expect(log.filter(({ method, path: where }) => method !== "GET" && !where.endsWith("/oauth2/v2.0/token"))).toEqual([]);
  });

  it("survives kill -9 at random moments: folders, flags, dates, bytes, recurrences and photos are there once", async () => {
    const arrived: number[] = [];
    await killRuns(work.config, { kills: KILLS, most: MOST, seed: 20261124 }, () => arrived.push(targets?.readBack(owners).length ?? 0));
    // The kills fell into the work: the servers held ever more, and not all of it before the last run.
    expect({ kills: arrived.length, progress: new Set(arrived).size > KILLS / 2, left: Math.max(...arrived) < 167 }).toEqual({ kills: KILLS, progress: true, left: true });
    const last = await migrate();
    expect({ code: last.code, warned: last.stderr.includes("Warning") }).toEqual({ code: 3, warned: false });
    const { seen, counts } = summary(last.stdout);
    expect({ seen, failed: counts["failed"], skipped: counts["skipped"], pending: counts["pending"] }).toEqual({ seen: 170, failed: 1, skipped: 2, pending: 0 });
    expect(records(last.stdout).filter(({ type, stage, state }) => type === "item" && stage === "push" && state === "failed")).toEqual([expect.objectContaining({ title: expect.stringMatching(/^2026-/), failure: expect.objectContaining({ code: "TARGET_REFUSED_ITEM" }) })]);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: 167, different: 0, missing: 0, unverifiable: 0 });
    expect(compared()).toEqual({ missing: [], extra: [] });
  });

  it("writes nothing when nothing changed", async () => {
    // The refused message is tried again, and refused again: that is no write.
    expect(await idleRun(work.config, async () => await targets?.writes() ?? ["no server"])).toMatchObject({ counts: { migrated: 0, converted: 0, "already-there": 167 }, writes: [] });
    // Nor does looking ahead from the vault write, however deep.
    expect((await cli(["audit", "--config", work.config, "--from-vault", "--read-data"])).code).toBe(0);
    expect(await targets?.writes()).toEqual([]);
  });

  it("brings exactly what was added, changed, moved, renamed and deleted", async () => {
    await changeTenant(staged.tenant, OWNER);
    await staged.served.control("rescan");

    const kept = await migrate("--pass", "delta");
    expect(kept.code).toBe(3);
    expect(summary(kept.stdout)).toMatchObject({ keptAfterDeletion: 2, removed: 0 });
    const between = compared();
    expect({ missing: between.missing, extra: between.extra.map((line) => (JSON.parse(line) as string[])[1]).sort() }).toEqual({ missing: [], extra: ["calendar", "mail"] });
    const applied = await migrate("--pass", "delta", "--apply-deletions");
    expect(summary(applied.stdout).removed).toBe(2);
    expect(compared()).toEqual({ missing: [], extra: [] });
  });

  it("loses nothing when a target is out of quota, and goes on when there is room", async () => {
    const full = await workDir(staged.served, { ...targets?.config, owners: [OWNER], identities: "comptes.csv", routes: [{ workload: "mail", to: "courrier" }] });
    try {
      await writeFile(path.join(full.dir, "comptes.csv"), `source;cible\n${OWNER};plein@commune.example\n`);
      targets?.setQuota(2_000);
      const first = await cli(["migrate", "--config", full.config, "--json"]);
      const { seen, counts, blocked } = summary(first.stdout);
      expect(blocked).toEqual([expect.objectContaining({ code: "TARGET_QUOTA_FULL", message: expect.stringContaining("courrier"), remedy: expect.stringContaining("quota") })]);
      expect({ code: first.code, sum: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ code: 14, sum: seen });
      targets?.setQuota(50_000_000);
      const second = await cli(["migrate", "--config", full.config, "--json"]);
      expect(second.code).toBe(0);
      const mail = (lines: readonly string[]): string[] => lines.map((line) => JSON.parse(line) as string[]).filter(([owner, kind]) => kind === "mail" && (owner === OWNER || owner?.startsWith("plein") === true)).map((parts) => JSON.stringify(parts.slice(1)));
      const [wanted, found] = [mail(tenantLines(staged.tenant)), mail(targets?.readBack(["plein@commune.example"]) ?? [])];
      expect({ missing: difference(wanted, found), extra: difference(found, wanted), count: wanted.length }).toEqual({ missing: [], extra: [], count: seen });
    } finally {
      await full.remove();
    }
  });
});

function titleOf(title: string): string {
  return targets === undefined ? `${title} (skipped: one is not installed, run fixtures/servers/{dovecot,radicale,apache} install)` : title;
}

const EMPTY_SHA = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
