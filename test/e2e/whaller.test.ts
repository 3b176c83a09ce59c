import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { APPLICATION, emulatedWhaller, PERSON, whallerOptions } from "../whaller.js";
import { cli, launch, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { put } from "./fault-tenant.js";
import { killRuns } from "./kills.js";
import { stage, type Stage } from "./stage.js";
import { tenantFiles } from "./tenant-files.js";

const OWNERS = (await readdir(path.join(ROOT, "fixtures/tenant/users"))).sort();
const OWNER = "zoe.chatelain@eaux-vallee.example";
const sphereOf = (owner: string): string => `s${OWNERS.indexOf(owner)}`;
const SPHERES = Object.fromEntries(OWNERS.map((owner) => [owner, sphereOf(owner)]));
[process.env["WHALLER_TOKEN"], process.env["WHALLER_PASSWORD"]] = [APPLICATION.clientToken, PERSON.password];

/** In the order of the work: the request that a run is killed in, and whether that is done all the same. */
const KILLS: readonly { readonly at: (path: string, body: string) => boolean; readonly arrives: boolean }[] = [
  { at: (_path, body) => body.includes('"pièce 1-3"'), arrives: true },
  { at: (_path, body) => body.includes('"Dossier 2"'), arrives: true },
  { at: (path) => path.startsWith("upload/"), arrives: true },
  { at: (_path, body) => body.includes('"pièce 3-2"'), arrives: false },
  { at: (_path, body) => body.includes('"Dossier 5"'), arrives: false },
];
/** Of six folders with five files each, two folders and one file of the others do not arrive. */
const NOT_THERE = 11;

describe("the files of the default tenant to Whaller (an emulated one)", () => {
  const server = emulatedWhaller(Object.fromEntries(Object.values(SPHERES).map((sphere) => [sphere, sphere])));
  const { store } = server;
  let staged: Stage;
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  const failed = (stdout: string): { title: string; code: string }[] => records(stdout).flatMap(({ type, stage: at, state, title, failure }) =>
    type === "item" && at === "push" && state === "failed" ? [{ title: String(title), code: (failure as { code: string }).code }] : []);
  const configure = async (change: (target: { unsure?: string }) => void): Promise<void> => {
    const config = parse(await readFile(work.config, "utf8")) as { targets: { box: Parameters<typeof change>[0] } };
    change(config.targets.box);
    await writeFile(work.config, stringify(config));
  };
  const wanted = async (): Promise<string[]> =>
    (await tenantFiles(staged.tenant, (name) => name.replaceAll("/", "%2F").replace(/\.$/, "%2E"))).map((line) => `${sphereOf(line.slice(0, line.indexOf("/")))}/${line}`);
  const compared = async (): Promise<{ missing: string[]; extra: string[] }> => {
    const [all, found] = [await wanted(), store.files()];
    return { missing: difference(all, found), extra: difference(found, all) };
  };

  beforeAll(async () => {
    await server.start();
    staged = await stage(async (tenant) => {
      await cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true });
      for (const folder of [1, 2, 3, 4, 5, 6]) for (const file of [1, 2, 3, 4, 5]) await put(tenant, `users/${OWNER}/drive/Dossier ${folder}/pièce ${folder}-${file}.txt`, `${folder}/${file}`);
      await put(tenant, `users/${OWNER}/drive/Dossier 6/gros.bin`, "0123456789".repeat(2_500_000));
    });
    // One account after the other, so that each kill falls into one request.
    work = await workDir(staged.served, { routes: [{ workload: "files", to: "box" }], targets: { box: whallerOptions(server, SPHERES) }, limits: { parallelUnits: 1 } });
    await configure((target) => Object.assign(target, { adapter: "whaller" }));
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a write", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, told: doctor.stdout.includes(`${PERSON.login}; files are sent in a way`), writes: server.writes() }).toEqual({ code: 0, told: true, writes: [] });
  });

  it("survive kill -9 in the middle of calls: nothing is there twice, and each file and folder that may have arrived is named, whether it did or not", async () => {
    let killed = 0;
    for (const { at, arrives } of KILLS) {
      const { child, done } = launch(["migrate", "--config", work.config, "--json"]);
      let struck = false;
      server.mishap = (path, body) => {
        if (struck || !at(path, body)) return undefined;
        struck = true;
        child.kill("SIGKILL");
        return arrives ? undefined : "cut";
      };
      if ((await done).code === null) killed += 1;
    }
    server.mishap = () => undefined;
    const run = await migrate();
    const { missing, extra } = await compared();
    const unsure = failed(run.stdout).filter(({ code }) => code === "TARGET_UNSURE").map(({ title }) => title);
    const { blocked, counts, seen } = summary(run.stdout);
    expect({ killed, code: run.code, unsure: unsure.sort(), extra, missing: missing.length }).toEqual({ killed: KILLS.length, code: 14, unsure: ["pièce 1-3.txt", "pièce 3-2.txt"], extra: [], missing: NOT_THERE });
    expect(missing.every((line) => /Dossier [25]\/|pièce 3-2\.txt/.test(line))).toBe(true);
    // Of the folders, the one that arrived is there, and empty.
    expect(store.folders().filter((folder) => /Dossier [25]$/.test(folder))).toEqual([`${sphereOf(OWNER)}/${OWNER}/Dossier 2`]);
    expect(blocked.filter(({ code }) => code === "TARGET_CONTAINER_UNSURE").map(({ message }) => /"Dossier \d"/.exec(message)?.[0]).sort()).toEqual(['"Dossier 2"', '"Dossier 5"']);
    expect([counts["failed"], Object.values(counts).reduce((sum, count) => sum + count, 0)]).toEqual([NOT_THERE + 1, seen]);
  });

  it("are not sent again, and named again, when nothing changed", async () => {
    server.writes();
    const run = await migrate();
    expect([run.code, server.writes(), failed(run.stdout).filter(({ code }) => code === "TARGET_UNSURE").length, summary(run.stdout).counts["failed"]]).toEqual([14, [], 2, NOT_THERE + 1]);
  });

  it("are all there once when somebody has looked and removed what may be there", async () => {
    const gone = store.resources.filter(({ name }) => ["Dossier 2", "pièce 1-3", "pièce 3-2"].includes(name));
    for (const one of gone) store.resources.splice(store.resources.indexOf(one), 1);
    await configure((target) => { target.unsure = "send"; });
    const run = await migrate();
    expect({ gone: gone.length, code: run.code, failed: summary(run.stdout).counts["failed"], differences: await compared() }).toEqual({ gone: 2, code: 0, failed: 0, differences: { missing: [], extra: [] } });
    const folders = store.folders();
    expect(folders.length).toBe(new Set(folders).size);
    await configure((target) => { target.unsure = "report"; });
    server.writes();
    expect([(await migrate()).code, server.writes()]).toEqual([0, []]);
    const verified = summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified;
    expect(verified).toEqual({ same: 0, different: 0, missing: 0, unverifiable: (await wanted()).length });
  });

  it("stay as they were sent when they change, move or go at the source, which is told; what is new arrives", async () => {
    const before = store.files();
    const drive = path.join(staged.tenant, "users", OWNER, "drive");
    await put(staged.tenant, `users/${OWNER}/drive/Dossier 1/pièce 1-1.txt`, "changé");
    await rename(path.join(drive, "Dossier 1/pièce 1-2.txt"), path.join(drive, "Dossier 3/pièce 1-2.txt"));
    await rm(path.join(drive, "Dossier 1/pièce 1-4.txt"));
    await rename(path.join(drive, "Dossier 4"), path.join(drive, "Dossier quatre"));
    await put(staged.tenant, `users/${OWNER}/drive/Dossier quatre/neuf.txt`, "neuf");
    await staged.served.control("rescan");
    const run = await migrate("--pass", "delta", "--apply-deletions");
    const { counts, keptAfterDeletion } = summary(run.stdout);
    const now = store.files();
    expect({ code: run.code, failed: counts["failed"], kept: keptAfterDeletion, gone: difference(before, now), made: difference(now, before).map((line) => line.replace(/ \w+$/, "")) }).toEqual({
      code: 0, failed: 0, kept: 1, gone: [], made: [`${sphereOf(OWNER)}/${OWNER}/Dossier 4/neuf.txt`],
    });
    const told = records(run.stdout).filter(({ type, stage: at }) => type === "item" && at === "push").map(({ title, losses = [] }) => `${String(title)}: ${(losses as { reason: string }[]).map(({ reason }) => reason).filter((reason) => /stays|unchangeable/.test(reason)).join()}`);
    expect(told).toEqual(expect.arrayContaining(["pièce 1-1.txt: files.unchangeable", "pièce 1-2.txt: target.stays", "neuf.txt: container.stays"]));
    expect(server.undescribed).toEqual([]);
  });

  it("survive kill -9 at random moments, many accounts at once: nothing is there twice, and what is missing is named", async () => {
    const fresh = emulatedWhaller(Object.fromEntries(Object.values(SPHERES).map((sphere) => [sphere, sphere])));
    await fresh.start();
    const other = await workDir(staged.served, { routes: [{ workload: "files", to: "box" }], targets: { box: { adapter: "whaller", ...whallerOptions(fresh, SPHERES) } } });
    try {
      const kills = await killRuns(other.config, { kills: 5, most: 8 });
      const run = await cli(["migrate", "--config", other.config, "--json"]);
      const [all, found] = [await wanted(), fresh.store.files()];
      const { items } = JSON.parse(await readFile(path.join(other.dir, "report/report.json"), "utf8")) as { items: { title: string; state: string }[] };
      const named = new Set(items.filter(({ state }) => state === "failed").map(({ title }) => title));
      const { counts, seen } = summary(run.stdout);
      expect({ extra: difference(found, all), folders: fresh.store.folders().length - new Set(fresh.store.folders()).size, unseen: fresh.undescribed, accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ extra: [], folders: 0, unseen: [], accounted: seen });
      // The report names what waits for a container in doubt, too.
      const silent = difference(all, found).map((line) => decodeURIComponent(path.basename(line.replace(/ \w+$/, "")).replace(/%(?![0-9A-F]{2})/g, "%25"))).filter((title) => !named.has(title));
      expect({ kills, silent }).toEqual({ kills: 5, silent: [] });
    } finally {
      await other.remove();
      await fresh.stop();
    }
  });
});
