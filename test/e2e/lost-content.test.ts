import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { compareTrees } from "./compare.js";
import { cli, records, ROOT, summary, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

const OWNER = "helene.garcon@eaux-vallee.example";
const TARGETS = { first: { adapter: "archive", path: "./first", index: false }, second: { adapter: "archive", path: "./second", index: false } };

describe("content that the vault has lost", () => {
  let staged: Stage;
  let work: WorkDir;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await mkdir(path.join(tenant, "users"));
      for (const part of ["tenant.json", `users/${OWNER}`]) await cp(path.join(ROOT, "fixtures/tenant", part), path.join(tenant, part), { recursive: true });
      await writeFile(path.join(tenant, "users", OWNER, "drive/grand.bin"), Buffer.alloc(2_500_000, "contenu "));
    });
    work = await workDir(staged.served, { targets: TARGETS, routes: [{ workload: ["mail", "calendar", "contacts", "files"], to: "first" }] });
    expect((await cli(["migrate", "--config", work.config])).code).toBe(0);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("is neither sent nor forgotten: named, then read anew from the source by the next run", async () => {
    const [owner = ""] = await readdir(path.join(work.dir, "vault/owners"));
    const folder = path.join(work.dir, "vault/owners", owner);
    // One message with another byte in its middle, one large file gone.
    const mails = path.join(staged.tenant, "users", OWNER, "mail/Boîte de réception");
    const [name = ""] = (await readdir(mails)).filter((file) => file.endsWith(".eml"));
    const bytes = await readFile(path.join(mails, name));
    const segment = path.join(folder, "segments", (await readdir(path.join(folder, "segments")))[0] ?? "");
    const tar = await readFile(segment);
    const at = tar.indexOf(bytes) + Math.floor(bytes.length / 2);
    expect(at).toBeGreaterThan(bytes.length);
    tar.writeUInt8((tar[at] ?? 0) ^ 1, at);
    await writeFile(segment, tar);
    await rm(path.join(folder, "large"), { recursive: true });

    const both = (await readFile(work.config, "utf8")).replace("to: first", "to: [first, second]");
    await writeFile(work.config, both);
    // Both targets: what the vault cannot give is no longer accounted for at the first one either.
    const push = await cli(["push", "--config", work.config, "--json"]);
    expect({ code: push.code, failed: summary(push.stdout).counts["failed"] }).toEqual({ code: 3, failed: 4 });
    expect(push.stdout).toContain("VAULT_BLOB_DAMAGED");
    expect(push.stdout).toContain("VAULT_BLOB_MISSING");
    const before = await compareTrees(staged.tenant, path.join(work.dir, "second"));
    expect({ missing: before.missing.length, extra: before.extra }).toEqual({ missing: 2, extra: [] });

    for (const pass of ["delta", "full"]) {
      const run = await cli(["migrate", "--pass", pass, "--config", work.config, "--json"]);
      expect({ code: run.code, failed: summary(run.stdout).counts["failed"] }).toEqual({ code: 0, failed: 0 });
    }
    for (const target of ["first", "second"]) expect(await compareTrees(staged.tenant, path.join(work.dir, target))).toMatchObject({ missing: [], extra: [] });
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);
    // The damaged bytes still stand there; a whole copy beside them is what is read.
    const checked = await cli(["vault", "check", "--read-data", "--config", work.config, "--json"]);
    expect([checked.code, records(checked.stdout).filter(({ kind }) => kind === "problem")]).toEqual([0, []]);
    expect(checked.stdout).toContain('"superseded"');
  });

  it("is found by a repair before anything is sent, with a lost or damaged index too; the next pull makes the vault whole", async () => {
    const vault = path.join(work.dir, "vault");
    const repair = async (lang: string): Promise<{ readonly code: number | null; readonly done: readonly Record<string, unknown>[]; readonly stderr: string }> => {
      const { code, stdout, stderr } = await cli(["vault", "check", "--repair", "--read-data", "--lang", lang, "--config", work.config, "--json"]);
      return { code, done: records(stdout).filter(({ type }) => type === "vault-repair"), stderr };
    };
    const [owner = ""] = await readdir(path.join(vault, "owners"));
    const folder = path.join(vault, "owners", owner);
    const [mail = ""] = (await readdir(path.join(folder, "records"))).filter((name) => name.startsWith("mail-"));
    const lines = await readFile(path.join(folder, "records", mail), "utf8");
    // The last one: no later record makes up for it.
    await writeFile(path.join(folder, "records", mail), lines.replace(/"kind":"item"(?![^]*"kind":"item")/, '"kind":"itex"'));
    await rm(path.join(folder, "large"), { recursive: true });

    const first = await repair("fr");
    expect(first.code).toBe(3);
    expect(first.stderr).toContain("à relire  [VAULT_RECORD_TORN]");
    const lost = first.done.filter(({ kind }) => kind === "to-read-again");
    expect(lost.map(({ workload, code }) => [workload, code])).toEqual([["files", "VAULT_BLOB_MISSING"], ["mail", "VAULT_RECORD_TORN"]]);
    // The segment: for the damaged copy of the message that the test before left there.
    expect(first.done.filter(({ kind }) => kind === "repaired").map(({ code }) => code)).toEqual(["segment", "record", "retold"]);

    const pull = await cli(["pull", "--pass", "full", "--config", work.config]);
    expect([pull.code, pull.stderr]).toEqual([0, ""]);
    const second = await repair("en");
    expect([second.code, second.done]).toEqual([0, [{ type: "vault-repair", kind: "summary", repaired: 0, toReadAgain: 0 }]]);
    expect((await cli(["verify", "--config", work.config])).code).toBe(0);

    for (const damage of [(file: string) => writeFile(file, "no database"), (file: string) => rm(file)]) {
      for (const end of ["-wal", "-shm"]) await rm(path.join(vault, `state.sqlite${end}`), { force: true });
      await damage(path.join(vault, "state.sqlite"));
      const again = await repair("en");
      expect([again.code, again.done.at(-1)]).toMatchObject([0, { kind: "summary", toReadAgain: 0 }]);
      expect(again.done.filter(({ code }) => code === "index").length).toBeGreaterThan(0);
    }
    const migrated = await cli(["migrate", "--config", work.config, "--json"]);
    expect([migrated.code, summary(migrated.stdout).counts["failed"]]).toEqual([0, 0]);
    for (const target of ["first", "second"]) expect(await compareTrees(staged.tenant, path.join(work.dir, target))).toMatchObject({ missing: [], extra: [] });
  });
});
