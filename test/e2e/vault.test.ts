import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { generateTenant } from "../../src/sandbox/generate.js";
import { cli, records, ROOT, serve, workDir, type WorkDir } from "./cli.js";

/** What two folders hold, file by file; what a run writes about itself left out. */
async function filesOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  return Object.fromEntries(await Promise.all(names.sort().map(async (name) => [name, await readFile(path.join(dir, name), "base64")])));
}

async function recordsFile(vault: string, owner: string, name: string): Promise<string> {
  const folder = (await readdir(path.join(vault, "owners"))).find((entry) => entry.startsWith(owner)) ?? "";
  return path.join(vault, "owners", folder, "records", name);
}

describe("a vault", () => {
  let generated: string;
  const works: WorkDir[] = [];
  const routes = { routes: [{ workload: "all", to: "archive" }], groups: "all" };

  beforeAll(async () => {
    generated = await mkdtemp(path.join(tmpdir(), "exodus-generated-"));
    await generateTenant({ dir: generated, users: 2, messages: 12, files: 4, seed: 3 });
    for (const tenant of [path.join(ROOT, "fixtures/tenant"), generated]) {
      const served = await serve(tenant);
      try {
        const work = await workDir(served, routes);
        works.push(work);
        expect((await cli(["migrate", "-c", work.config, "--quiet"])).code).toBe(0);
      } finally {
        await served.stop();
      }
    }
  });

  afterAll(async () => {
    await rm(generated, { recursive: true, force: true });
    for (const work of works) await work.remove();
  });

  const vaultOf = (index: number): string => path.join(works[index]?.dir ?? "", "vault");

  it.each([["default", 0], ["generated", 1]] as const)("of the %s tenant obeys the published schemas, record by record", async (_name, index) => {
    const { code, stdout } = await cli(["vault", "check", "--vault", vaultOf(index), "--schema", "--read-data", "--json"]);
    const found = records(stdout);
    expect(found.filter(({ kind }) => kind === "problem")).toEqual([]);
    expect(found.at(-1)).toMatchObject({ kind: "summary", problems: 0, records: expect.any(Number) });
    expect(Number(found.at(-1)?.["records"])).toBeGreaterThan(index === 0 ? 400 : 30);
    expect(code).toBe(0);
  });

  it("gives a planted wrong record away by file, line and item", async () => {
    const vault = path.join(works[1]?.dir ?? "", "planted");
    await cp(vaultOf(1), vault, { recursive: true });
    const [owner = ""] = await readdir(path.join(vault, "owners"));
    const file = await recordsFile(vault, owner, "mail-000001.jsonl");
    const lines = (await readFile(file, "utf8")).split("\n");
    const at = lines.findIndex((text) => text.includes('"kind":"item"'));
    const wrong = JSON.parse(lines[at] ?? "") as { key: { id: string }; record: Record<string, unknown> };
    wrong.record["isRead"] = 1;
    lines[at] = JSON.stringify(wrong).padEnd((lines[at] ?? "").length);
    await writeFile(file, lines.join("\n"));
    const { code, stdout } = await cli(["vault", "check", "--vault", vault, "--schema", "--json"]);
    expect(code).toBe(4);
    expect(records(stdout).filter(({ kind, code: found }) => kind === "problem" && found === "against-schema")).toEqual([
      { type: "vault-check", kind: "problem", code: "against-schema", file: `owners/${owner}/records/mail-000001.jsonl:${at + 1}`, item: wrong.key.id, message: "/record/isRead: must be boolean" },
    ]);
  });

  it("without its index is refused; its records alone make one, from which a target is filled without any source", async () => {
    const dir = works[0]?.dir ?? "";
    for (const end of ["", "-wal", "-shm"]) await rm(path.join(vaultOf(0), `state.sqlite${end}`), { force: true });
    const config = path.join(dir, "later.yaml");
    await writeFile(config, stringify({ version: 1, vault: "./vault", targets: { later: { adapter: "archive", path: "./later", index: false } }, ...routes, routes: [{ workload: "all", to: "later" }] }));
    for (const command of [["push", "-c", config], ["vault", "check", "-c", config]]) {
      const refused = await cli(command);
      expect([refused.code, refused.stderr]).toEqual([10, expect.stringContaining("VAULT_INDEX_MISSING")]);
    }
    expect((await cli(["vault", "rebuild", "-c", config])).code).toBe(0);
    expect((await cli(["vault", "rebuild", "-c", config])).stderr).toContain("VAULT_INDEX_EXISTS");
    const pushed = await cli(["push", "-c", config, "--json"]);
    expect([pushed.code, pushed.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(await filesOf(path.join(dir, "later"))).toEqual(await filesOf(path.join(dir, "archive")));
    expect((await cli(["verify", "-c", config])).code).toBe(0);
    const pull = await cli(["pull", "-c", config]);
    expect([pull.code, pull.stderr]).toEqual([10, expect.stringContaining("CONFIG_SOURCE")]);
  });
});
