import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, serve, workDir, type Served } from "./cli.js";
import { stage, type Stage } from "./stage.js";
import { STORM } from "./storm-faults.js";

type Counts = Record<string, Record<string, number>>;

/** What a generated folder holds, by owner and workload, counted from its files alone. A team, a channel, a chat, a list of any kind and a plan are items themselves, beside what is in them. */
async function countTenant(dir: string): Promise<Counts> {
  const counts: Counts = {};
  const add = (owner: string, workload: string, items: number): void => {
    const known = (counts[owner] ??= {});
    known[workload] = (known[workload] ?? 0) + items;
  };
  const json = async (...names: string[]): Promise<unknown> => JSON.parse(await readFile(path.join(dir, ...names), "utf8"));
  const lines = async (...names: string[]): Promise<{ replies?: unknown[] }[]> => (await readFile(path.join(dir, ...names), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as { replies?: unknown[] });
  const files = async (...names: string[]): Promise<string[]> => (await readdir(path.join(dir, ...names), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
  const ending = async (suffix: string, ...names: string[]): Promise<number> => (await files(...names)).filter((name) => name.endsWith(suffix)).length;
  for (const user of await readdir(path.join(dir, "users"))) {
    const home = ["users", user];
    add(user, "mail", await ending(".eml", ...home, "mail"));
    add(user, "calendar", await ending(".ics", ...home, "calendars"));
    add(user, "contacts", await ending(".vcf", ...home, "contacts"));
    add(user, "files", (await files(...home, "drive")).length);
    add(user, "tasks", (await ending(".json", ...home, "todo")) + (await readdir(path.join(dir, ...home, "todo"))).length);
    // The settings themselves and the automatic reply, then one for each that a list has.
    for (const list of ["messageRules", "masterCategories", "overrides"]) add(user, "settings", ((await json(...home, "settings", `${list}.json`)) as unknown[]).length);
    add(user, "settings", 2);
    add(user, "directory", 1);
  }
  const addresses = new Map<string, string>();
  for (const group of await readdir(path.join(dir, "groups"))) {
    const home = ["groups", group];
    const { mail: owner } = (await json(...home, "group.json")) as { mail: string };
    addresses.set(group, owner);
    add(owner, "mail", await ending(".eml", ...home, "mail"));
    add(owner, "files", (await files(...home, "drive")).length);
    add(owner, "pages", (await files(...home, "pages")).length);
    for (const list of await readdir(path.join(dir, ...home, "lists"))) add(owner, "lists", 1 + (await lines(...home, "lists", list, "items.jsonl")).length);
    for (const plan of await readdir(path.join(dir, ...home, "planner"))) {
      const { buckets } = (await json(...home, "planner", plan)) as { buckets: { tasks: unknown[] }[] };
      add(owner, "tasks", 1 + buckets.reduce((sum, { tasks }) => sum + tasks.length, 0));
    }
    add(owner, "directory", 1);
  }
  for (const team of await readdir(path.join(dir, "teams"))) {
    const owner = addresses.get(((await json("teams", team, "team.json")) as { group: string }).group) ?? "";
    add(owner, "channels", 1);
    for (const channel of (await readdir(path.join(dir, "teams", team))).filter((name) => name !== "team.json")) {
      add(owner, "channels", 1 + (await lines("teams", team, channel, "messages.jsonl")).reduce((sum, { replies = [] }) => sum + 1 + replies.length, 0));
    }
  }
  for (const chat of await readdir(path.join(dir, "chats"))) add("", "chats", 1 + (await lines("chats", chat, "messages.jsonl")).length);
  return counts;
}

/** The same of a vault. A chat is one item of whichever member was read first: they are counted together. */
async function countVault(config: string): Promise<Counts> {
  const counts: Counts = {};
  for (const { type, name, workloads } of records((await cli(["vault", "ls", "--config", config, "--json"])).stdout)) {
    if (type !== "owner") continue;
    const { chats = 0, ...others } = workloads as Record<string, number>;
    counts[String(name)] = others;
    if (chats > 0) counts[""] = { chats: (counts[""]?.["chats"] ?? 0) + chats };
  }
  return counts;
}

describe("a generated tenant with all workloads", () => {
  let calm: Stage;
  let own: Counts;
  beforeAll(async () => {
    calm = await stage(async (tenant) => {
      const made = await cli(["sandbox", "generate", "--users", "3", "--messages", "12", "--files", "6", "--teams", "2", "--median-bytes", "1500", "--out", tenant]);
      expect(made.code).toBe(0);
      await writeFile(path.join(tenant, "faults.json"), JSON.stringify(STORM));
    });
    own = await countTenant(calm.tenant);
  });
  afterAll(() => calm.remove());

  /** Pulls everything from a sandbox, checks the vault, and counts it. */
  async function pulled(args: readonly string[], source: Record<string, unknown> = {}): Promise<{ counts: Counts; told: string[]; refused: number }> {
    const served: Served = await serve(calm.tenant, args);
    const work = await workDir(served, { groups: "all", routes: [{ workload: "all", to: "archive" }] }, source);
    try {
      const pull = await cli(["pull", "--config", work.config, "--json"]);
      const check = await cli(["vault", "check", "--read-data", "--config", work.config, "--json"]);
      const problems = records(check.stdout).filter(({ kind }) => kind === "problem");
      expect({ pull: pull.code, check: check.code, problems }).toEqual({ pull: 0, check: 0, problems: [] });
      const refused = Object.entries(await served.counts()).filter(([key]) => / (?:4|5)\d\d$/.test(key) && !key.endsWith("404")).reduce((sum, [, count]) => sum + count, 0);
      return { counts: await countVault(work.config), told: records(pull.stdout).filter(({ type }) => type === "not-offered" || type === "beyond").map(({ type, workload }) => `${String(type)} ${String(workload)}`), refused };
    } finally {
      await served.stop();
      await work.remove();
    }
  }

  it("has something of each", () => {
    const workloads = new Set(Object.values(own).flatMap((of) => Object.keys(of)));
    expect([...workloads].sort()).toEqual(["calendar", "channels", "chats", "contacts", "directory", "files", "lists", "mail", "pages", "settings", "tasks"]);
  });

  it("is counted alike in the vault under the published limits, workload by workload", async () => {
    const { counts, told } = await pulled(["--throttle", "documented"], { pace: "published" });
    expect(counts).toEqual(own);
    expect(told).toEqual(["beyond notes", "beyond calendar"]);
  }, 300_000);

  it("is counted alike with every fault at once", async () => {
    const { counts, refused } = await pulled(["--faults", path.join(calm.tenant, "faults.json")]);
    expect(counts).toEqual(own);
    expect(refused).toBeGreaterThan(20);
  }, 300_000);

  it("is counted alike in Bleu, but for what Bleu does not offer, which is told", async () => {
    const { counts, told } = await pulled(["--cloud", "bleu"], { cloud: "bleu" });
    const offered = Object.fromEntries(Object.entries(own).map(([owner, of]) => [owner, owner.startsWith("equipe-") || owner === "" ? of : Object.fromEntries(Object.entries(of).filter(([workload]) => workload !== "tasks"))]));
    expect(counts).toEqual(offered);
    expect(told.filter((line) => line.startsWith("not-offered")).sort()).toEqual(["not-offered notes", "not-offered tasks"]);
  }, 300_000);
});
