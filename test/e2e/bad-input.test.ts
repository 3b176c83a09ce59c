import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, ROOT, serve, summary, workDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

describe("bad input gives one clear message, the remedy and the right exit code", () => {
  let staged: Stage;

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant/users/zoe.chatelain@eaux-vallee.example"), path.join(tenant, "users/zoe.chatelain@eaux-vallee.example"), { recursive: true });
      const card = JSON.parse(await readFile(path.join(ROOT, "fixtures/tenant/tenant.json"), "utf8")) as object;
      await writeFile(path.join(tenant, "tenant.json"), JSON.stringify({ ...card, grantedRoles: ["User.Read.All", "Mail.Read", "Calendars.Read", "Files.Read.All"] }));
    });
  });

  afterAll(async () => {
    await staged.remove();
  });

  const attempt = async (changes: Record<string, unknown>, source: Record<string, unknown> = {}, command = "migrate") => {
    const work = await workDir(staged.served, changes, source);
    try {
      return { ...(await cli([command, "--config", work.config, "--json"])), dir: work.dir };
    } finally {
      await work.remove();
    }
  };

  it("wrong tenant id", async () => {
    const { code, stderr } = await attempt({}, { tenantId: "11111111-2222-3333-4444-555555555555" });
    expect({ code, stderr }).toEqual({ code: 13, stderr: expect.stringMatching(/AUTH_TENANT[\s\S]*11111111-2222-3333-4444-555555555555[\s\S]*source\.tenantId/) });
  });

  it("wrong secret", async () => {
    process.env["EXODUS_TEST_WRONG"] = "not-the-secret";
    const { code, stderr, stdout } = await attempt({}, { clientSecret: "env:EXODUS_TEST_WRONG" });
    expect({ code, stderr }).toEqual({ code: 13, stderr: expect.stringMatching(/AUTH_SECRET[\s\S]*source\.clientSecret/) });
    expect(`${stderr}${stdout}`).not.toContain("not-the-secret");
  });

  it("missing secret", async () => {
    const { code, stderr } = await attempt({}, { clientSecret: "env:EXODUS_TEST_NOT_SET" });
    expect({ code, stderr }).toEqual({ code: 10, stderr: expect.stringContaining("env:EXODUS_TEST_NOT_SET") });
  });

  it("missing consent on one workload: the others are migrated", async () => {
    const { code, stdout } = await attempt({});
    const { blocked, counts, seen } = summary(stdout);
    expect(code).toBe(13);
    expect(blocked.map((entry) => entry.code)).toEqual(["GRAPH_CONSENT"]);
    expect(blocked[0]?.remedy).toContain("Contacts.Read");
    expect(seen).toBeGreaterThan(8);
    expect(counts["migrated"]).toBe(seen);
  });

  it("doctor names the missing permission and the page that grants it", async () => {
    const { code, stdout } = await attempt({}, {}, "doctor");
    expect(code).toBe(13);
    expect(stdout).toMatch(/"subject":"Contacts.Read","ok":false[^\n]*adminconsent\?client_id=/);
  });

  it("an unknown user in the list: the known ones are migrated", async () => {
    const { code, stderr, stdout } = await attempt({ owners: ["zoe.chatelain@eaux-vallee.example", "personne@eaux-vallee.example"], routes: [{ workload: "mail", to: "archive" }] });
    expect({ code, stderr }).toEqual({ code: 10, stderr: expect.stringMatching(/OWNER_UNKNOWN.*personne@eaux-vallee\.example/) });
    expect(summary(stdout).counts["migrated"]).toBeGreaterThan(5);
  });

  it("a typo in the configuration: file, line and field", async () => {
    const { code, stderr } = await attempt({ limtis: { parallelUnits: 2 } });
    expect({ code, stderr }).toEqual({ code: 10, stderr: expect.stringMatching(/CONFIG_INVALID[\s\S]*exodus\.yaml, line \d+: limtis/) });
  });

  it("no limits kept to where Microsoft's own service is asked", async () => {
    const { code, stderr } = await attempt({}, { graph: "https://graph.microsoft.com" });
    expect({ code, stderr }).toEqual({ code: 10, stderr: expect.stringMatching(/CONFIG_INVALID[\s\S]*source\.pace/) });
  });

  it("an unknown adapter, an unknown target, an option of the adapter misspelt", async () => {
    expect(await attempt({ targets: { archive: { adapter: "arhcive" } } })).toMatchObject({ code: 10, stderr: expect.stringMatching(/CONFIG_ADAPTER.*arhcive[\s\S]*archive/) });
    expect(await attempt({ routes: [{ workload: "mail", to: "nulle-part" }] })).toMatchObject({ code: 10, stderr: expect.stringContaining("nulle-part") });
    expect(await attempt({ targets: { archive: { adapter: "archive", paht: "x" } } })).toMatchObject({ code: 10, stderr: expect.stringMatching(/CONFIG_TARGET[\s\S]*archive/) });
  });

  it("an unreachable target: everything is kept in the vault and accounted as failed", async () => {
    const { code, stdout } = await attempt({
      targets: { archive: { adapter: "imap", host: "127.0.0.1", port: 9, security: "none", password: "env:PATH" } }, routes: [{ workload: "mail", to: "archive" }],
    });
    const { blocked, counts, seen } = summary(stdout);
    expect({ code, blocked: blocked.map((entry) => entry.code), failed: counts["failed"] }).toEqual({ code: 14, blocked: ["TARGET_UNREACHABLE"], failed: seen });
  });

  it("an account without a mailbox: its files are migrated, the others are complete", async () => {
    const other = await mkdtemp(path.join(tmpdir(), "exodus-tenant-"));
    await mkdir(path.join(other, "users/sans.boite@x.example/drive"), { recursive: true });
    await writeFile(path.join(other, "tenant.json"), JSON.stringify({ name: "X", domain: "x.example" }));
    await writeFile(path.join(other, "users/sans.boite@x.example/profile.json"), JSON.stringify({ mailboxEnabled: false }));
    await writeFile(path.join(other, "users/sans.boite@x.example/drive/a.txt"), "a");
    const unlicensed = await serve(other);
    const work = await workDir(unlicensed);
    try {
      const { code, stdout } = await cli(["migrate", "--config", work.config, "--json"]);
      const { blocked, counts } = summary(stdout);
      expect({ code, migrated: counts["migrated"], blocked: blocked.map((entry) => entry.code) }).toEqual({ code: 3, migrated: 1, blocked: ["GRAPH_NO_MAILBOX", "GRAPH_NO_MAILBOX", "GRAPH_NO_MAILBOX"] });
    } finally {
      await unlicensed.stop();
      await work.remove();
      await rm(other, { recursive: true, force: true });
    }
  });

  it("speaks the configuration's language where no option says otherwise", async () => {
    expect((await attempt({ lang: "fr" }, { tenantId: "11111111-2222-3333-4444-555555555555" })).stderr).toContain("Microsoft ne connaît pas de locataire");
  });

  it("a wrong option on the command line", async () => {
    expect((await cli(["migrate", "--nope"])).code).toBe(2);
    expect((await cli(["migrate", "--max-duration", "soon"])).code).toBe(2);
  });
});
