import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { lockVault } from "../../src/vault/lock.js";
import { cli, launch, PROGRAM, records, ROOT, serve, summary, workDir, type Served, type WorkDir } from "./cli.js";

/** She holds three chats: one with Loïc, one with Gaëlle and others, one with Rémi. */
const HELENE = "helene.garcon@eaux-vallee.example";

interface Line {
  readonly kind: string;
  readonly key?: { readonly id: string; readonly workload: string };
  readonly title?: string;
  readonly body?: { readonly sha256: string };
}

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** Item lines of an owner, by the start of the folder's name. */
async function linesOf(vault: string, owner: string): Promise<Line[]> {
  const files = (await filesOf(path.join(vault, "owners"))).filter((file) => file.includes(`/owners/${owner}`) && file.endsWith(".jsonl") && file.includes("/records/"));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.flatMap((text) => text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Line)).filter(({ kind }) => kind === "item");
}

/** Which of the words stand somewhere in the raw bytes of the vault: in free pages or journals of the index too. */
async function wordsIn(vault: string, words: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const file of await filesOf(vault)) {
    const bytes = await readFile(file);
    for (const word of words) if (bytes.includes(word)) found.add(word);
  }
  return [...found].sort();
}

describe("an owner who is erased", () => {
  let served: Served;
  let work: WorkDir;
  let before: string;
  let vault: string;
  let secrets: string[];

  beforeAll(async () => {
    served = await serve(path.join(ROOT, "fixtures/tenant"));
    work = await workDir(served, { routes: [{ workload: "all", to: "archive" }], groups: "all" });
    vault = path.join(work.dir, "vault");
    expect((await cli(["migrate", "-c", work.config, "--quiet"])).code).toBe(0);
    before = await mkdtemp(path.join(tmpdir(), "exodus-erase-"));
    await cp(vault, before, { recursive: true });
    const hers = (await linesOf(vault, "helene")).filter(({ key }) => key?.workload !== "chats");
    const owners = (await readdir(path.join(vault, "owners"))).filter((name) => !name.startsWith("helene"));
    const others = (await Promise.all(owners.map((owner) => linesOf(vault, owner)))).flat();
    const known = JSON.stringify(others);
    secrets = [...new Set(hers.flatMap(({ key, title, body }) => [key?.id ?? "", title ?? "", body?.sha256 ?? ""]))].filter((word) => word.length > 8 && !known.includes(word));
  });

  beforeEach(async () => {
    await rm(vault, { recursive: true, force: true });
    await cp(before, vault, { recursive: true });
  });

  afterAll(async () => {
    await served.stop();
    await work.remove();
    await rm(before, { recursive: true, force: true });
  });

  const erase = (...args: string[]) => cli(["vault", "erase", "--vault", vault, "--json", ...args]);

  it("is shown first, and goes only when confirmed", async () => {
    const dry = await erase("--owner", HELENE, "--dry-run");
    expect([dry.code, records(dry.stdout)]).toEqual([0, [expect.objectContaining({ type: "vault-erase-plan", name: HELENE, folders: [expect.stringMatching(/^owners\/helene/)] })]]);
    const unconfirmed = await erase("--owner", HELENE);
    expect([unconfirmed.code, unconfirmed.stderr]).toEqual([2, expect.stringContaining("VAULT_ERASE_UNCONFIRMED")]);
    expect((await erase("--owner", "nobody@eaux-vallee.example", "--yes")).stderr).toContain("VAULT_OWNER_UNKNOWN");
    expect(await wordsIn(vault, secrets)).toEqual([...secrets].sort());
  });

  it("is asked for by name in a terminal", () => {
    // A terminal of our own: what is typed, and what the program answers with.
    const script = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
out = b""
while b"(${HELENE})" not in out.split(b"Type", 1)[-1]:
    out += os.read(fd, 4096)
os.write(fd, sys.argv[1].encode() + b"\\r")
while True:
    try:
        if not os.read(fd, 4096): break
    except OSError: break
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;
    const typed = (answer: string) => spawnSync("python3", ["-c", script, answer, process.execPath, PROGRAM, "vault", "erase", "--vault", vault, "--owner", HELENE, "--lang", "en"], { timeout: 30_000 }).status;
    expect(typed("yes")).toBe(2);
    expect(typed(HELENE)).toBe(0);
  });

  it("leaves no byte behind but a proof, is not read again unless told, and takes nothing from others", async () => {
    expect(secrets.length).toBeGreaterThan(30);
    const chats = (await linesOf(vault, "helene")).filter(({ key }) => key?.workload === "chats").map(({ key }) => key?.id);
    const recordsHash = createHash("sha256");
    for (const file of (await filesOf(vault)).filter((name) => name.includes("/owners/helene") && name.includes("/records/")).sort()) recordsHash.update(await readFile(file));

    // What a repair set aside, and what a killed process left, hold her names too.
    for (const name of ["state.sqlite.damaged-0a1b2c3d", "state.sqlite.damaged-0a1b2c3d-wal", "state.sqlite.part", ".7da571d2-060c-4743-858d-5df091eb67a2.part"]) await writeFile(path.join(vault, name), secrets.join("\n"));
    const erased = await erase("--owner", HELENE, "--yes");
    expect(erased.code).toBe(0);
    expect(await wordsIn(vault, [...secrets, "helene.garcon@eaux-vallee.example-"])).toEqual([]);
    const proof = (await readFile(path.join(vault, "erasures.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(proof).toEqual([{
      v: 1, id: expect.any(String), owner: expect.stringMatching(/^[0-9a-f]{64}$/), begunAt: expect.any(String), endedAt: expect.any(String),
      workloads: expect.arrayContaining([{ workload: "mail", items: 11, bytes: expect.any(Number) }]), handed: chats.length, records: recordsHash.digest("hex"),
    }]);
    expect((await cli(["vault", "check", "--vault", vault, "--read-data", "--schema"])).code).toBe(0);

    // What she held for others too is theirs now, and known to be at the target: nothing is read or written again.
    const heirs = (await Promise.all(["loic", "gaelle", "remi"].map((name) => linesOf(vault, name)))).flat().map(({ key }) => key?.id);
    expect(chats.length).toBeGreaterThan(3);
    expect(heirs).toEqual(expect.arrayContaining(chats));
    const later = await cli(["migrate", "--pass", "delta", "-c", work.config, "--json"]);
    expect([later.code, records(later.stdout).find(({ type }) => type === "erased-owner")]).toEqual([0, expect.objectContaining({ name: HELENE })]);
    expect(summary(later.stdout).counts).toMatchObject({ migrated: 0, converted: 0, failed: 0, pending: 0 });
    expect(await wordsIn(vault, secrets)).toEqual([]);
    const verified = await cli(["verify", "-c", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toMatchObject({ different: 0, missing: 0 });

    const named = await cli(["pull", "--owner", HELENE, "-c", work.config]);
    expect([named.code, named.stderr]).toEqual([10, expect.stringContaining("OWNER_ERASED")]);
    expect((await cli(["pull", "--again", "-c", work.config])).code).toBe(2);
    expect((await cli(["pull", "--owner", HELENE, "--again", "-c", work.config])).code).toBe(0);
    const again = await cli(["pull", "-c", work.config, "--json"]);
    expect(records(again.stdout).filter(({ type }) => type === "erased-owner")).toEqual([]);
    expect(await wordsIn(vault, secrets)).toEqual([...secrets].sort());
    // The chats stay with whom they went to.
    expect((await linesOf(vault, "helene")).filter(({ key }) => key?.workload === "chats")).toEqual([]);
    expect((await cli(["vault", "check", "--vault", vault, "--read-data", "--schema"])).code).toBe(0);
  });

  it("is wholly there or wholly gone, whenever the erasure is killed", async () => {
    let cut = 0;
    for (let attempt = 0; cut < 2 && attempt < 16; attempt += 1) {
      await rm(vault, { recursive: true, force: true });
      await cp(before, vault, { recursive: true });
      const { child, done } = launch(["vault", "erase", "--vault", vault, "--owner", HELENE, "--yes", "--json"]);
      // The plan is told just before the first step; what follows takes some tens of milliseconds.
      child.stdout?.once("data", () => setTimeout(() => child.kill("SIGKILL"), (attempt * 7) % 50));
      if ((await done).code !== null) continue;
      const check = await cli(["vault", "check", "--vault", vault, "--read-data"]);
      if (check.code === 0) {
        expect(await wordsIn(vault, secrets)).toEqual([...secrets].sort());
        continue;
      }
      cut += 1;
      expect([check.code, check.stderr]).toEqual([10, expect.stringContaining("VAULT_ERASURE_UNFINISHED")]);
      expect((await cli(["vault", "ls", "--vault", vault, HELENE])).code).toBe(10);
      expect((await erase()).code).toBe(0);
      expect(await wordsIn(vault, [...secrets, "helene.garcon@eaux-vallee.example-"])).toEqual([]);
      expect((await cli(["vault", "check", "--vault", vault, "--read-data", "--schema"])).code).toBe(0);
      const later = await cli(["push", "-c", work.config, "--json"]);
      expect([later.code, summary(later.stdout).counts]).toEqual([0, expect.objectContaining({ migrated: 0, converted: 0, failed: 0, pending: 0 })]);
    }
    expect(cut).toBeGreaterThan(0);
  });

  it("is not touched while a run holds the vault", async () => {
    const unlock = await lockVault(vault);
    try {
      const told = await erase("--owner", HELENE, "--yes");
      expect([told.code, told.stderr]).toEqual([11, expect.stringContaining("VAULT_LOCKED")]);
    } finally {
      await unlock();
    }
    expect(await wordsIn(vault, secrets)).toEqual([...secrets].sort());
  });
});
