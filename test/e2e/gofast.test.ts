import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { startGofast, tenantFiles } from "./gofast-servers.js";
import { idleRun, type IdleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { stage, type Stage } from "./stage.js";

const KILLS = 2;
/** Names that a GoFAST takes for a space or shows to nobody, as the tenant folder spells them. */
const HARD = ["_Réserve/_interne.txt", "_Réserve/Wikis/note.txt", "%2Egitignore", "facture-20240115", "notes.bak", "brouillon.tmp.txt", "Thumbs.db", "pdf"];
const gofast = await startGofast();

/** The default tenant's files, channels and chats, into one target that is made of the servers of a GoFAST. */
(gofast === undefined ? describe.skip : describe)("migrate to GoFAST: files and chat as one target", () => {
  let staged: Stage;
  let owners: string[] = [];
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  const compared = (): { missing: string[]; extra: string[] } => {
    const [wanted, found] = [tenantFiles(staged.tenant), gofast?.readFiles(owners) ?? []];
    return { missing: difference(wanted, found), extra: difference(found, wanted) };
  };

  const idle = (): Promise<IdleRun> => idleRun(work.config, async () => await gofast?.writes() ?? ["no server"]);

  beforeAll(async () => {
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      owners = await readdir(path.join(tenant, "users"));
      for (const name of HARD) {
        const file = path.join(tenant, "users", owners[0] ?? "", "drive", name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, `contenu de ${name}`);
      }
    });
    work = await workDir(staged.served, {
      groups: "all", targets: { gofast: gofast?.target }, routes: [{ workload: "files", to: "gofast", owners }, { workload: ["channels", "chats"], to: "gofast" }],
    });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await gofast?.close();
  });

  it("is told by doctor part by part, and what it does not take", async () => {
    const doctor = await cli(["doctor", "--config", work.config, "--json"]);
    const checks = records(doctor.stdout).filter(({ type, where }) => type === "check" && where === "gofast");
    expect({ code: doctor.code, failed: checks.filter(({ ok }) => ok !== true) }).toEqual({ code: 0, failed: [] });
    expect(checks.map(({ subject, code }) => `${String(subject)} ${String(code)}`)).toEqual(expect.arrayContaining(["gofast.webdav DAV_SIGN_IN", "gofast.matrix MATRIX_SIGN_IN"]));
    expect(checks.filter(({ code }) => code === "PART_ABSENT").map(({ message }) => String(message).split(":")[0])).toEqual(["mail", "calendar", "contacts", "settings", "lists", "pages", "tasks", "notes", "directory"]);
    expect(await gofast?.writes()).toEqual([]);
  });

  it("arrives whole and once, where people see it, though killed at random moments", async () => {
    const kills = await killRuns(work.config, { kills: KILLS, most: 20 });
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    expect({ kills, code: last.code, seen, failed: counts["failed"], skipped: counts["skipped"], pending: counts["pending"] }).toEqual({ kills: KILLS, code: 0, seen: 48, failed: 0, skipped: 2, pending: 0 });
    expect(compared()).toEqual({ missing: [], extra: [] });
    expect(gofast?.unseen()).toEqual([]);
    expect(gofast?.readRooms(staged.tenant)).toEqual({ rooms: 6, messages: 17, reactions: 3, media: 2, replies: 5, differences: [] });
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: 46, different: 0, missing: 0, unverifiable: 0 });
  });

  it("writes nothing when nothing changed", async () => {
    expect(await idle()).toMatchObject({ code: 0, counts: { migrated: 0, converted: 0, failed: 0 }, writes: [] });
  });

  it("carries a change over once, as the same file", async () => {
    const file = path.join(staged.tenant, "users", owners[0] ?? "", "drive", HARD[0] ?? "");
    await writeFile(file, "contenu nouveau, plus long");
    await staged.served.control("rescan");
    expect(summary((await migrate()).stdout).counts).toMatchObject({ failed: 0, pending: 0 });
    expect({ ...compared(), unseen: gofast?.unseen() }).toEqual({ missing: [], extra: [], unseen: [] });
    expect(await idle()).toMatchObject({ code: 0, writes: [] });
  });
});
