import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { James } from "../james.js";
import { serverVerb, titleFor, useServer } from "../servers.js";
import { cli, records, ROOT, summary, workDir, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { killRuns } from "./kills.js";
import { stage, type Stage } from "./stage.js";
import { pythonWithDateutil } from "./target-servers.js";

const READER = fileURLToPath(new URL("read_jmap.py", import.meta.url));
/** Folder of the tenant's malformed messages. */
const HARD = "Messages difficiles";
const KILLS = 4;
const MESSAGES = 133;
/** Lines of work after which a run is killed at the latest: four of them stay short of the messages. */
const MOST = 40;
process.env["EXODUS_TEST_PASSWORD"] = "secret";

/** An instance of the suite's own: it holds all mail in memory. */
const OWN = { EXODUS_SERVERS_DIR: path.join(tmpdir(), "exodus-james-e2e"), EXODUS_JAMES_PORT: "32180", EXODUS_JAMES_ADMIN_PORT: "32181", EXODUS_JAMES_IMAP_PORT: "32182" };
serverVerb("james", "stop", OWN);
const server = useServer("james", OWN);
/** Accounts are this run's own, should another one's server still be there. */
const RUN = randomBytes(4).toString("hex");

/** The default tenant's mail, by one account to which all mailboxes are delegated; read back by IMAP with Python. */
(server === undefined ? describe.skip : describe)(`migrate mail by JMAP to ${titleFor("james", server)}`, () => {
  const james = new James(server ?? { host: "", port: 0, root: "" });
  let staged: Stage;
  let accounts: (readonly [owner: string, account: string])[] = [];
  let work: WorkDir;

  const configOf = (more: object = {}): Record<string, unknown> => ({
    targets: { courrier: { adapter: "jmap", url: james.url, user: "exodus@commune.example", password: "env:EXODUS_TEST_PASSWORD" } },
    routes: [{ workload: "mail", to: "courrier" }], identities: "comptes.csv", ...more,
  });
  const withAccounts = async (pairs: typeof accounts, more: object = {}): Promise<WorkDir> => {
    const made = await workDir(staged.served, configOf(more));
    await writeFile(path.join(made.dir, "comptes.csv"), `source;cible\n${pairs.map((pair) => pair.join(";")).join("\n")}\n`);
    return made;
  };
  const found = (pairs: typeof accounts): Line[] => read("james", String(server?.imapPort), ...pairs.map(([owner, account]) => `${owner}=${account}`));

  beforeAll(async () => {
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    accounts = (await readdir(path.join(staged.tenant, "users"))).map((owner, at) => [owner, `e2e-${RUN}-${at}@commune.example`]);
    for (const [, account] of accounts) await james.addAccount(account);
    work = await withAccounts(accounts);
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    serverVerb("james", "stop", OWN);
    await rm(OWN.EXODUS_SERVERS_DIR, { recursive: true, force: true });
  });

  it("survives kill -9 at random moments: folders, flags, dates and content are there once", async () => {
    const arrived: number[] = [];
    await killRuns(work.config, { kills: KILLS, most: MOST }, () => arrived.push(found(accounts).length));
    expect({ kills: arrived.length, progress: new Set(arrived).size > 1, left: Math.max(...arrived) < MESSAGES }).toEqual({ kills: KILLS, progress: true, left: true });
    const last = await cli(["migrate", "--config", work.config, "--json"]);
    const { seen, counts } = summary(last.stdout);
    expect({ code: last.code, seen, failed: counts["failed"], pending: counts["pending"] }).toEqual({ code: 0, seen: MESSAGES, failed: 0, pending: 0 });
    const [wanted, standing] = [read("tenant", staged.tenant), found(accounts)];
    expect(standing).toHaveLength(MESSAGES);
    // James rewrites, and what is malformed then reads otherwise: content is compared outside of the folder of such messages.
    const alike = (lines: readonly Line[]): string[] => lines.map(([owner, kind, folder, content, state]) => JSON.stringify([owner, kind, folder, folder.endsWith(HARD) ? "" : content, state]));
    expect({ missing: difference(alike(wanted), alike(standing)), extra: difference(alike(standing), alike(wanted)) }).toEqual({ missing: [], extra: [] });
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: MESSAGES, different: 0, missing: 0, unverifiable: 0 });
  });

  it("brings nothing a second time", async () => {
    const again = await cli(["migrate", "--config", work.config, "--json"]);
    expect(summary(again.stdout).counts).toMatchObject({ migrated: 0, converted: 0, "already-there": MESSAGES });
    expect(found(accounts)).toHaveLength(MESSAGES);
  });

  it("tells a mailbox that is not delegated, one that is not there and one that is full, each with its remedy, and goes on when they are mended", async () => {
    const [closed, absent, full] = accounts.slice(0, 3).map(([owner], at) => [owner, `refus-${RUN}-${at}@commune.example`] as const);
    if (closed === undefined || absent === undefined || full === undefined) throw new Error("the default tenant has three users");
    await james.addAccount(closed[1], false);
    await james.addAccount(full[1]);
    await james.admin("PUT", `/quota/users/${full[1]}/count`, 3);
    const refused = await withAccounts([closed, absent, full], { owners: [closed[0], absent[0], full[0]] });
    try {
      const first = await cli(["migrate", "--config", refused.config, "--json"]);
      const { blocked, counts, seen } = summary(first.stdout);
      expect(blocked.map(({ code }) => code).sort()).toEqual(["TARGET_NOT_DELEGATED", "TARGET_NOT_DELEGATED", "TARGET_QUOTA_FULL"]);
      expect(blocked.map(({ message }) => message).join("\n")).toContain(closed[1]);
      expect(blocked.every(({ remedy }) => /delegated|quota/.test(remedy))).toBe(true);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(seen);
      expect(records(first.stdout).some((record) => JSON.stringify(record).includes("secret"))).toBe(false);
      await james.addAccount(absent[1]);
      await james.admin("PUT", `/users/${closed[1]}/authorizedUsers/exodus@commune.example`);
      await james.admin("DELETE", `/quota/users/${full[1]}/count`);
      const second = await cli(["migrate", "--config", refused.config, "--json"]);
      expect({ code: second.code, failed: summary(second.stdout).counts["failed"], pending: summary(second.stdout).counts["pending"] }).toEqual({ code: 0, failed: 0, pending: 0 });
      expect(found([closed, absent, full])).toHaveLength(seen);
    } finally {
      await refused.remove();
    }
  });
});

type Line = readonly [owner: string, kind: string, folder: string, content: string, state: unknown, bytes: string];

/** `tenant` tells all workloads; here it is mail alone. */
function read(...args: readonly string[]): Line[] {
  const lines = execFileSync(pythonWithDateutil(), [READER, ...args], { encoding: "utf8", maxBuffer: 1 << 28 }).trim().split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Line).filter(([, kind]) => kind === "mail");
}
