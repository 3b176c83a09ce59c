import { randomBytes } from "node:crypto";
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { withClient } from "../imap-client.js";
import { titleFor, useServer } from "../servers.js";
import { cli, launch, records, workDir, type WorkDir } from "./cli.js";
import { compareTrees } from "./compare.js";
import { DOMAIN, person, put } from "./fault-tenant.js";
import { stage, type Stage } from "./stage.js";

const ZOE = `zoe@${DOMAIN}`;
const ALL = { mail: 30, files: 6, events: 4, contacts: 4 };

describe("rollback", () => {
  let staged: Stage;
  let work: WorkDir;
  const users = (owner: string): string => path.join(work.dir, "archive/users", owner);
  const sums = (stdout: string): Record<string, unknown> => records(stdout).find(({ type }) => type === "rollback") ?? {};

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await person(tenant, "zoe", ALL);
      await person(tenant, "ana", { mail: 3, files: 2 });
    });
  });
  afterAll(async () => {
    await staged.remove();
  });
  beforeEach(async () => {
    work = await workDir(staged.served);
    expect((await cli(["migrate", "--config", work.config])).code).toBe(0);
  });
  afterEach(async () => {
    await work.remove();
  });

  it("tells what would go and touches nothing; asks for a name; knows who was never there", async () => {
    const before = await tree(work.dir);
    const told = await cli(["rollback", "--owner", ZOE, "--config", work.config, "--json"]);
    const objects = records(told.stdout).map(({ workload, objects: count }) => [workload, count]);
    expect({ code: told.code, objects }).toEqual({ code: 0, objects: [["mail", 30], ["calendar", 4], ["contacts", 4], ["files", expect.any(Number)]] });
    expect(told.stderr).toContain("Nothing was taken back.");
    expect((await tree(work.dir)).filter((file) => file.startsWith("archive/"))).toEqual(before.filter((file) => file.startsWith("archive/")));
    expect((await cli(["rollback", "--config", work.config])).code).toBe(2);
    const nobody = await cli(["rollback", "--owner", "personne@ailleurs.example", "--yes", "--config", work.config]);
    expect({ code: nobody.code, told: nobody.stderr.includes("OWNER_UNKNOWN") }).toEqual({ code: 10, told: true });
  });

  it("takes back one person's, leaves what was changed or added there and all of others, and all of it with --all but what is not ours", async () => {
    const inbox = path.join(users(ZOE), "mail/Inbox");
    const edited = path.join(users(ZOE), "drive/Dossier/zoe 1.bin");
    const foreign = path.join(inbox, "hers.txt");
    await appendFile(edited, "changed by Zoé");
    await writeFile(foreign, "hers");
    await rm(path.join(users(ZOE), "drive/Dossier/zoe 2.bin"));
    const others = await tree(users(`ana@${DOMAIN}`));

    const first = await cli(["rollback", "--owner", ZOE, "--yes", "--config", work.config, "--json"]);
    expect({ code: first.code, ...sums(first.stdout) }).toMatchObject({ code: 3, gone: 1, found: 0, changed: 1, unverifiable: 0, failed: 0 });
    expect((await tree(users(ZOE))).filter((file) => /\.(?:eml|ics|vcf|bin|txt)$/u.test(file))).toEqual(["drive/Dossier/zoe 1.bin", "mail/Inbox/hers.txt"]);
    expect(await readFile(foreign, "utf8")).toBe("hers");
    expect(await tree(users(`ana@${DOMAIN}`))).toEqual(others);

    const second = await cli(["rollback", "--owner", ZOE, "--all", "--yes", "--config", work.config, "--json"]);
    expect({ code: second.code, ...sums(second.stdout) }).toMatchObject({ code: 0, removed: 1, changed: 0, failed: 0 });
    expect((await tree(users(ZOE))).filter((file) => /\.(?:eml|ics|vcf|bin|txt)$/u.test(file))).toEqual(["mail/Inbox/hers.txt"]);

    const third = await cli(["rollback", "--owner", ZOE, "--yes", "--config", work.config]);
    expect({ code: third.code, told: third.stdout.includes("Nothing stands there.") }).toEqual({ code: 0, told: true });

    // The vault kept it all: without the source it is put again.
    expect((await cli(["push", "--config", work.config])).code).toBe(0);
    await rm(foreign);
    expect(await compareTrees(staged.tenant, path.join(work.dir, "archive"))).toMatchObject({ missing: [], extra: [] });
  });

  it("takes nothing from an account that may be another's by the identity map", async () => {
    const config = parse(await readFile(work.config, "utf8")) as Record<string, unknown>;
    await writeFile(path.join(work.dir, "identities.csv"), `source;account;id\n${ZOE};${ZOE};somebody-else\n`);
    await writeFile(work.config, stringify({ ...config, identities: "./identities.csv" }));
    const before = await tree(users(ZOE));
    const { code, stdout } = await cli(["rollback", "--owner", ZOE, "--all", "--yes", "--config", work.config, "--json"]);
    expect({ code, told: records(stdout).map(({ type, code: found }) => [type, found]) }).toEqual({ code: 10, told: [["identity-finding", "IDENTITY_OTHER"]] });
    expect(await tree(users(ZOE))).toEqual(before);
  });

  it("ends whole when it is killed on the way and called again", async () => {
    for (const after of [1, 8, 20]) {
      const { child, done } = launch(["rollback", "--owner", ZOE, "--yes", "--config", work.config]);
      const inbox = path.join(users(ZOE), "mail/Inbox");
      for (;;) {
        const left = (await readdir(inbox).catch(() => [])).filter((name) => name.endsWith(".eml")).length;
        if (left <= 30 - after || child.exitCode !== null) break;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      child.kill("SIGKILL");
      await done;
    }
    const { code } = await cli(["rollback", "--owner", ZOE, "--yes", "--config", work.config]);
    expect(code).toBe(0);
    // Her card and the card of her drive are the archive's own.
    expect(await tree(users(ZOE))).toEqual(["drive.json", "profile.json"]);
  });

  it("frees the routes: what was taken back goes to another target, and a target that nobody routes to any more can be emptied", async () => {
    const config = parse(await readFile(work.config, "utf8")) as { targets: Record<string, unknown>; routes: { to: string }[] };
    config.targets["other"] = { adapter: "archive", path: "./other", index: false };
    config.routes = config.routes.map((route) => ({ ...route, to: "other" }));
    await writeFile(work.config, stringify(config));
    expect((await cli(["rollback", "--owner", ZOE, "--target", "archive", "--yes", "--config", work.config])).code).toBe(0);
    const moved = await cli(["migrate", "--owner", ZOE, "--config", work.config]);
    expect({ code: moved.code, held: moved.stderr.includes("ROUTE_MOVED") || moved.stdout.includes("ROUTE_MOVED") }).toEqual({ code: 0, held: false });
    expect((await tree(path.join(work.dir, "other/users", ZOE))).filter((file) => file.endsWith(".eml"))).toHaveLength(30);
    expect((await cli(["rollback", "--owner", ZOE, "--target", "nowhere", "--yes", "--config", work.config])).code).toBe(10);
  });
});

const dovecot = useServer("dovecot");

(dovecot === undefined ? describe.skip : describe)(`rollback of mail on ${titleFor("dovecot", dovecot)}`, () => {
  const name = `retour-${randomBytes(4).toString("hex")}`;
  const account = `${name}@${DOMAIN}`;
  const access = { host: "127.0.0.1", port: dovecot?.port ?? 0, user: account, pass: "secret" };

  afterAll(async () => {
    await rm(path.join(dovecot?.root ?? "", "data", account), { recursive: true, force: true });
  });

  it("takes our messages and the folders that we made, and leaves the owner's own and what was flagged since", async () => {
    const staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      await person(tenant, name, { mail: 6 });
      await put(tenant, `users/${account}/mail/Projets/2026/plan.eml`, "Subject: plan\r\n\r\nPlan\r\n");
    });
    const targets = { courrier: { adapter: "imap", host: access.host, port: access.port, security: "none", password: "file:password" } };
    const work = await workDir(staged.served, { targets, routes: [{ workload: "mail", to: "courrier" }] });
    try {
      await writeFile(path.join(work.dir, "password"), access.pass);
      await withClient(access, async (client) => {
        await client.append("INBOX", Buffer.from("Subject: hers\r\n\r\nHers\r\n"));
        await client.mailboxCreate("Perso");
      });
      expect((await cli(["migrate", "--config", work.config])).code).toBe(0);
      const opened = await withClient(access, async (client) => {
        await client.mailboxOpen("INBOX");
        // One that she has flagged since.
        await client.messageFlagsAdd({ subject: `${name} 3` }, ["\\Flagged"]);
        return (await client.list()).map(({ path: at }) => at).sort();
      });
      expect(opened).toEqual(expect.arrayContaining(["INBOX", "Perso", "Projets", "Projets/2026"]));

      await writeFile(path.join(work.dir, "password"), "wrong");
      const refused = await cli(["rollback", "--owner", account, "--yes", "--config", work.config, "--json"]);
      expect({ code: refused.code, blocked: records(refused.stdout).filter(({ type }) => type === "blocked").map(({ code }) => code) }).toEqual({ code: 14, blocked: ["TARGET_CREDENTIAL"] });
      await writeFile(path.join(work.dir, "password"), access.pass);

      const { code, stdout } = await cli(["rollback", "--owner", account, "--yes", "--config", work.config, "--json"]);
      expect({ code, ...records(stdout).find(({ type }) => type === "rollback") }).toMatchObject({ code: 3, removed: 6, changed: 1, failed: 0 });
      const left = await withClient(access, async (client) => {
        await client.mailboxOpen("INBOX");
        const subjects: string[] = [];
        for await (const { envelope } of client.fetch("1:*", { envelope: true })) subjects.push(envelope?.subject ?? "");
        return { subjects, folders: (await client.list()).map(({ path: at }) => at) };
      });
      expect(left.subjects).toEqual(["hers", `${name} 3`]);
      expect(left.folders).toContain("Perso");
      expect(left.folders.filter((folder) => folder.startsWith("Projets"))).toEqual([]);
    } finally {
      await work.remove();
      await staged.remove();
    }
  });
});

async function tree(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
}
