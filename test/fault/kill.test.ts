import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { compareTrees } from "../e2e/compare.js";
import { killRuns } from "../e2e/kills.js";
import { cli, summary, workDir, type WorkDir } from "../e2e/cli.js";
import { stage, type Stage } from "../e2e/stage.js";

const KILLS = Number(process.env["EXODUS_KILLS"] ?? 50);
/** Lines of work after which a run is killed at the latest: fifty of them stay short of the whole. */
const MOST = 120;

describe(`kill -9 at ${KILLS} random moments of a 5,000-item run`, () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      const made = await cli(["sandbox", "generate", "--users", "2", "--messages", "2200", "--files", "290", "--median-bytes", "4000", "--seed", "7", "--out", tenant]);
      expect(made.code).toBe(0);
    });
    work = await workDir(staged.served);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("loses nothing and doubles nothing, at the target as in the vault", async () => {
    const killed = await killRuns(work.config, { kills: KILLS, most: MOST, runs: KILLS * 4 - 1, seed: 20261124 });
    expect(killed).toBe(KILLS);
    const before = await compareTrees(staged.tenant, path.join(work.dir, "archive"));
    const killedWith = before.count - before.missing.length;
    const last = await cli(["migrate", "--config", work.config, "--json"]);
    expect({ code: last.code, told: last.code === 0 ? "" : last.stderr }).toEqual({ code: 0, told: "" });
    const { seen, counts } = summary(last.stdout);
    expect(seen).toBe(5_000);
    expect((counts["migrated"] ?? 0) + (counts["already-there"] ?? 0) + (counts["converted"] ?? 0)).toBe(5_000);
    // The kills fell into the work: much had arrived before the last run, and something was left for it.
    expect(killedWith).toBeGreaterThan(20 * KILLS);
    expect(killedWith).toBeLessThan(5_000);
    const compared = await compareTrees(staged.tenant, path.join(work.dir, "archive"));
    expect({ ...compared, killed }).toEqual({ missing: [], extra: [], count: 5_000, killed: KILLS });
    const check = await cli(["vault", "check", "--read-data", "--config", work.config, "--json"]);
    expect({ code: check.code, problems: check.stdout.split("\n").filter((line) => line.includes('"problem"')) }).toEqual({ code: 0, problems: [] });
    expect(await repeatedBlobs(path.join(work.dir, "vault"))).toEqual([]);
    expect(await repeatedRecords(path.join(work.dir, "vault"))).toEqual([]);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect({ code: verified.code, ...summary(verified.stdout).verified }).toEqual({ code: 0, same: 5_000, different: 0, missing: 0, unverifiable: 0 });
  }, 900_000);
});

/** Names that stand twice among one owner's tar segments, told by `tar` itself. */
async function repeatedBlobs(vault: string): Promise<string[]> {
  const repeated: string[] = [];
  for (const owner of await readdir(path.join(vault, "owners"))) {
    const segments = path.join(vault, "owners", owner, "segments");
    const names = (await readdir(segments)).flatMap((name) => execFileSync("tar", ["tf", path.join(segments, name)], { encoding: "utf8", maxBuffer: 1 << 26 }).trim().split("\n"));
    repeated.push(...names.filter((name, index) => names.indexOf(name) !== index));
  }
  return repeated;
}

/** Items that the journal of one workload holds twice; nothing changed at the source, so each belongs there once. */
async function repeatedRecords(vault: string): Promise<string[]> {
  const seen = new Set<string>();
  const repeated: string[] = [];
  for (const owner of await readdir(path.join(vault, "owners"))) {
    const records = path.join(vault, "owners", owner, "records");
    for (const name of await readdir(records)) {
      for (const line of (await readFile(path.join(records, name), "utf8")).trim().split("\n")) {
        const { kind, key } = JSON.parse(line) as { kind: string; key?: { id: string } };
        if (kind !== "item" || key === undefined) continue;
        const id = `${owner} ${name} ${key.id}`;
        if (seen.has(id)) repeated.push(id);
        seen.add(id);
      }
    }
  }
  return repeated;
}
