import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { EmulatedStack } from "../emulators/cozy/server.js";
import { cli, records, summary, workDir, type Ended, type WorkDir } from "./cli.js";
import { difference } from "./compare.js";
import { DOMAIN, put } from "./fault-tenant.js";
import { idleRun } from "./idle-run.js";
import { killRuns } from "./kills.js";
import { stage, type Stage } from "./stage.js";

const READER = fileURLToPath(new URL("read_cozy.py", import.meta.url));
const PASSPHRASE = "phrase-de-passe";
const KILLS = 6;
const ZOE = `users/zoe@${DOMAIN}/drive`;
process.env["EXODUS_TEST_PASSPHRASE"] = PASSPHRASE;

/** A file of the tenant, and where it is to stand: `[instance, path]`. */
interface Wanted {
  readonly at: readonly [string, string];
  readonly content: string;
  readonly versions?: readonly string[];
}

/** `drive`: folder of the tenant; `instance`, `above`: where its root is to stand. */
async function drive(tenant: string, [home, instance, above]: readonly [string, string, string], files: Readonly<Record<string, string | readonly string[]>>): Promise<Wanted[]> {
  const wanted: Wanted[] = [];
  const sheet: Record<string, object> = {};
  for (const [file, told] of Object.entries(files)) {
    const [content = "", ...older] = typeof told === "string" ? [told] : [...told].reverse();
    const versions = older.reverse();
    await put(tenant, `${home}/${file}`, content);
    for (const [at, text] of versions.entries()) await put(tenant, `${home}/${file}.versions/${at + 1}`, text);
    const name = decodeURIComponent(file);
    sheet[name] = { createdDateTime: CREATED, lastModifiedDateTime: MODIFIED };
    for (const at of versions.keys()) sheet[`${name}#${at + 1}`] = { lastModifiedDateTime: versionDate(at) };
    wanted.push({ at: [instance, `${above}/${name}`], content, versions });
  }
  await put(tenant, `${home}.json`, JSON.stringify(sheet));
  return wanted;
}

const CREATED = "2019-03-04T05:06:07Z";
const MODIFIED = "2023-10-29T01:30:15Z";

function versionDate(at: number): string {
  return `2022-05-0${at + 1}T10:00:00Z`;
}

function lineOf({ at: [instance, where], content, versions = [] }: Wanted): string {
  return JSON.stringify([instance, where, sha(content), CREATED.slice(0, 19), MODIFIED.slice(0, 19), versions.map((text, at) => [[`${at + 1}.0`], sha(text), versionDate(at).slice(0, 19)])]);
}

function sha(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

describe("files to Twake Drive (an emulated cozy-stack)", () => {
  const stack = new EmulatedStack(PASSPHRASE);
  const wanted: Wanted[] = [];
  let staged: Stage;
  let work: WorkDir;

  const migrate = (...args: string[]): Promise<Ended> => cli(["migrate", "--config", work.config, "--json", ...args]);
  /** What a reader that shares no code with the program finds, against what the tenant holds. */
  const compared = async (): Promise<{ missing: string[]; extra: string[]; found: number }> => {
    const { stdout } = await promisify(execFile)("python3", [READER, stack.url, stack.adminUrl, PASSPHRASE, ...["zoe", "paul", "mairie"].map((name) => `${name}.localhost`)], { maxBuffer: 1 << 26 });
    const found = stdout.split("\n").filter((line) => line !== "").map((line) => JSON.stringify(JSON.parse(line)));
    const lines = wanted.map(lineOf);
    return { missing: difference(lines, found), extra: difference(found, lines), found: found.length };
  };

  beforeAll(async () => {
    await stack.start();
    for (const name of ["zoe", "paul", "mairie"]) stack.add(`${name}.localhost`);
    staged = await stage(async (tenant) => {
      await put(tenant, "tenant.json", JSON.stringify({ name: "Mairie", domain: DOMAIN }));
      for (const name of ["zoe", "paul"]) await put(tenant, `users/${name}@${DOMAIN}/profile.json`, JSON.stringify({ displayName: name }));
      await put(tenant, "groups/eau/group.json", JSON.stringify({ displayName: "Projet Eau", mail: `eau@${DOMAIN}` }));
      await put(tenant, "sites/intranet/site.json", JSON.stringify({ displayName: "Intranet" }));
      const many = (folder: string, count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, at) => [`${folder}/note ${at}.txt`, `${folder} ${at}`]));
      wanted.push(...await drive(tenant, [ZOE, "zoe", "/Reprise"], {
        "budget.txt": ["un", "deux", "trois", "quatre"], "vide.txt": "", "Marchés/2026/lot 1.txt": ["brouillon", "lot"], "Marchés/2026/lot 2.txt": "lot 2", "Marchés/100%25 sûr?.txt": "sûr",
        ".caché": "caché", "🗳️ Élections/a & b + c.txt": "esperluette", ...many("Notes", 34),
      }));
      wanted.push(...await drive(tenant, [`users/paul@${DOMAIN}/drive`, "paul", "/Reprise"], { "budget.txt": "celui de Paul", ...many("Notes", 12) }));
      wanted.push(...await drive(tenant, ["groups/eau/drive", "mairie", "/Drives/Projet Eau"], { "Étude/plan.txt": ["ébauche", "plan"], "vide.txt": "" }));
      wanted.push(...await drive(tenant, ["sites/intranet/drive", "mairie", "/Drives/Intranet"], { "accueil.txt": "accueil" }));
      wanted.push(...await drive(tenant, ["sites/intranet/drive.Délibérations", "mairie", "/Drives/Intranet/Délibérations"], { "2026/séance.txt": "séance" }));
    });
    work = await workDir(staged.served, {
      groups: "all", sites: "all", routes: [{ workload: "files", to: "drive" }],
      targets: { drive: { adapter: "cozy", url: "http://{local}.localhost", libraries: "http://mairie.localhost", folder: "Reprise", stack: stack.url, admin: stack.adminUrl, passphrase: "env:EXODUS_TEST_PASSPHRASE", probe: `zoe@${DOMAIN}` } },
    });
  });
  afterAll(async () => {
    await work.remove();
    await staged.remove();
    await stack.stop();
  });

  it("are looked at without a write", async () => {
    const doctor = await cli(["doctor", "--config", work.config]);
    expect({ code: doctor.code, told: doctor.stdout.includes("zoe.localhost: ") && doctor.stdout.includes("mairie.localhost: ") }).toEqual({ code: 0, told: true });
    expect((await cli(["audit", "--config", work.config, "--json"])).code).toBe(0);
    expect(stack.writes()).toEqual([]);
  });

  it("survive kill -9 at random moments: paths, bytes, dates and older versions are there once", async () => {
    const left: number[] = [];
    await killRuns(work.config, { kills: KILLS, most: 6 }, async () => left.push((await compared()).missing.length));
    // A fast machine may have brought the last file by the last kill, not by the first.
    expect({ kills: left.length, first: (left[0] ?? 0) > 0, begun: (left.at(-1) ?? wanted.length) < wanted.length }).toEqual({ kills: KILLS, first: true, begun: true });
    const last = await migrate();
    const { seen, counts } = summary(last.stdout);
    expect({ code: last.code, seen, failed: counts["failed"], skipped: counts["skipped"] }).toEqual({ code: 0, seen: wanted.length, failed: 0, skipped: 0 });
    expect(summary((await cli(["verify", "--config", work.config, "--json"])).stdout).verified).toEqual({ same: wanted.length, different: 0, missing: 0, unverifiable: 0 });
    expect(await compared()).toEqual({ missing: [], extra: [], found: wanted.length });
    expect(stack.instances.get("mairie.localhost")?.sharings.map(({ description }) => description).sort()).toEqual(["Intranet", "Projet Eau"]);
  });

  it("are not written again when nothing changed, nor doubled when vault and ledger are lost", async () => {
    expect(await idleRun(work.config, () => stack.writes())).toMatchObject({ code: 0, counts: { migrated: 0, "already-there": wanted.length }, writes: [] });
    await rm(path.join(work.dir, "vault"), { recursive: true });
    const run = await migrate();
    expect(run.code).toBe(0);
    expect(await compared()).toEqual({ missing: [], extra: [], found: wanted.length });
    // Each file has a mark of the new vault; not a byte was sent.
    expect(stack.writes().filter((line) => !/ (PATCH \/files\/|POST \/files\/shared-drives )/.test(line))).toEqual([]);
  });

  it("follow what was changed, renamed, moved and deleted at the source", async () => {
    await rename(path.join(staged.tenant, ZOE, "Marchés"), path.join(staged.tenant, ZOE, "Achats"));
    await rename(path.join(staged.tenant, ZOE, "budget.txt"), path.join(staged.tenant, ZOE, "budget.txt.versions/4"));
    await put(staged.tenant, `${ZOE}/budget.txt`, "cinq");
    await rename(path.join(staged.tenant, ZOE, "Notes/note 1.txt"), path.join(staged.tenant, ZOE, "note 1.txt"));
    await rm(path.join(staged.tenant, ZOE, "Notes/note 2.txt"));
    await staged.served.control("rescan");
    const run = await migrate("--pass", "delta", "--apply-deletions");
    expect({ code: run.code, removed: summary(run.stdout).removed }).toEqual({ code: 0, removed: 1 });
    const zoe = stack.instances.get("zoe.localhost");
    const standing = [...(zoe?.documents.values() ?? [])].filter((one) => one.type === "file" && zoe?.inTrash(one) === false).map((one) => zoe?.pathOf(one) ?? "");
    expect(standing.filter((name) => /budget|Marchés|Achats|note [12]\.txt/.test(name)).sort()).toEqual([
      "/Reprise/Achats/100% sûr?.txt", "/Reprise/Achats/2026/lot 1.txt", "/Reprise/Achats/2026/lot 2.txt", "/Reprise/budget.txt", "/Reprise/note 1.txt",
    ]);
    const budget = [...(zoe?.documents.values() ?? [])].find((one) => one.name === "budget.txt");
    expect([...(zoe?.versions.get(budget?.id ?? "") ?? [])].map(({ content, tags }) => [Buffer.from(content).toString(), tags])).toEqual([["un", ["1.0"]], ["deux", ["2.0"]], ["trois", ["3.0"]], ["quatre", ["4.0"]]]);
    const trash = zoe?.children("io.cozy.files.trash-dir").map(({ name }) => name);
    expect(trash).toEqual(expect.arrayContaining(["note 1.txt", "note 2.txt"]));
  });

  it("stop by name where an instance is full or missing, while others go on; and where the stack is gone", async () => {
    await put(staged.tenant, `users/absent@${DOMAIN}/drive/x.txt`, "x");
    await put(staged.tenant, `users/plein@${DOMAIN}/drive/a.txt`, "0123456789".repeat(10));
    await put(staged.tenant, `users/plein@${DOMAIN}/drive/b.txt`, "abcdefghij".repeat(10));
    await put(staged.tenant, `users/paul@${DOMAIN}/drive/nouveau.txt`, "nouveau");
    const plein = stack.add("plein.localhost");
    plein.quota = 150;
    await staged.served.control("rescan");
    const run = await migrate();
    const { blocked } = summary(run.stdout);
    expect({ code: run.code, blocked: blocked.map(({ code }) => code).sort() }).toEqual({ code: 14, blocked: ["TARGET_INSTANCE_MISSING", "TARGET_QUOTA_FULL"] });
    expect(blocked.every(({ message, remedy }) => message.includes("drive") && remedy !== "")).toBe(true);
    expect([...(stack.instances.get("paul.localhost")?.documents.values() ?? [])].some(({ name }) => name === "nouveau.txt")).toBe(true);

    await put(staged.tenant, `users/paul@${DOMAIN}/drive/encore.txt`, "encore");
    await staged.served.control("rescan");
    await stack.stop();
    const down = await migrate("--lang", "fr");
    const told = records(down.stdout).map((one) => JSON.stringify(one)).join("\n") + down.stderr;
    expect({ stopped: down.code !== 0, unreachable: told.includes("TARGET_UNREACHABLE") || told.includes("injoignable") }).toEqual({ stopped: true, unreachable: true });

    await stack.start();
    plein.quota = 1_000;
    stack.add("absent.localhost");
    expect((await migrate()).code).toBe(0);
    const sizes = (name: string): number[] => [...(stack.instances.get(`${name}.localhost`)?.documents.values() ?? [])].filter(({ type }) => type === "file").map(({ size }) => size);
    expect({ plein: sizes("plein"), absent: sizes("absent"), undescribed: stack.undescribed }).toEqual({ plein: [100, 100], absent: [1], undescribed: [] });
  });
});
