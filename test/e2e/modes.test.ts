import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { PROGRAM, ROOT, serve, workDir, type Served, type WorkDir } from "./cli.js";

/** Runs the program as somebody would whose shell lets everybody read and write what it makes. */
function open(...args: readonly string[]): number | null {
  const run = spawnSync("sh", ["-c", 'umask 000 && exec "$@"', "sh", process.execPath, PROGRAM, ...args], { encoding: "utf8", cwd: ROOT, env: { ...process.env, LANG: "C" } });
  return run.status;
}

/** What in the folder, itself included, others than its owner may touch. */
async function shared(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of ["", ...(await readdir(dir, { recursive: true })).sort()]) {
    const one = await stat(path.join(dir, name));
    const mode = one.mode & 0o777;
    if (mode !== (one.isDirectory() ? 0o700 : 0o600)) found.push(`${name} ${mode.toString(8)}`);
  }
  return found;
}

describe("whatever a command makes of a vault, under umask 000", () => {
  let served: Served;
  let work: WorkDir;
  const at = (name: string): string => path.join(work.dir, name);

  beforeAll(async () => {
    served = await serve(path.join(ROOT, "fixtures/tenant"));
    work = await workDir(served, { routes: [{ workload: "all", to: "archive" }], groups: "all" });
  });

  afterAll(async () => {
    await served.stop();
    await work.remove();
  });

  it("is its owner's alone: first pull, repair and what it sets aside, copies, a new index, an erasure, a bag", async () => {
    expect(open("pull", "-c", work.config, "--quiet")).toBe(0);
    expect(await shared(at("vault"))).toEqual([]);

    const [owner = ""] = (await readdir(at("vault/owners"))).filter((name) => name.startsWith("helene"));
    const segment = at(`vault/owners/${owner}/segments/000001.tar`);
    const bytes = await readFile(segment);
    bytes[600] = (bytes[600] ?? 0) ^ 1;
    await writeFile(segment, bytes);
    await truncate(at("vault/state.sqlite"), 5_000);
    expect(open("vault", "check", "--repair", "--read-data", "--vault", at("vault"))).not.toBe(null);
    expect((await readdir(at("vault"), { recursive: true })).filter((name) => /damaged/.test(name)).length).toBeGreaterThan(2);
    expect(await shared(at("vault"))).toEqual([]);

    const identity = await generateX25519Identity();
    await writeFile(at("me.txt"), identity, { mode: 0o600 });
    const recipient = await identityToRecipient(identity);
    expect(open("vault", "copy", "--vault", at("vault"), "--to", at("closed"), "--identity", `file:${at("me.txt")}`, "--recipient", recipient)).toBe(0);
    for (const end of ["", "-wal", "-shm"]) await rm(at(`closed/state.sqlite${end}`), { force: true });
    expect(open("vault", "rebuild", "--vault", at("closed"), "--identity", `file:${at("me.txt")}`)).toBe(0);
    expect(open("vault", "erase", "--owner", "helene.garcon@eaux-vallee.example", "--yes", "--vault", at("closed"), "--identity", `file:${at("me.txt")}`)).toBe(0);
    expect(await shared(at("closed"))).toEqual([]);

    expect(open("vault", "export", "--bagit", at("bag"), "--vault", at("vault"))).toBe(0);
    expect(await shared(at("bag"))).toEqual([]);
  });
});
