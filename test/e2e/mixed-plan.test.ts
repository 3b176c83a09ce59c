import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedStack } from "../emulators/cozy/server.js";
import { freePort } from "../free-port.js";
import { ownFolder, startOwn } from "../own-servers.js";
import { cli, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { startGofast, tenantFiles } from "./gofast-servers.js";
import { idleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { logWrites } from "./server-logs.js";
import { stage, type Stage } from "./stage.js";
import { readback, tenantLines } from "./target-servers.js";
import { driveLines, instanceOf } from "./twake-drive.js";

const PASSPHRASE = "adminpw";
const [DIRECTORATE, TECHNICIANS] = ["Direction technique", ["jerome.lefevre", "maelys.nguyen"].map((name) => `${name}@eaux-vallee.example`)];
/** Dovecot refuses a message of no bytes (real-servers.test.ts). */
const OF_NO_BYTES = "users/remi.koenig@eaux-vallee.example/mail/À trier/Messages difficiles/vide.eml";

const root = await ownFolder("mixed");
const owners = await readdir(path.join(ROOT, "fixtures/tenant/users"));
const [imap, dav] = [await freePort(), await freePort()];
const mail = await startOwn(root, ["dovecot", "radicale"], {
  EXODUS_DOVECOT_PORT: String(imap), EXODUS_DOVECOT_TLS_PORT: String(await freePort()), EXODUS_DOVECOT_SIEVE_PORT: String(await freePort()), EXODUS_DOVECOT_LMTP_PORT: String(await freePort()),
  EXODUS_RADICALE_PORT: String(dav), EXODUS_RADICALE_ACCOUNTS: owners.join(" "),
});
const gofast = mail === undefined ? undefined : await startGofast();
if (gofast === undefined) await mail?.close();

/** A plan as a public body has it: mail and calendars to open servers, one directorate's files to a GoFAST, everybody else's and the conversations to a Twake. */
(gofast === undefined ? describe.skip : describe)("one run to Dovecot, Radicale, GoFAST and Twake", () => {
  const drive = new EmulatedStack(PASSPHRASE);
  const logged = logWrites(["dovecot", "radicale"].map((name) => path.join(root, name, "run/log")));
  let staged: Stage;
  let work: WorkDir;

  const run = (...args: string[]): Promise<Ended> => cli([...args, "--config", work.config, "--json"]);
  const isFile = (line: string): boolean => (JSON.parse(line) as string[])[1] === "file";
  const isTechnician = (line: string): boolean => TECHNICIANS.includes((JSON.parse(line) as string[])[0] ?? "");
  const differences = (wanted: readonly string[], found: readonly string[]): { missing: string[]; extra: string[] } => ({ missing: difference(wanted, found), extra: difference(found, wanted) });
  const writes = async (): Promise<string[]> => [...drive.writes(), ...await gofast?.writes() ?? [], ...await logged()];

  beforeAll(async () => {
    await drive.start();
    for (const owner of owners) drive.add(instanceOf(owner));
    Object.assign(process.env, { EXODUS_TEST_PASSWORD: "secret", EXODUS_TEST_COZY: PASSPHRASE });
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      await rm(path.join(tenant, OF_NO_BYTES));
      for (const owner of TECHNICIANS) {
        const profile = path.join(tenant, "users", owner, "profile.json");
        await writeFile(profile, JSON.stringify({ ...JSON.parse(await readFile(profile, "utf8")) as object, department: DIRECTORATE }));
      }
    });
    const password = "env:EXODUS_TEST_PASSWORD";
    work = await workDir(staged.served, {
      groups: "all",
      targets: {
        courrier: { adapter: "imap", host: "127.0.0.1", port: imap, security: "none", password },
        agenda: { adapter: "caldav", url: `http://127.0.0.1:${dav}/`, password },
        carnet: { adapter: "carddav", url: `http://127.0.0.1:${dav}/`, password },
        gofast: { adapter: "gofast", webdav: gofast?.target.webdav },
        twake: { adapter: "twake", cozy: { url: "http://{local}.localhost", stack: drive.url, admin: drive.adminUrl, passphrase: "env:EXODUS_TEST_COZY" }, matrix: gofast?.target.matrix },
      },
      routes: [
        { workload: "mail", owners, to: "courrier" }, { workload: "calendar", owners, to: "agenda" }, { workload: "contacts", to: "carnet" },
        { workload: "files", where: { department: DIRECTORATE }, to: "gofast" }, { workload: "files", owners, to: "twake" },
        { workload: ["channels", "chats"], to: "twake" },
      ],
    });
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
    await gofast?.close();
    await drive.stop();
    await mail?.close();
  });

  it("shows who goes where before anything is written", async () => {
    const planned = await run("plan");
    const files = records(planned.stdout).filter(({ type, workload }) => type === "plan" && workload === "files");
    expect({ code: planned.code, gofast: files.filter(({ targets }) => String(targets) === "gofast").map(({ owner }) => owner).sort() }).toEqual({ code: 0, gofast: TECHNICIANS });
    expect(await writes()).toEqual([]);
  });

  it("brings each kind of content of each owner to its own target, whole and once, though killed", async () => {
    expect(await killRuns(work.config, { kills: 1, most: 40, runs: 1 })).toBe(1);
    const last = await run("migrate");
    const { seen, counts } = summary(last.stdout);
    expect(records(last.stdout).filter(({ type, stage: at, state }) => type === "item" && at === "push" && state === "failed")).toEqual([]);
    expect({ code: last.code, seen, failed: counts["failed"], skipped: counts["skipped"], pending: counts["pending"] }).toEqual({ code: 0, seen: 192, failed: 0, skipped: 2, pending: 0 });

    const [wanted, files] = [tenantLines(staged.tenant), tenantFiles(staged.tenant)];
    const opened = readback(["servers", String(imap), String(dav), "0", path.join(root, "none"), ...owners]);
    expect(differences(wanted.filter((line) => !isFile(line)), opened)).toEqual({ missing: [], extra: [] });
    expect(differences(files.filter(isTechnician), gofast?.readFiles(owners) ?? [])).toEqual({ missing: [], extra: [] });
    expect(differences(wanted.filter((line) => isFile(line) && !isTechnician(line)).map((line) => JSON.stringify(JSON.parse(line))), await driveLines(drive, PASSPHRASE, owners))).toEqual({ missing: [], extra: [] });
    expect(gofast?.readRooms(staged.tenant, "reply")).toEqual({ rooms: 6, messages: 17, reactions: 3, media: 2, replies: 5, differences: [] });
    expect(summary((await run("verify")).stdout).verified).toEqual({ same: 190, different: 0, missing: 0, unverifiable: 0 });
  });

  it("writes nothing anywhere when nothing changed", async () => {
    expect(await idleRun(work.config, writes)).toMatchObject({ code: 0, counts: { migrated: 0, converted: 0, failed: 0 }, writes: [] });
  });
});
