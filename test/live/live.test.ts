import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, summary } from "../e2e/cli.js";
import { liveSettings, writeConfig, type LiveSettings } from "./settings.js";

interface Line {
  readonly owner: string;
  readonly workload: string;
  /** The source's own count before and after; absent where it tells none. */
  readonly before?: number;
  readonly after?: number;
  readonly read: number;
}

/** Reads a few accounts of a tenant into a vault of its own and compares with the source's own counts. Writes nothing at the source. */
describe("a live tenant", () => {
  let settings: LiveSettings;
  let dir: string;
  let config: string;

  beforeAll(async () => {
    settings = liveSettings(process.env);
    dir = await mkdtemp(path.join(tmpdir(), "exodus-live-"));
    config = await writeConfig(dir, settings);
  });
  afterAll(async () => {
    if (settings?.keep === false) await rm(dir, { recursive: true, force: true });
    else if (dir !== undefined) process.stdout.write(`Kept: ${dir}\n`);
  });

  it("signs in and has the permissions that the workloads need", async () => {
    const { code, stdout, stderr } = await cli(["doctor", "--config", config, "--lang", "en"]);
    expect({ code, told: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, told: "" });
  });

  it("is read, and holds as much as the source counts", async () => {
    const before = await counted();
    const lines: Line[] = [];
    for (const owner of settings.owners) {
      for (const workload of settings.workloads) {
        const { code, stdout, stderr } = await cli(["pull", "--owner", owner, "--workload", workload, "--config", config, "--json"]);
        const { seen, blocked, counts } = summary(stdout);
        expect({ owner, workload, code, blocked, failed: counts["failed"], told: code === 0 ? "" : stderr.slice(-2000) }).toEqual({ owner, workload, code: 0, blocked: [], failed: 0, told: "" });
        lines.push({ owner, workload, read: seen - (await cards(path.join(dir, "vault"), owner, workload)) });
      }
    }
    const after = await counted();
    const told = lines.map((line) => ({ ...line, ...pick("before", before.get(`${line.owner} ${line.workload}`)), ...pick("after", after.get(`${line.owner} ${line.workload}`)) }));
    for (const { owner, workload, read, before: first, after: second } of told) process.stdout.write(`${owner} ${workload}: ${read} read, ${first ?? "?"} counted before, ${second ?? "?"} after\n`);
    // Mail goes on arriving: what was read lies between the two counts.
    const differing = told.filter(({ read, before: a, after: b }) => a !== undefined && b !== undefined && (read < Math.min(a, b) || read > Math.max(a, b)));
    expect(differing).toEqual([]);
  });

  it("is whole in the vault, to the last byte", async () => {
    const { code, stdout, stderr } = await cli(["vault", "check", "--read-data", "--config", config, "--lang", "en"]);
    expect({ code, told: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, told: "" });
  });

  it("is followed by delta without reading it again", async () => {
    const { code, stdout } = await cli(["pull", "--pass", "delta", "--config", config, "--json"]);
    const read = records(stdout).filter(({ type }) => type === "pulled").reduce((sum, { items }) => sum + Number(items), 0);
    process.stdout.write(`delta: ${read} items had changed since\n`);
    expect(code).toBe(0);
    expect(read).toBeLessThan(summary(stdout).seen);
  });

  async function counted(): Promise<ReadonlyMap<string, number | undefined>> {
    const { stdout } = await cli(["audit", "--config", config, "--json"]);
    return new Map(records(stdout).filter(({ type }) => type === "audit").map(({ ownerName, workload, items }) => [`${String(ownerName)} ${String(workload)}`, items as number | undefined]));
  }
});

function pick<K extends string>(name: K, value: number | undefined): { readonly [key in K]?: number } {
  return value === undefined ? {} : { [name]: value } as { readonly [key in K]?: number };
}

/** Records that tell of a folder, a list or a conversation, not of an item that the source counts. */
const CARDS = new Set(["folder", "calendar", "conversation", "task-list"]);

async function cards(vault: string, owner: string, workload: string): Promise<number> {
  const ids = new Set<string>();
  for (const name of await readdir(path.join(vault, "owners"))) {
    const home = path.join(vault, "owners", name);
    if ((JSON.parse(await readFile(path.join(home, "owner.json"), "utf8")) as { name: string }).name.toLowerCase() !== owner.toLowerCase()) continue;
    for (const file of (await readdir(path.join(home, "records"))).filter((one) => one.startsWith(`${workload}-`))) {
      for (const line of (await readFile(path.join(home, "records", file), "utf8")).split("\n").filter((one) => one !== "")) {
        const told = JSON.parse(line) as { kind: string; key?: { id: string }; record?: { type?: string } };
        if (told.kind === "item" && CARDS.has(told.record?.type ?? "")) ids.add(told.key?.id ?? "");
      }
    }
  }
  return ids.size;
}
