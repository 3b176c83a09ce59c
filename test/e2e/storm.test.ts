import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { compareTrees } from "./compare.js";
import { cli, records, ROOT, serve, summary, workDir, type Ended, type Served, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";
import { STORM } from "./storm-faults.js";

/** Items pulled, by workload, as the run tells them. */
function pulled(run: Ended): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { type, workload, items } of records(run.stdout)) if (type === "pulled") sums[String(workload)] = (sums[String(workload)] ?? 0) + Number(items);
  return sums;
}

/** Messages of conversations below a folder, replies included. */
async function messagesBelow(dir: string): Promise<number> {
  let count = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.name !== "messages.jsonl") continue;
    const lines = (await readFile(path.join(entry.parentPath, entry.name), "utf8")).split("\n").filter((line) => line !== "");
    for (const line of lines) count += 1 + ((JSON.parse(line) as { replies?: unknown[] }).replies ?? []).length;
  }
  return count;
}

describe("the default tenant, under the published limits and every fault at once", () => {
  let calm: Stage;
  let stormy: Served;
  let work: WorkDir;
  let other: WorkDir;
  let run: Ended;
  const CHANGES = { groups: "all", routes: [{ workload: "all", to: "archive" }] };

  beforeAll(async () => {
    calm = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      await writeFile(path.join(tenant, "faults.json"), JSON.stringify(STORM));
    });
    const limits = ["--throttle", "documented", "--latency", "5"];
    stormy = await serve(calm.tenant, [...limits, "--faults", path.join(calm.tenant, "faults.json"), "--log", path.join(calm.tenant, "requests.jsonl")]);
    work = await workDir(stormy, CHANGES, { pace: "published" });
    other = await workDir(calm.served, CHANGES);
    run = await cli(["migrate", "--config", work.config, "--json"]);
  }, 600_000);

  afterAll(async () => {
    await stormy.stop();
    await calm.remove();
    await work.remove();
    await other.remove();
  });

  it("was met by all of it", async () => {
    const lines = (await readFile(path.join(calm.tenant, "requests.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { status: number; query: string });
    const seen = new Set(lines.map(({ status }) => status));
    expect([200, 302, 401, 429, 500, 503].filter((status) => !seen.has(status))).toEqual([]);
    expect(lines.some(({ query }) => query.includes("sandbox-again"))).toBe(true);
  });

  it("arrives whole, and nothing twice", async () => {
    const { counts, blocked } = summary(run.stdout);
    const failures = records(run.stdout).filter(({ state }) => state === "failed");
    expect({ code: run.code, failed: counts["failed"], failures, blocked }).toEqual({ code: 0, failed: 0, failures: [], blocked: [] });
    const { missing, extra, count } = await compareTrees(calm.tenant, path.join(work.dir, "archive"));
    expect({ missing: missing.filter((line) => !line.includes("infecte.com")), extra, some: count > 150 }).toEqual({ missing: [], extra: [], some: true });
    for (const folder of ["chats", "teams"]) expect(await messagesBelow(path.join(work.dir, "archive", folder))).toBe(await messagesBelow(path.join(calm.tenant, folder)));
  });

  it("gives as many items of each workload as in calm weather", async () => {
    const fair = await cli(["migrate", "--config", other.config, "--json"]);
    expect(fair.code).toBe(0);
    const [bySeen, byCalm] = [summary(run.stdout), summary(fair.stdout)];
    expect(bySeen.seen).toBe(byCalm.seen);
    expect(Object.keys(pulled(fair)).length).toBeGreaterThan(5);
    // A row told twice may be read twice: it is one item all the same, as the sum of what was seen says.
    const fewer = Object.entries(pulled(fair)).filter(([workload, items]) => (pulled(run)[workload] ?? 0) < items);
    expect(fewer).toEqual([]);
  });

  it("leaves a sound vault", async () => {
    const check = await cli(["vault", "check", "--read-data", "--config", work.config, "--json"]);
    expect({ code: check.code, problems: records(check.stdout).filter(({ kind }) => kind === "problem") }).toEqual({ code: 0, problems: [] });
  });
});
