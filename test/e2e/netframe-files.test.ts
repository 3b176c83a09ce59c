import { cp, readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedNetframe } from "../emulators/netframe/server.js";
import { HOUSE, SERVICE } from "../netframe.js";
import { cli, launch, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { put } from "./fault-tenant.js";
import { idleRun } from "./idle-run.js";
import { stage, type Stage } from "./stage.js";
import { sha, tenantFiles } from "./tenant-files.js";

/** A request of which a run is killed, the how manieth of its name since the run began, and whether it is done all the same. */
const MOMENTS = [
  ["POST /medias/load-profile-folders", 1, true], ["POST /medias/edit-folder/house/N", 1, false], ["POST /medias/edit-folder/house/N", 1, true], ["POST /medias/edit-folder/house/N", 2, true],
  ["POST /media/upload", 1, false], ["POST /media/upload", 1, true], ["GET /media/download/N", 1, true], ["POST /medias/test-file-folder", 3, true],
  ["POST /media/upload", 2, true], ["POST /media/upload", 1, true],
] as const;
const PROFILE = `${HOUSE.type}/${HOUSE.id}`;
process.env["EXODUS_TEST_NETFRAME"] = SERVICE.password;

/** Kinds that config/media.php does not list, and pictures, which the platform would make smaller. */
const isLeftOut = (where: string): boolean => /\.png |\/Fin\. /.test(where);

describe("the files of the default tenant to Netframe (an emulated instance)", () => {
  const server = new EmulatedNetframe([SERVICE], { [PROFILE]: 2 });
  const { store } = server;
  let staged: Stage;
  let work: WorkDir;
  let wanted: string[] = [];

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  /** What the emulator's own store holds, against the tenant's folder: an account's folder has a reference after its name. */
  const compared = async (): Promise<{ missing: string[]; extra: string[] }> => {
    wanted = (await tenantFiles(staged.tenant)).filter((one) => !isLeftOut(one));
    const found = store.documents(PROFILE).map(([where, { bytes }]) => `${where.replace(/ o365-[a-z2-7]{16}(?=\/)/, "").replace(/(?:%[0-9A-F]{2})+/g, decodeURIComponent)} ${sha(bytes)}`);
    return { missing: difference(wanted, found), extra: difference(found, wanted) };
  };

  beforeAll(async () => {
    await server.start();
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    work = await workDir(staged.served, {
      lang: "fr", routes: [{ workload: "files", to: "reseau" }],
      targets: { reseau: { adapter: "netframe", url: server.url, user: SERVICE.email, password: "env:EXODUS_TEST_NETFRAME", brittle: true, profiles: { "*": PROFILE } } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a write, and who will read them is spoken of", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, told: /chaque membre du groupe/.test(doctor.stdout), writes: server.writes() }).toEqual({ code: 0, told: true, writes: [] });
  });

  it("arrive whole and once, though killed at ten moments, with every item accounted for and nobody told", async () => {
    const killed: string[] = [];
    for (const [name, nth, arrives] of MOMENTS) {
      const { child, done } = launch(["migrate", "--config", work.config, "--json"]);
      let left: number = nth;
      server.mishap = (asked) => {
        if (child.killed) return "cut";
        if (asked !== name || --left !== 0) return undefined;
        child.kill("SIGKILL");
        return arrives ? undefined : "cut";
      };
      if ((await done).code === null) killed.push(`${name} ${nth} ${arrives}`);
    }
    server.mishap = () => undefined;
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    expect({ killed, code: last.code, differences: await compared() }).toEqual({ killed: MOMENTS.map((moment) => moment.join(" ")), code: 0, differences: { missing: [], extra: [] } });
    expect({ failed: counts["failed"], pending: counts["pending"], accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ failed: 0, pending: 0, accounted: seen });
    expect(wanted.length).toBeGreaterThan(10);
    // No folder but those that hold what came, no file beside a group, no earlier version, no word to anybody.
    const folders = [...store.folders.values()];
    expect(new Set(folders.map(({ parent, name }) => `${parent}/${name}`)).size).toBe(folders.length);
    expect([store.medias.size, store.archives, store.pushes, store.mails, store.posts.size, server.undescribed]).toEqual([wanted.length, [], [], [], 0, []]);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: wanted.length, different: 0, missing: 0, unverifiable: 0 });
  });

  it("are not written again when nothing changed", async () => {
    expect(await idleRun(work.config, () => server.writes())).toMatchObject({ code: 0, counts: { migrated: 0, failed: 0 }, writes: [] });
  });

  it("of a kind that is not in the product's list are told before, left out by name, and never sent", async () => {
    const audit = await cli(["audit", "--from-vault", "--config", work.config, "--json"]);
    expect(audit.stdout).toContain("FILE_KIND_REFUSED");
    expect(audit.stdout).toContain("FILE_KIND_CHANGED");
    const [owner = ""] = (await readdir(path.join(staged.tenant, "users"))).sort();
    await put(staged.tenant, `users/${owner}/drive/base.mdb`, "une base");
    await put(staged.tenant, `users/${owner}/drive/note.txt`, "note");
    await staged.served.control("rescan");
    server.writes();
    const run = await migrate();
    expect(run.code).toBe(0);
    expect(server.writes()).toEqual(["POST /media/upload"]);
    const skipped = records(run.stdout).filter(({ type, state }) => type === "item" && state === "skipped");
    expect(JSON.stringify(skipped)).toContain("base.mdb");
    const { missing, extra } = await compared();
    expect({ missing, extra, mails: store.mails }).toEqual({ missing: [expect.stringContaining("base.mdb")], extra: [], mails: [] });
  });
});
