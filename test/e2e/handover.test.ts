import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cli, launch, records, ROOT, workDir, type WorkDir } from "./cli.js";
import { stage, type Stage } from "./stage.js";

type Row = Record<string, string>;
const GONE = "users/jerome.lefevre@eaux-vallee.example/drive/Réseaux/Relevés.bin";
const LOIC = "users/loic.le-goff@eaux-vallee.example/drive";

async function table(file: string): Promise<Row[]> {
  return parse(await readFile(file, "utf8"), { delimiter: ";", bom: true, columns: true }) as Row[];
}

/** Files below a folder with their hashes, by path. */
async function hashes(dir: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    found.set(path.relative(dir, file), createHash("sha256").update(await readFile(file)).digest("hex"));
  }
  return found;
}

/** Where a file of the archive is to be in a package of one part an owner. */
function packed(file: string): string {
  const about = file.startsWith("_about/");
  const [area = "", owner = "", ...rest] = (about ? file.slice("_about/".length) : file).split("/");
  const below = [...(about ? ["_about"] : []), ...(area === "teams" ? ["channels"] : []), ...rest].join("/");
  return `${area === "teams" ? "groups" : area}/${owner}/part-001/${below}`;
}

function sums(dir: string): { status: number | null; told: string } {
  const run = spawnSync("sha256sum", ["-c", "--quiet", "SHA256SUMS"], { cwd: dir, encoding: "utf8" });
  return { status: run.status, told: `${run.stdout}${run.stderr}` };
}

const same = (one: string, other: string): string => spawnSync("diff", ["-r", one, other], { encoding: "utf8" }).stdout;

describe("handover", () => {
  let staged: Stage;
  let work: WorkDir;
  let report: { units: { ownerName: string; workload: string; seen: number; keptAfterDeletion: number }[]; items: { id: string; ownerName: string; losses: unknown[] }[] };
  const at = (name: string): string => path.join(work.dir, name);
  const handover = (to: string, ...args: string[]) => cli(["handover", "-c", work.config, "--for", "netframe", "--to", at(to), "--json", ...args]);

  beforeAll(async () => {
    staged = await stage((tenant) => cp(path.join(ROOT, "fixtures/tenant"), tenant, { recursive: true }));
    work = await workDir(staged.served, { groups: "all", routes: [{ workload: "all", to: "archive" }], identities: "who.csv" });
    await writeFile(at("who.csv"), "source;target\nzoe.chatelain@eaux-vallee.example;z.chatelain\n");
    const { code, stderr } = await cli(["migrate", "-c", work.config]);
    expect([code, stderr]).toEqual([0, ""]);
    report = JSON.parse(await readFile(at("report/report.json"), "utf8")) as typeof report;
  });

  afterAll(async () => {
    await staged.remove();
    await work.remove();
  });

  it("holds every file of the archive, and every sum is right", async () => {
    const { code, stdout } = await handover("one");
    const told = records(stdout).find(({ type }) => type === "handover");
    expect([code, told]).toEqual([0, expect.objectContaining({ package: 1, unchanged: false, gone: 0, refused: 0, missing: 0 })]);
    expect(sums(at("one/001"))).toEqual({ status: 0, told: "" });
    const [archive, found] = [await hashes(at("archive")), await hashes(at("one/001"))];
    const wanted = [...archive].filter(([file]) => file.includes("/") && !file.startsWith("_index/"));
    expect(wanted.length).toBeGreaterThan(500);
    for (const [file, sha256] of wanted) expect([file, found.get(packed(file))]).toEqual([file, sha256]);
    // Beside them only a readable page a thread, the tables, and what describes the package.
    const more = [...found.keys()].filter((file) => !new Set(wanted.map(([one]) => packed(one))).has(file)).filter((file) => !/\/threads\/[^/]+\.html$/.test(file));
    expect(more.filter((file) => !file.startsWith("tables/")).sort()).toEqual(["SHA256SUMS", "handover.json", "letter.html", "lettre.html", "manifest.csv", "provisioning/netframe-users.csv", "state.jsonl"]);
    expect((await table(at("one/001/manifest.csv"))).map(({ file, sha256 }) => [file, sha256])).toEqual(
      expect.arrayContaining([...found].filter(([file]) => !["SHA256SUMS", "manifest.csv"].includes(file)).map(([file, sha256]) => [file, sha256])));
    expect(createHash("sha256").update(await readFile(at("one/001/SHA256SUMS"))).digest("hex")).toBe(told?.["sums"]);
  });

  it("accounts for every item of the report, with its place and its losses", async () => {
    const items = await table(at("one/001/tables/items.csv"));
    for (const { ownerName, workload, seen, keptAfterDeletion } of report.units) {
      expect([ownerName, workload, items.filter((row) => row["owner"] === ownerName && row["workload"] === workload).length]).toEqual([ownerName, workload, seen + keptAfterDeletion]);
    }
    expect(items.length).toBe(report.units.reduce((sum, { seen, keptAfterDeletion }) => sum + seen + keptAfterDeletion, 0));
    const found = await hashes(at("one"));
    for (const { standing, place, title } of items) expect([title, standing === "skipped" || found.has(place ?? "")]).toEqual([title, true]);
    expect(items.filter(({ standing }) => standing === "skipped").map(({ title, code }) => [title, code])).toEqual([["infecte.com", "MALWARE"]]);
    const losses = await table(at("one/001/tables/losses.csv"));
    for (const { id, losses: lost } of report.items) expect([id, losses.filter((row) => row["id"] === id).length]).toEqual([id, lost.length]);
    expect(losses.length).toBeGreaterThan(0);
  });

  it("tells who is who, who may see what, old addresses, and what the vendor has to be asked", async () => {
    expect(await table(at("one/001/tables/identities.csv"))).toContainEqual({ account: "zoe.chatelain@eaux-vallee.example", targetAccount: "z.chatelain", displayName: "Zoé Châtelain", kind: "", from: "map" });
    expect(await table(at("one/001/tables/memberships.csv"))).toContainEqual(expect.objectContaining({ of: "qualite-eau", ofKind: "group", role: "owner", memberAddress: "helene.garcon@eaux-vallee.example" }));
    expect(await table(at("one/001/tables/rights.csv"))).toContainEqual(expect.objectContaining({ path: "Organigramme.csv", link: "organisation", role: "read" }));
    expect(await table(at("one/001/tables/links.csv"))).toContainEqual(expect.objectContaining({ kind: "sharing", place: "001/users/loic.le-goff@eaux-vallee.example/part-001/drive/Organigramme.csv" }));
    expect(await table(at("one/001/tables/links.csv"))).toContainEqual(expect.objectContaining({ address: expect.stringMatching(/^https:\/\/.*\/Relev%C3%A9%20Combe\.csv$/), kind: "page", place: "001/groups/qualite-eau/part-001/drive/Général/Relevé Combe.csv" }));
    expect((await readFile(at("one/001/provisioning/netframe-users.csv"), "utf8")).split("\r\n")[0]).toBe('"Email";"Nom";"Prenom"');
    for (const [file, sentence] of [["lettre.html", "Ce que nous vous demandons"], ["letter.html", "What we ask of you"]] as const) {
      const text = await readFile(at(`one/001/${file}`), "utf8");
      for (const part of [sentence, "Netframe", "Qualité de l&#39;eau (qualite-eau)", "config/media.php", "docs/targets/netframe.md", "mail.group-post"]) expect(text).toContain(part);
    }
    const thread = await readFile(at("one/001/groups/qualite-eau/part-001/channels/Général/threads/1768204684310.html"), "utf8");
    expect(thread).toContain("Qui a la clé du local ?");
  });

  it("is the same twice, and writes nothing when nothing has changed", async () => {
    expect((await handover("two")).code).toBe(0);
    expect(same(at("one"), at("two"))).toBe("");
    const again = await handover("two");
    expect([again.code, records(again.stdout).at(-1)]).toEqual([0, { type: "handover", for: "netframe", package: 1, unchanged: true }]);
    expect(same(at("one"), at("two"))).toBe("");
    // A terminal in another language asks for no other package.
    const elsewhere = await cli(["handover", "-c", work.config, "--for", "netframe", "--to", at("two"), "--json"], { env: { LC_ALL: "fr_FR.UTF-8" } });
    expect([elsewhere.code, records(elsewhere.stdout).at(-1)]).toEqual([0, { type: "handover", for: "netframe", package: 1, unchanged: true }]);
  });

  it("killed in the middle, says that it is incomplete; the next run makes the same package", async () => {
    const { child, done } = launch(["handover", "-c", work.config, "--for", "netframe", "--to", at("cut"), "--quiet"]);
    const began = async (): Promise<boolean> => (await readdir(at("cut/001/groups")).catch(() => [])).length > 0;
    while (!(await began())) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    await done;
    expect(await readdir(at("cut/001"))).toContain("INCOMPLETE.txt");
    // What stood in the package and is no more of it goes.
    await mkdir(at("cut/001/users/gone/part-001"), { recursive: true });
    await writeFile(at("cut/001/users/gone/part-001/old.txt"), "old");
    expect((await handover("cut")).code).toBe(0);
    expect(same(at("one"), at("cut"))).toBe("");
  });

  it("splits each owner's files into parts, and follows no link", async () => {
    await symlink("/etc/hostname", at(`archive/${LOIC}/link.txt`));
    const { code, stdout } = await handover("parts", "--part-size", "20KB");
    expect([code, records(stdout).filter(({ type }) => type === "handover-refused")]).toEqual([3, [{ type: "handover-refused", path: `${LOIC}/link.txt` }]]);
    await rm(at(`archive/${LOIC}/link.txt`));
    const sizes = new Map<string, number[]>();
    for (const line of (await readFile(at("parts/001/state.jsonl"), "utf8")).trim().split("\n")) {
      const { file, size } = JSON.parse(line) as { file: string; size: number };
      const part = file.split("/").slice(0, 3).join("/");
      sizes.set(part, [...(sizes.get(part) ?? []), size]);
    }
    for (const [part, all] of sizes) expect([part, all.length === 1 || all.reduce((sum, size) => sum + size) <= 20_000]).toEqual([part, true]);
    expect([...sizes.keys()].filter((part) => part.endsWith("part-002")).length).toBeGreaterThan(1);
    expect(sums(at("parts/001"))).toEqual({ status: 0, told: "" });
  });

  it("writes nothing outside of its folder, and refuses what is not its own", async () => {
    const outside = await mkdtemp(path.join(tmpdir(), "exodus-outside-"));
    await mkdir(at("trap/001"), { recursive: true });
    for (const kind of ["chats", "groups", "users"]) await symlink(outside, at(`trap/001/${kind}`));
    expect(await handover("trap")).toMatchObject({ code: 14, stderr: expect.stringContaining("TARGET_DENIED") });
    expect(await readdir(outside)).toEqual([]);
    await rm(outside, { recursive: true });
    expect(await handover("archive/users/x")).toMatchObject({ code: 10, stderr: expect.stringContaining("HANDOVER_PLACE") });
    expect(await cli(["handover", "-c", work.config, "--for", "wimi", "--to", at("one")])).toMatchObject({ code: 10, stderr: expect.stringContaining("HANDOVER_OTHER") });
    expect(await handover("vault-free-folder", "--target", "other")).toMatchObject({ code: 10, stderr: expect.stringContaining("HANDOVER_TARGET") });
    await mkdir(at("full"));
    await writeFile(at("full/thesis.txt"), "mine");
    expect(await handover("full")).toMatchObject({ code: 10, stderr: expect.stringContaining("EXPORT_EXISTS") });
    expect(await readdir(at("full"))).toEqual(["thesis.txt"]);
  });

  it("then hands over the difference alone, with what is gone", async () => {
    const drive = path.join(staged.tenant, LOIC);
    await writeFile(path.join(drive, "Nouveau.txt"), "nouveau");
    await writeFile(path.join(drive, "Organigramme.csv"), "nom;fonction\nchangé;oui\n");
    await rm(path.join(staged.tenant, GONE));
    await staged.served.control("rescan");
    expect((await cli(["migrate", "-c", work.config, "--pass", "delta", "--apply-deletions"])).code).toBe(0);
    const { code, stdout } = await handover("one");
    const delta = await table(at("one/002/delta.csv"));
    const of = (change: string): string[] => delta.filter((row) => row["change"] === change && !/\/_about\/|drive\.json$/.test(row["path"] ?? "")).map((row) => row["path"] ?? "");
    expect([code, of("new"), of("changed"), of("gone")]).toEqual([0, [`${LOIC}/Nouveau.txt`], [`${LOIC}/Organigramme.csv`], [GONE]]);
    expect(records(stdout).at(-1)).toMatchObject({ package: 2, added: delta.filter(({ change }) => change === "new").length, changed: delta.filter(({ change }) => change === "changed").length });
    expect(sums(at("one/002"))).toEqual({ status: 0, told: "" });
    const written = [...(await hashes(at("one/002"))).keys()].filter((file) => file.includes("/part-001/"));
    expect(written.sort()).toEqual(delta.filter(({ change }) => change !== "gone").map(({ file }) => (file ?? "").replace("002/", "")).sort());
    // What has not changed is told where it was handed over.
    const places = new Map((await table(at("one/002/tables/items.csv"))).map(({ title, place }) => [title, place]));
    expect([places.get("Nouveau.txt"), places.get("Relevé Combe.csv")]).toEqual(["002/users/loic.le-goff@eaux-vallee.example/part-001/drive/Nouveau.txt", "001/groups/qualite-eau/part-001/drive/Général/Relevé Combe.csv"]);
    // The packages together are what a first one would be now.
    expect((await handover("fresh")).code).toBe(0);
    const whole = async (dir: string): Promise<string[]> => (await readFile(at(dir), "utf8")).trim().split("\n").map((line) => {
      const { path: file, size, sha256 } = JSON.parse(line) as { path: string; size: number; sha256: string };
      return `${file} ${size} ${sha256}`;
    });
    expect(await whole("one/002/state.jsonl")).toEqual(await whole("fresh/001/state.jsonl"));
    await writeFile(at("one/002/handover.json"), "{");
    expect(await handover("one")).toMatchObject({ code: 10, stderr: expect.stringContaining("HANDOVER_STATE") });
  });
});
