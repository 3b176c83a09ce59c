import { cp, readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { idleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { stage, type Stage } from "./stage.js";
import { tenantLines } from "./target-servers.js";
import { atTwake, startTwake } from "./twake-servers.js";

const KILLS = 3;
const PERSONAL = ["mail", "calendar", "contacts", "files"];
const twake = await startTwake();

/** The default tenant as a whole, into one target that is made of the servers of a Twake Workplace. */
(twake === undefined ? describe.skip : describe)("migrate to Twake: mail, calendars, contacts, drive and chat as one target", () => {
  let staged: Stage;
  let owners: string[] = [];
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  const compared = async (): Promise<{ missing: string[]; extra: string[] }> => {
    const [wanted, found] = [tenantLines(staged.tenant).map(atTwake), await twake?.readBack(owners) ?? []];
    return { missing: difference(wanted, found), extra: difference(found, wanted) };
  };

  beforeAll(async () => {
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    owners = await readdir(path.join(staged.tenant, "users"));
    work = await workDir(staged.served, {
      groups: "all", targets: { twake: twake?.target }, routes: [{ workload: PERSONAL, to: "twake", owners }, { workload: ["channels", "chats"], to: "twake" }],
    });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await twake?.close();
  });

  it("is told by doctor part by part, and what it does not take with what would", async () => {
    const doctor = await cli(["doctor", "--config", work.config, "--json"]);
    const checks = records(doctor.stdout).filter(({ type, where }) => type === "check" && where === "twake");
    expect({ code: doctor.code, failed: checks.filter(({ ok }) => ok !== true) }).toEqual({ code: 0, failed: [] });
    expect(checks.map(({ subject, code }) => `${String(subject)} ${String(code)}`)).toEqual(expect.arrayContaining(["twake.imap IMAP_SIGN_IN", "twake.caldav DAV_SIGN_IN", "twake.carddav DAV_SIGN_IN", "twake.cozy COZY_SIGN_IN", "twake.matrix MATRIX_SIGN_IN"]));
    expect(checks.filter(({ code }) => code === "PART_ABSENT").map(({ message }) => String(message).split(":")[0])).toEqual(["settings", "lists", "pages", "tasks", "notes", "directory"]);
    expect(await twake?.writes()).toEqual([]);
  });

  it("arrives whole and once, though killed at random moments", async () => {
    const kills = await killRuns(work.config, { kills: KILLS, most: 40 });
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    expect(records(last.stdout).filter(({ type, stage: at, state }) => type === "item" && at === "push" && state === "failed")).toEqual([]);
    expect({ kills, code: last.code, seen, failed: counts["failed"], pending: counts["pending"] }).toEqual({ kills: KILLS, code: 0, seen: 193, failed: 0, pending: 0 });
    expect(await compared()).toEqual({ missing: [], extra: [] });
    expect(twake?.readRooms(staged.tenant)).toEqual({ rooms: 6, messages: 17, reactions: 3, media: 2, replies: 5, differences: [] });
    expect(await twake?.invitations()).toEqual([]);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: 191, different: 0, missing: 0, unverifiable: 0 });
  });

  it("writes nothing to any part when nothing changed", async () => {
    expect(await idleRun(work.config, async () => await twake?.writes() ?? ["no server"])).toMatchObject({ code: 0, counts: { migrated: 0, converted: 0, failed: 0 }, writes: [] });
  });

  it("accounts for what no part takes, and says where to route it", async () => {
    const refused = await workDir(staged.served, { owners: [owners[0]], targets: { twake: twake?.target }, routes: [{ workload: ["settings"], to: "twake" }] });
    try {
      const run = await cli(["migrate", "--config", refused.config, "--json"]);
      expect(summary(run.stdout).blocked).toEqual([expect.objectContaining({ code: "ROUTE_UNSUPPORTED", message: expect.stringContaining("settings"), remedy: expect.stringContaining("archive") })]);
      expect(run.code).not.toBe(0);
    } finally {
      await refused.remove();
    }
  });
});
