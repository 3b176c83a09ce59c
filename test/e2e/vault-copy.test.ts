import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { parse, stringify } from "yaml";
import { cli, records, ROOT, serve, summary, workDir, type Served, type WorkDir } from "./cli.js";

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

describe("a copy of a vault", () => {
  let served: Served;
  let tenant: string;
  let work: WorkDir;
  let recipients: readonly string[];
  let linesBefore: readonly string[];
  const at = (name: string): string => path.join(work.dir, name);
  const identity = (name: string): string => `file:${at(`${name}.txt`)}`;

  /** A configuration with that vault. */
  const configured = async (vault: object): Promise<string> => {
    const file = at("other.yaml");
    await writeFile(file, stringify({ ...(parse(await readFile(work.config, "utf8")) as object), vault }));
    return file;
  };
  const copied = async (args: readonly string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await cli(["vault", "copy", "--json", "--quiet", ...args]);
    expect(code === 0 ? "" : stderr).toBe("");
    return records(stdout).find(({ type }) => type === "vault-copy") ?? {};
  };
  const problems = async (args: readonly string[]): Promise<unknown> => {
    const { code, stdout } = await cli(["vault", "check", "--read-data", "--json", ...args]);
    return [code, records(stdout).filter(({ kind }) => kind === "problem")];
  };
  /** The journal of a plain vault: every line of every file, whatever the file's number. */
  const linesOf = async (vault: string): Promise<readonly string[]> => {
    const files = (await filesOf(vault)).filter((file) => file.endsWith(".jsonl") && path.basename(path.dirname(file)) === "records");
    return (await Promise.all(files.map(async (file) => (await readFile(file, "utf8")).split("\n").filter((line) => line !== "")))).flat().sort();
  };

  beforeAll(async () => {
    const root = await mkdtemp(path.join(tmpdir(), "exodus-copy-"));
    tenant = path.join(root, "tenant");
    await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
    served = await serve(tenant);
    work = await workDir(served, { routes: [{ workload: "all", to: "archive" }], groups: "all" });
    const identities = await Promise.all([generateX25519Identity(), generateX25519Identity()]);
    recipients = await Promise.all(identities.map((one) => identityToRecipient(one)));
    await Promise.all(["me", "paul"].map((name, position) => writeFile(at(`${name}.txt`), `${identities[position] ?? ""}\n`, { mode: 0o600 })));
    const run = await cli(["migrate", "-c", work.config, "--json"]);
    expect([run.code, summary(run.stdout).counts["failed"]]).toEqual([0, 0]);
    linesBefore = await linesOf(at("vault"));
    expect(linesBefore.length).toBeGreaterThan(250);
  });

  afterAll(async () => {
    await served.stop();
    await work.remove();
    await rm(path.dirname(tenant), { recursive: true, force: true });
  });

  it("is encrypted, whole, and goes on where the vault stood", async () => {
    const found = await copied(["--vault", at("vault"), "--to", at("closed"), "--identity", identity("me"), "--recipient", ...recipients]);
    expect(found).toMatchObject({ records: linesBefore.length, lost: 0, recipients });
    expect(await problems(["--vault", at("closed"), "--identity", identity("paul")])).toEqual([0, []]);
    const clear = await Promise.all((await filesOf(at("closed"))).map(async (file) => [file, (await readFile(file)).includes("eaux-vallee")] as const));
    expect(clear.filter(([file, shown]) => shown || file.includes("eaux-vallee"))).toEqual([]);
    expect(JSON.parse(await readFile(at("closed/exodus-vault.json"), "utf8"))).toMatchObject({ version: 2, id: (JSON.parse(await readFile(at("vault/exodus-vault.json"), "utf8")) as { id: string }).id });
    // The source says that nothing changed since, the ledger that the target has everything.
    const config = await configured({ path: "./closed", recipients, identity: identity("me") });
    const before = await served.requests();
    const again = await cli(["migrate", "--pass", "delta", "-c", config, "--json"]);
    const { counts, seen } = summary(again.stdout);
    expect({ code: again.code, sent: (counts["migrated"] ?? 0) + (counts["converted"] ?? 0), failed: counts["failed"], pending: counts["pending"] }).toEqual({ code: 0, sent: seen - (counts["already-there"] ?? 0) - (counts["skipped"] ?? 0), failed: 0, pending: 0 });
    const asked = await served.requests() - before;
    const plain = await served.requests();
    await cli(["migrate", "--pass", "delta", "-c", work.config, "--json"]);
    expect(asked).toBe(await served.requests() - plain);
    expect(summary((await cli(["verify", "-c", config, "--json"])).stdout).verified).toMatchObject({ different: 0, missing: 0, unverifiable: 0 });
  });

  it("leaves a recipient out, who cannot open it", async () => {
    await copied(["--vault", at("closed"), "--to", at("mine"), "--identity", identity("me"), "--recipient", recipients[0] ?? ""]);
    expect(await problems(["--vault", at("mine"), "--identity", identity("me")])).toEqual([0, []]);
    expect((await cli(["vault", "ls", "--vault", at("mine"), "--identity", identity("paul")])).stderr).toContain("[VAULT_IDENTITY_WRONG]");
    // Nor with the former key, which whoever was left out may have kept.
    const keyOf = async (vault: string): Promise<string> => {
      const opener = new Decrypter();
      opener.addIdentity((await readFile(at("me.txt"), "utf8")).trim());
      return opener.decrypt(await readFile(at(`${vault}/key.age`)), "text");
    };
    expect(await keyOf("mine")).not.toBe(await keyOf("closed"));
  });

  it("in clear holds the same lines and contents as the first vault", async () => {
    await copied(["--vault", at("mine"), "--to", at("open"), "--identity", identity("me"), "--plain"]);
    // The delta pass above has added to them.
    expect((await linesOf(at("open"))).filter((line) => linesBefore.includes(line))).toEqual(linesBefore);
    expect(await problems(["--schema", "--vault", at("open")])).toEqual([0, []]);
  });

  it("is not made over something, nor of a vault that is damaged, and leaves nothing behind", async () => {
    const exists = await cli(["vault", "copy", "--vault", at("open"), "--to", at("vault"), "--plain"]);
    expect([exists.code === 0, exists.stderr]).toEqual([false, expect.stringContaining("[VAULT_EXISTS]")]);
    const [large] = (await filesOf(at("open"))).filter((file) => file.includes("/segments/"));
    const bytes = await readFile(large ?? "");
    bytes[600] = (bytes[600] ?? 0) ^ 1;
    await writeFile(large ?? "", bytes);
    const damaged = await cli(["vault", "copy", "--vault", at("open"), "--to", at("never"), "--plain"]);
    expect([damaged.code === 0, damaged.stderr]).toEqual([false, expect.stringMatching(/\[VAULT_BLOB_(?:DAMAGED|MISSING)\]/)]);
    expect((await readdir(work.dir)).filter((name) => name.startsWith("never"))).toEqual([]);
    expect((await cli(["vault", "copy", "--vault", at("vault"), "--to", at("unsaid")])).code).not.toBe(0);
  });
});
