import { cp, readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedWimi } from "../emulators/wimi/server.js";
import { Refusal } from "../emulators/wimi/wire.js";
import { optionsFor, SERVICE } from "../wimi.js";
import { cli, launch, records, ROOT, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { put } from "./fault-tenant.js";
import { idleRun } from "./idle-run.js";
import { stage, type Stage } from "./stage.js";
import { tenantFiles } from "./tenant-files.js";

/** A request of which a run is killed, and how far the request gets: not at all, half of its bytes, or to its end, so that the answer alone is missing. */
const MOMENTS = [
  ["main.project.Create", "cut"], ["main.project.Create", "cut-after"], ["document.directory.Create", "cut-after"], ["document.file.Upload", "cut"],
  ["document.file.Upload", "cut-within"], ["document.file.Upload", "cut-after"], ["document.file.Download", "cut-within"], ["document.entry.List", "cut-after"],
] as const;
process.env["EXODUS_TEST_WIMI"] = SERVICE.password;
process.env["EXODUS_TEST_WIMI_APP"] = SERVICE.appToken;

/** What the restrictions of names have written as bytes. */
function sourceNames(where: string): string {
  return where.replace(/(?:%[0-9A-F]{2})+/g, decodeURIComponent);
}

describe("the files of the default tenant to Wimi (an emulated account)", () => {
  const server = new EmulatedWimi(SERVICE);
  let staged: Stage;
  let work: WorkDir;
  let wanted: string[] = [];

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  /** What the emulator's own store holds, against the tenant's folder: a workspace that is made has a reference after the account's name. */
  const compared = async (): Promise<{ missing: string[]; extra: string[] }> => {
    wanted = await tenantFiles(staged.tenant);
    const found = [...server.store.paths()].map(([where, { sha256 }]) => `${sourceNames(where.replace(/ o365-[a-z2-7]{16}(?=\/)/, ""))} ${sha256}`);
    return { missing: difference(wanted, found), extra: difference(found, wanted) };
  };

  beforeAll(async () => {
    await server.start();
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    work = await workDir(staged.served, {
      routes: [{ workload: "files", to: "espaces" }],
      targets: { espaces: { adapter: "wimi", ...optionsFor(server), password: "env:EXODUS_TEST_WIMI", appToken: "env:EXODUS_TEST_WIMI_APP" } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await server.stop();
  });

  it("are looked at without a write", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, told: /reprise@mairie\.example; 0 workspaces seen; nobody has tried this on a real account/.test(doctor.stdout), writes: server.writes() }).toEqual({ code: 0, told: true, writes: [] });
  });

  it("arrive whole and once, though killed at eight moments, with every item accounted for", async () => {
    const killed: string[] = [];
    for (const [target, mishap] of MOMENTS) {
      const { child, done } = launch(["migrate", "--config", work.config, "--json"]);
      server.mishap = (asked) => {
        // What was on its way beside it does not arrive either: the moments after this one need something that is still to be made.
        if (child.killed) return asked === target ? "cut" : undefined;
        if (asked !== target) return undefined;
        child.kill("SIGKILL");
        return mishap;
      };
      if ((await done).code === null) killed.push(`${target} ${mishap}`);
    }
    server.mishap = () => undefined;
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    expect({ killed, code: last.code, differences: await compared() }).toEqual({ killed: MOMENTS.map((moment) => moment.join(" ")), code: 0, differences: { missing: [], extra: [] } });
    expect({ failed: counts["failed"], pending: counts["pending"], accounted: Object.values(counts).reduce((sum, count) => sum + count, 0) }).toEqual({ failed: 0, pending: 0, accounted: seen });
    expect(wanted.length).toBeGreaterThan(10);
    expect(new Set(server.store.projects.values()).size).toBe(server.store.projects.size);
    const verified = await cli(["verify", "--config", work.config, "--json"]);
    expect(summary(verified.stdout).verified).toEqual({ same: wanted.length, different: 0, missing: 0, unverifiable: 0 });
  });

  it("are not written again when nothing changed", async () => {
    expect(await idleRun(work.config, () => server.writes())).toMatchObject({ code: 0, counts: { migrated: 0, failed: 0 }, writes: [] });
  });

  it("fail by name where one is refused, while the others go on; and arrive once it is not", async () => {
    server.mishap = (target, { data }) => (target === "document.file.Upload" && data["name"] === "refusé.txt" ? new Refusal("Type de fichier interdit", 403) : undefined);
    const [owner = ""] = (await readdir(path.join(staged.tenant, "users"))).sort();
    await put(staged.tenant, `users/${owner}/drive/refusé.txt`, "non");
    await put(staged.tenant, `users/${owner}/drive/note.txt`, "note");
    await staged.served.control("rescan");
    const run = await migrate();
    const failed = records(run.stdout).filter(({ type, stage: at, state }) => type === "item" && at === "push" && state === "failed");
    expect(failed.map(({ title }) => title)).toEqual(["refusé.txt"]);
    expect(JSON.stringify(failed)).toContain("document.file.Upload: error 403: Type de fichier interdit");
    expect((await compared()).missing).toEqual([expect.stringContaining("refusé.txt")]);
    server.mishap = () => undefined;
    await migrate();
    expect({ differences: await compared(), undescribed: server.undescribed }).toEqual({ differences: { missing: [], extra: [] }, undescribed: [] });
  });
});
