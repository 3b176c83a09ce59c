import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { IDENTITY_KINDS } from "../../../src/config/identities.js";
import { ExodusError } from "../../../src/core/errors.js";
import { parseSize } from "../../../src/cli/size.js";
import { addressesOf } from "../../../src/export/handover/addresses.js";
import { PackageFolder, packagesIn } from "../../../src/export/handover/package-folder.js";
import { writeContent, type ContentFile } from "../../../src/export/handover/package-content.js";
import { PackageList, sumLine } from "../../../src/export/handover/package-list.js";
import { PackageNames } from "../../../src/export/handover/package-names.js";
import { comparePaths, sideBySide } from "../../../src/export/handover/package-state.js";
import { accountHolder } from "../../../src/export/handover/provisioning.js";
import { NeutralRecord } from "../../../src/format/records.js";
import { decodeFileName } from "../../../src/lib/file-names.js";
import { DiskMap } from "../../../src/lib/disk-map.js";
import { ASKS, IMPORTS } from "../../../src/platforms/imports.js";
import { PLATFORMS } from "../../../src/platforms/index.js";

async function* stream<T>(rows: readonly T[]): AsyncGenerator<T> {
  for (const row of rows) yield await Promise.resolve(row);
}

function file(name: string, text: string): ContentFile {
  return { path: name, size: Buffer.byteLength(text), open: () => stream([Buffer.from(text)]) };
}

describe("a hand-over package", () => {
  let dir = "";
  let failures: unknown[] = [];
  beforeEach(() => { failures = []; });
  beforeEach(async () => { dir = await mkdtemp(path.join(tmpdir(), "exodus-handover-")); });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const write = async (number: number, files: readonly ContentFile[], before?: string, partSize = 1e9, resumed = false) => {
    const folder = await PackageFolder.open(dir, number, resumed, "fr");
    const [list, places] = [await PackageList.open(folder), new DiskMap()];
    try {
      const counts = await writeContent({ files: stream(files), before, folder, number, partSize, list, places, signal: new AbortController().signal, onRefused: () => undefined, onFailure: (thrown) => { failures.push((thrown as ExodusError).params["file"]); } });
      await list.close();
      return counts;
    } finally {
      places.close();
    }
  };
  const state = async (number: string): Promise<string[]> => (await readFile(path.join(dir, number, "state.jsonl"), "utf8")).trim().split("\n").map((line) => String((JSON.parse(line) as { file: string }).file));

  it("gives every name a form that Windows and Linux take, each one of its own, and reads it back", () => {
    const taken = new DiskMap();
    const names = new PackageNames(taken);
    const given = ["users/a/drive/CON", "users/a/drive/Majuscule.txt", "users/a/drive/a:b|c", "users/a/drive/aux.log", "users/a/drive/fin.", "users/a/drive/majuscule.txt", "users/a/drive/%2Fx", `users/a/drive/${"é".repeat(127)}`];
    const written = given.map((one) => names.of(one).split("/").slice(3).join("/"));
    taken.close();
    expect(written.slice(0, 5)).toEqual(["%43ON", "Majuscule.txt", "a%3Ab%7Cc", "%61ux.log", "fin%2E"]);
    expect(written[5]).toMatch(/^majuscule~[0-9a-f]{8}\.txt$/);
    // The archive's own percent forms are left as they are.
    expect(written[6]).toBe("%2Fx");
    expect(Buffer.byteLength(written[7] ?? "")).toBeLessThanOrEqual(255);
    expect(written.slice(0, 5).map(decodeFileName)).toEqual(["CON", "Majuscule.txt", "a:b|c", "aux.log", "fin."]);
    expect(new Set(written.map((one) => one.toLowerCase())).size).toBe(written.length);
  });

  it("keeps names apart that are chosen to meet, or too long to be marked", () => {
    const digits = (name: string): string => createHash("sha256").update(name).digest("hex").slice(0, 8);
    const long = (first: string): string => `${first}${"é".repeat(124)}.docx`;
    const given = ["A.txt", long("B"), "a.txt", `a~${digits("a.txt")}.txt`, long("b")].map((name) => `users/a/drive/${name}`);
    const taken = new DiskMap();
    const [once, again] = [0, 1].map(() => {
      const names = new PackageNames(taken);
      return given.map((one) => names.of(one).slice("users/a/drive/".length));
    });
    taken.close();
    expect(again).toEqual(once);
    expect(once?.[2]).toBe(`a~${digits("a.txt")}.txt`);
    expect(new Set(once?.map((name) => name.toLowerCase())).size).toBe(given.length);
    for (const name of once ?? []) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(once?.[4]).toMatch(/^bé+~[0-9a-f]{8}\.docx$/);
  });

  it("puts two lists of paths side by side in the order of a walk", async () => {
    const paths = ["a b/x", "a/b", "a/b.txt", "a/b/c", "a!", "B/x"];
    const walked = [...paths].sort(comparePaths);
    expect(walked).toEqual(["B/x", "a/b", "a/b/c", "a/b.txt", "a b/x", "a!"]);
    const pairs: string[] = [];
    const as = (list: readonly string[]) => stream(list.map((one) => ({ path: one })));
    for await (const { now, before } of sideBySide(as(["B/x", "a/b", "a!"]), as(["a/b", "a/b/c", "z"]))) pairs.push(`${now?.path ?? "-"} ${before?.path ?? "-"}`);
    expect(pairs).toEqual(["B/x -", "a/b a/b", "- a/b/c", "a! -", "- z"]);
  });

  it("writes sums that sha256sum reads, whatever a file is called", async () => {
    const names = ["plain", "back\\slash", "line\nend", "return\rhere", "  spaces ", "-rf", "é"];
    for (const name of names) await writeFile(path.join(dir, name), name);
    await writeFile(path.join(dir, "SUMS"), names.map((name) => `${sumLine(name, createHash("sha256").update(name).digest("hex"))}\n`).join(""));
    const run = spawnSync("sha256sum", ["-c", "SUMS"], { cwd: dir, encoding: "utf8" });
    expect([run.status, run.stdout.trim().split("\n").length]).toEqual([0, names.length]);
    await writeFile(path.join(dir, "plain"), "other");
    expect(spawnSync("sha256sum", ["-c", "--quiet", "SUMS"], { cwd: dir }).status).toBe(1);
  });

  it("splits an owner's files by size, gives one that is larger a part of its own, and starts anew with each owner", async () => {
    const counts = await write(1, [file("users/a/1", "12345"), file("users/a/2", "12345"), file("users/a/3", "1"), file("users/a/4", "123456789012"), file("users/a/5", "1"), file("users/b/1", "1")], undefined, 10);
    expect(await state("001")).toEqual(["users/a/part-001/1", "users/a/part-001/2", "users/a/part-002/3", "users/a/part-003/4", "users/a/part-004/5", "users/b/part-001/1"]);
    expect(counts).toMatchObject({ files: 6, written: 6, parts: 5, tooLarge: 1, added: 6, changed: 0, gone: 0 });
  });

  it("holds of a later package only what is new or changed, and names what is gone", async () => {
    await write(1, [file("users/a/1", "one"), file("users/a/2", "two"), file("users/a/3", "three")]);
    const counts = await write(2, [file("users/a/0", "new"), file("users/a/1", "one"), file("users/a/2", "TWO")], path.join(dir, "001/state.jsonl"));
    expect(counts).toMatchObject({ files: 3, written: 2, added: 1, changed: 1, gone: 1 });
    expect((await readFile(path.join(dir, "002/delta.csv"), "utf8")).split("\r\n").slice(1, 4).map((line) => line.split(";").slice(0, 4))).toEqual([
      ['"new"', '"users/a/0"', '"002/users/a/part-001/0"', '""'], ['"changed"', '"users/a/2"', '"002/users/a/part-001/2"', '"001/users/a/part-001/2"'], ['"gone"', '"users/a/3"', '""', '"001/users/a/part-001/3"'],
    ]);
    expect(await readdir(path.join(dir, "002/users/a/part-001"))).toEqual(["0", "2"]);
    await writeFile(path.join(dir, "002/state.jsonl"), "{}\n");
    await expect(write(3, [file("users/a/0", "new")], path.join(dir, "002/state.jsonl"))).rejects.toMatchObject({ code: "HANDOVER_STATE" });
  });

  it("makes a thread page that has changed once to measure it, and once to write it", async () => {
    let made = 0;
    const thread = (text: string): ContentFile => ({ path: "chats/duo/threads/1.html", open: () => { made += 1; return stream([Buffer.from(text)]); } });
    expect([(await write(1, [thread("first")])).added, made]).toEqual([1, 2]);
    expect([(await write(2, [thread("other")], path.join(dir, "001/state.jsonl"))).changed, made]).toEqual([1, 4]);
    expect([(await write(3, [thread("other")], path.join(dir, "002/state.jsonl"))).changed, made]).toEqual([0, 5]);
  });

  it("says that it is incomplete when the disk is full, and goes on from there", async () => {
    const full: ContentFile = { path: "users/a/2", size: 3, open: () => failing() };
    await expect(write(1, [file("users/a/1", "one"), full])).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(await readdir(path.join(dir, "001"))).toContain("INCOMPLETE.txt");
    expect(await packagesIn(dir)).toEqual({ whole: 0, next: 1, resumed: true });
    await write(1, [file("users/a/1", "one"), file("users/a/2", "two")], undefined, 1e9, true);
    expect((await readdir(path.join(dir, "001/users/a/part-001"))).sort()).toEqual(["1", "2"]);
  });

  it("goes on when a file has become a folder since it was cut off, or the reverse", async () => {
    const one = await PackageFolder.open(dir, 1, false, "fr");
    const text = (said: string) => () => stream([Buffer.from(said)]);
    await one.put("users/a/part-001/plan", text("old"));
    await one.put("users/a/part-001/notes/x/y", text("old"));
    const again = await PackageFolder.open(dir, 1, true, "fr");
    await again.put("users/a/part-001/plan/new", text("new"));
    await again.put("users/a/part-001/notes", text("new"));
    expect([await readFile(path.join(dir, "001/users/a/part-001/plan/new"), "utf8"), await readFile(path.join(dir, "001/users/a/part-001/notes"), "utf8")]).toEqual(["new", "new"]);
    // A link in the place of a folder is refused all the same, and what it leads to stays.
    await symlink(path.join(dir, "001/users/a"), path.join(dir, "001/users/b"));
    await expect(again.put("users/b/part-001/x", text("new"))).rejects.toMatchObject({ code: "TARGET_DENIED" });
    expect((await readdir(path.join(dir, "001/users/a/part-001"))).sort()).toEqual(["notes", "plan"]);
  });

  it("writes a name anew that a file system which folds case has in another spelling", async () => {
    await (await PackageFolder.open(dir, 1, false, "fr")).put("users/a/part-001/plan", () => stream([Buffer.from("same")]));
    const again = await PackageFolder.open(dir, 1, true, "fr");
    const spelled = jest.spyOn(again.tree, "isSpelled").mockImplementation((name) => Promise.resolve(!name.endsWith("/plan")));
    const removed = jest.spyOn(again.tree, "removeTree");
    await again.put("users/a/part-001/plan", () => stream([Buffer.from("same")]));
    expect([spelled.mock.calls.length > 0, removed.mock.calls]).toEqual([true, [["users/a/part-001/plan"]]]);
    expect(await readFile(path.join(dir, "001/users/a/part-001/plan"), "utf8")).toBe("same");
  });

  it("names a file that cannot be read and goes on; what was handed over before is not gone", async () => {
    const unread = (name: string, code: string): ContentFile => ({ path: name, size: 7, open: () => failing(code) });
    const counts = await write(1, [unread("users/a/0", "EIO"), file("users/a/1", "12345"), unread("users/a/2", "EACCES"), file("users/a/3", "12345")], undefined, 10);
    expect([failures, counts]).toEqual([["users/a/0", "users/a/2"], expect.objectContaining({ files: 2, written: 2, parts: 1, added: 2, unread: 2 })]);
    expect(await state("001")).toEqual(["users/a/part-001/1", "users/a/part-001/3"]);
    const later = await write(2, [unread("users/a/1", "ELOOP"), file("users/a/3", "12345"), file("users/a/4", "4")], path.join(dir, "001/state.jsonl"));
    expect(later).toMatchObject({ files: 3, added: 1, changed: 0, gone: 0, unread: 1 });
    // A lack of the machine's is no file's.
    await expect(write(3, [unread("users/a/1", "EMFILE")])).rejects.toMatchObject({ code: "TARGET_PASSING" });
    const short = new ExodusError("TARGET_PASSING", { params: { target: dir, reason: "EMFILE" } });
    await expect(write(3, [{ path: "users/a/1", size: 7, open: () => endingWith(short) }])).rejects.toBe(short);
  });

  it("lets nobody but its owner into a package, and changes nothing of what a link in its place leads to", async () => {
    const modeOf = async (name: string): Promise<number> => (await stat(path.join(dir, name))).mode & 0o777;
    await mkdir(path.join(dir, "packages"));
    await chmod(path.join(dir, "packages"), 0o755);
    await PackageFolder.open(path.join(dir, "packages"), 1, false, "fr");
    expect([await modeOf("packages"), await modeOf("packages/001")]).toEqual([0o700, 0o700]);
    await mkdir(path.join(dir, "elsewhere"));
    await chmod(path.join(dir, "elsewhere"), 0o755);
    await symlink(path.join(dir, "elsewhere"), path.join(dir, "packages/002"));
    await expect(PackageFolder.open(path.join(dir, "packages"), 2, false, "fr")).rejects.toMatchObject({ code: "EXPORT_EXISTS" });
    expect([await modeOf("elsewhere"), await readdir(path.join(dir, "elsewhere"))]).toEqual([0o755, []]);
  });

  it("takes only a folder of packages that follow one another", async () => {
    expect(await packagesIn(path.join(dir, "none"))).toEqual({ whole: 0, next: 1, resumed: false });
    await PackageFolder.open(dir, 2, false, "fr");
    await expect(packagesIn(dir)).rejects.toMatchObject({ code: "EXPORT_EXISTS" });
  });

  it("makes up no address, and knows sizes", () => {
    const granted = [{ id: "1", roles: ["read"], to: [], link: { url: "https://x.example/s", preventsDownload: false } }];
    expect(addressesOf(NeutralRecord.parse({ v: 1, type: "folder", permissions: { inherits: false, granted } }))).toEqual([{ address: "https://x.example/s", kind: "sharing" }]);
    expect(addressesOf(NeutralRecord.parse({ v: 1, type: "contact", uid: "1", displayName: "Zoé", hasPhoto: false }))).toEqual([]);
    expect(["700MB", "4GiB", "2.5 gb"].map(parseSize)).toEqual([700e6, 2 ** 32, 2.5e9]);
    for (const wrong of ["", "4", "0MB", "4GX", "-1GB"]) expect(() => parseSize(wrong)).toThrow();
  });

  it("gives an account to people alone, with the address that they have", () => {
    const owner = (name: string) => ({ id: "1", name, kind: "user" as const, displayName: "Zoé Müller" });
    const people = { account: () => undefined, domains: new Set<string>() };
    expect(accountHolder(owner("a@x.example"), undefined, people, undefined)).toEqual({ account: "a@x.example", mail: "a@x.example", displayName: "Zoé Müller" });
    expect(accountHolder({ ...owner("q"), kind: "group" }, undefined, people, undefined)).toBeUndefined();
    expect(IDENTITY_KINDS.filter((kind) => accountHolder(owner("a@x.example"), undefined, people, kind) !== undefined)).toEqual(["person"]);
  });

  it("has a question for every vendor in both languages, and facts of known platforms only", () => {
    expect(Object.keys(IMPORTS).filter((name) => !PLATFORMS.some((one) => one.name === name))).toEqual([]);
    for (const said of [...ASKS, ...Object.values(IMPORTS).flatMap(({ known, asks }) => [...asks, ...known.map(({ text }) => text)])]) expect([said.en === "", said.fr === "", said.en === said.fr]).toEqual([false, false, false]);
    for (const { known } of Object.values(IMPORTS)) for (const { cite } of known) expect(cite).not.toBe("");
  });
});

function failing(code = "ENOSPC"): AsyncGenerator<Uint8Array> {
  return endingWith(Object.assign(new Error("failing"), { code, syscall: code === "ENOSPC" ? "write" : "read" }));
}

async function* endingWith(error: Error): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from("t"));
  throw error;
}
