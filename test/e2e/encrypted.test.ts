import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { parse, stringify } from "yaml";
import { killRuns } from "./kills.js";
import { cli, records, ROOT, serve, summary, workDir, type Served, type WorkDir } from "./cli.js";

const HELENE = "helene.garcon@eaux-vallee.example";

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

/** Which of the words stand in the vault's bytes or names. */
async function wordsIn(vault: string, words: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const file of await filesOf(vault)) {
    const bytes = await readFile(file);
    for (const word of words) if (bytes.includes(word) || file.slice(vault.length).includes(word)) found.add(word);
  }
  return [...found];
}

describe("an encrypted vault", () => {
  let served: Served;
  let work: WorkDir;
  let vault: string;
  let identity: string;
  let recipient: string;

  const configured = async (settings: unknown): Promise<string> => {
    const file = path.join(work.dir, "other.yaml");
    await writeFile(file, stringify({ ...(parse(await readFile(work.config, "utf8")) as object), vault: settings }));
    return file;
  };
  const refusal = async (settings: unknown, command = ["pull"]): Promise<[number | null, string]> => {
    const { code, stderr } = await cli([...command, "-c", await configured(settings)]);
    return [code, /\[([A-Z_]+)\]/.exec(stderr)?.[1] ?? stderr];
  };

  beforeAll(async () => {
    identity = await generateX25519Identity();
    recipient = await identityToRecipient(identity);
    served = await serve(path.join(ROOT, "fixtures/tenant"));
    work = await workDir(served, { routes: [{ workload: "all", to: "archive" }], groups: "all", vault: { path: "./vault", recipients: [recipient], identity: "file:me.txt" } });
    vault = path.join(work.dir, "vault");
    await writeFile(path.join(work.dir, "me.txt"), `# created by age-keygen\n${identity}\n`, { mode: 0o600 });
    await writeFile(path.join(work.dir, "stranger.txt"), await generateX25519Identity(), { mode: 0o600 });
  });

  afterAll(async () => {
    await served.stop();
    await work.remove();
  });

  it("survives kill -9, and arrives at the target as it is at the source", async () => {
    expect(await killRuns(work.config, { kills: 2, most: 60, runs: 6 })).toBeGreaterThan(0);
    const run = await cli(["migrate", "-c", work.config, "--json"]);
    expect([run.code, summary(run.stdout).counts]).toEqual([0, expect.objectContaining({ failed: 0, pending: 0 })]);
    const verified = summary((await cli(["verify", "-c", work.config, "--json"])).stdout).verified;
    expect(verified).toMatchObject({ different: 0, missing: 0, unverifiable: 0 });
    expect(verified["same"]).toBeGreaterThan(250);
    const check = await cli(["vault", "check", "-c", work.config, "--read-data", "--schema", "--json"]);
    expect([check.code, records(check.stdout).filter(({ kind }) => kind === "problem")]).toEqual([0, []]);
    expect(await wordsIn(vault, ["eaux-vallee", "helene", "Budget", "Subject:", "BEGIN:VCARD", "inbox", "AGE-SECRET-KEY", "SQLite format"])).toEqual([]);
  });

  it("is opened by its recipients alone, and says so plainly", async () => {
    expect(await refusal({ path: "./vault" })).toEqual([13, "VAULT_IDENTITY_MISSING"]);
    expect(await refusal({ path: "./vault", identity: "file:stranger.txt" })).toEqual([13, "VAULT_IDENTITY_WRONG"]);
    expect(await refusal({ path: "./vault", identity: "file:stranger.txt" }, ["status"])).toEqual([13, "VAULT_IDENTITY_WRONG"]);
    expect(await refusal({ path: "./vault", identity: "file:absent.txt" })).toEqual([10, "CONFIG_SECRET_MISSING"]);
    expect(await refusal({ path: "./vault", recipients: [recipient] })).toEqual([10, "CONFIG_INVALID"]);
    const stranger = await identityToRecipient((await readFile(path.join(work.dir, "stranger.txt"), "utf8")).trim());
    expect(await refusal({ path: "./vault", recipients: [recipient, stranger], identity: "file:me.txt" })).toEqual([10, "VAULT_RECIPIENTS"]);
    expect(await refusal({ path: "./stranger", recipients: [stranger], identity: "file:me.txt" })).toEqual([13, "VAULT_IDENTITY_WRONG"]);
    const closed = await cli(["vault", "check", "--vault", vault, "--read-data", "--json"]);
    expect([closed.code, records(closed.stdout).at(-1)]).toEqual([0, expect.objectContaining({ records: 0, problems: 0, blobs: expect.any(Number) })]);
    expect(Number(records(closed.stdout).at(-1)?.["blobs"])).toBeGreaterThan(150);
    expect((await cli(["vault", "ls", "--vault", vault])).code).toBe(13);
    const listed = await cli(["vault", "ls", "--vault", vault, "--identity", "env:ME"], { env: { ME: identity } });
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining(HELENE)]);

    expect((await cli(["vault", "recipients", "add", stranger, "-c", work.config])).code).toBe(0);
    expect((await cli(["vault", "recipients", "-c", work.config])).stdout).toBe(`${recipient}\n${stranger}\n`);
    expect((await cli(["vault", "ls", "--vault", vault, "--identity", `file:${path.join(work.dir, "stranger.txt")}`])).code).toBe(0);
  });

  it("has its identity tried by doctor, before the first run and after", async () => {
    await writeFile(path.join(work.dir, "nobody.txt"), await generateX25519Identity(), { mode: 0o600 });
    const tried = async (settings: unknown): Promise<unknown> => {
      const { code, stdout } = await cli(["doctor", "-c", await configured(settings), "--json"]);
      return [code, ...records(stdout).filter(({ type, where }) => type === "check" && where === "vault").map((check) => [check["ok"], check["code"]])];
    };
    expect(await tried({ path: "./vault", recipients: [recipient], identity: "file:me.txt" })).toEqual([0, [true, "VAULT_IDENTITY"]]);
    expect(await tried({ path: "./vault", recipients: [recipient], identity: "file:nobody.txt" })).toEqual([13, [false, "VAULT_IDENTITY_WRONG"]]);
    expect(await tried({ path: "./unmade", recipients: [recipient], identity: "file:me.txt" })).toEqual([0, [true, "VAULT_IDENTITY"]]);
    expect(await tried({ path: "./unmade", recipients: [recipient], identity: "file:nobody.txt" })).toEqual([13, [false, "VAULT_IDENTITY_WRONG"]]);
    expect(await tried({ path: "./unmade", identity: "file:me.txt" })).toEqual([10, [false, "VAULT_PLAIN"]]);
    expect(await tried("./unmade")).toEqual([0]);
    expect(await readdir(work.dir)).not.toContain("unmade");
  });

  it("is not what a plain vault becomes by a line in the configuration", async () => {
    expect((await cli(["pull", "--workload", "contacts", "-c", await configured("./plain")])).code).toBe(0);
    expect(await refusal({ path: "./plain", recipients: [recipient], identity: "file:me.txt" })).toEqual([10, "VAULT_PLAIN"]);
    expect(await refusal({ path: "./plain", identity: "file:me.txt" })).toEqual([10, "VAULT_PLAIN"]);
    expect(await refusal({ path: "./new", identity: "file:me.txt" })).toEqual([10, "VAULT_PLAIN"]);
    expect(await readdir(work.dir)).not.toContain("new");
    expect((await cli(["vault", "recipients", "add", recipient, "--vault", path.join(work.dir, "plain")])).stderr).toContain("VAULT_PLAIN");
  });

  it("is exported in clear; its index is made anew; one owner is erased from it", async () => {
    const out = await mkdtemp(path.join(tmpdir(), "exodus-encrypted-"));
    try {
      expect((await cli(["vault", "export", "--maildir", path.join(out, "maildir"), "--bagit", path.join(out, "bag"), "-c", work.config])).code).toBe(0);
      expect(await wordsIn(path.join(out, "maildir"), ["Subject:"])).toEqual(["Subject:"]);
      // A bag is a vault: encrypted, with its key, its index to be made.
      const bagged = path.join(out, "vault");
      await cp(path.join(out, "bag", "data"), bagged, { recursive: true }).catch(() => undefined);
      expect(await readdir(bagged)).toEqual(expect.arrayContaining(["exodus-vault.json", "key.age", "owners"]));

      await rename(path.join(vault, "state.sqlite"), path.join(out, "state.sqlite"));
      for (const end of ["-wal", "-shm"]) await rm(path.join(vault, `state.sqlite${end}`), { force: true });
      expect((await cli(["vault", "rebuild", "-c", work.config])).code).toBe(0);
      expect((await cli(["vault", "check", "-c", work.config, "--read-data"])).code).toBe(0);
      await writeFile(path.join(vault, "state.sqlite"), "not a database, but long enough to be taken for one".repeat(100));
      expect(await refusal({ path: "./vault", identity: "file:me.txt" }, ["status"])).toEqual([10, "STATE_KEY"]);
      await rename(path.join(out, "state.sqlite"), path.join(vault, "state.sqlite"));

      const before = await filesOf(vault);
      expect((await cli(["vault", "erase", "--owner", HELENE, "--yes", "-c", work.config])).code).toBe(0);
      expect(before.filter((file) => file.includes("-2b4a10ce")).length).toBeGreaterThan(5);
      expect((await filesOf(vault)).filter((file) => file.includes("-2b4a10ce"))).toEqual([]);
      expect((await cli(["vault", "check", "-c", work.config, "--read-data"])).code).toBe(0);
      expect((await cli(["vault", "ls", HELENE, "-c", work.config])).stderr).toContain("VAULT_OWNER_UNKNOWN");
      const verified = summary((await cli(["verify", "-c", work.config, "--json"])).stdout).verified;
      expect(verified).toMatchObject({ different: 0, missing: 0 });
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  });
});
