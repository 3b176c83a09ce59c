import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { NeutralRecord } from "../../src/format/records.js";
import { ENCRYPTED_VERSION } from "../../src/vault/layout.js";
import { contentsOf } from "../golden/contents.js";
import { cli, records, ROOT, summary } from "./cli.js";

const GOLDEN = path.join(ROOT, "test/golden");
const VERSIONS = (await readdir(GOLDEN)).filter((name) => /^v\d+$/.test(name));
/** Types of records that came after these vaults were made: a new type needs no new version of the format, and a golden vault is not made anew. */
const LATER: ReadonlySet<string> = new Set(["calendar", "site-page"]);

const age = spawnSync("age", ["--version"]).error === undefined;
if (!age && process.env["CI"] === "true") throw new Error("age is not installed: fixtures/age/age install");

interface Held {
  readonly owner: string;
  readonly workload: string;
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly body: string | null;
}

async function hashes(dir: string): Promise<Map<string, string>> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [path.relative(dir, file), createHash("sha256").update(await readFile(file)).digest("hex")] as const)));
}

it("every format version has its golden vault", () => {
  expect(VERSIONS).toEqual(Array.from({ length: ENCRYPTED_VERSION }, (_, index) => `v${index + 1}`));
});

describe.each(VERSIONS)("the golden vault of %s", (version) => {
  let dir: string;
  let held: Held[];
  const vault = (): string => path.join(dir, "vault");
  /** Of an encrypted one. */
  const identity = version === `v${ENCRYPTED_VERSION}` ? path.join(GOLDEN, version, "identity.txt") : undefined;
  const opened = identity === undefined ? [] : ["--identity", `file:${identity}`];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-golden-"));
    await cp(path.join(GOLDEN, version, "vault"), vault(), { recursive: true });
    held = (await readFile(path.join(GOLDEN, version, "contents.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line) as Held);
    expect(await cli(["vault", "rebuild", "--vault", vault(), ...opened])).toMatchObject({ code: 0, stderr: "" });
  });

  afterAll(() => rm(dir, { recursive: true, force: true }));

  it("has an item of every type of record that its time had, and is small", async () => {
    expect([...new Set(held.map(({ type }) => type))].sort()).toEqual(NeutralRecord.options.map((record) => record.shape.type.value).filter((type) => !LATER.has(type)).sort());
    const sizes = await Promise.all([...(await hashes(path.join(GOLDEN, version))).keys()].map(async (file) => (await readFile(path.join(GOLDEN, version, file))).length));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(500_000);
  });

  it("is whole to the last byte, and every record obeys the schemas", async () => {
    const { code, stdout } = await cli(["vault", "check", "--vault", vault(), "--read-data", "--schema", "--json", ...opened]);
    expect([code, records(stdout).filter(({ kind }) => kind === "problem")]).toEqual([0, []]);
    expect(records(stdout).at(-1)).toMatchObject({ kind: "summary", owners: 3, problems: 0 });
  });

  it("holds what it held, by the document's rules and by the index made from its records", async () => {
    if (identity === undefined || age) expect(await contentsOf(vault(), identity)).toEqual((await readFile(path.join(GOLDEN, version, "contents.jsonl"), "utf8")).trim().split("\n"));
    const found = records((await cli(["vault", "grep", "", "--vault", vault(), "--json", ...opened])).stdout).filter(({ type }) => type === "found");
    expect(found.map(({ owner, workload, id, title }) => ({ owner, workload, id, title })).sort(byText)).toEqual(held.map(({ owner, workload, id, title }) => ({ owner, workload, id, title })).sort(byText));
  });

  it("fills a target without a source, a sign-in or a change to itself", async () => {
    const before = await hashes(path.join(vault(), "owners"));
    const config = path.join(dir, "exodus.yaml");
    await writeFile(config, stringify({ vault: identity === undefined ? "./vault" : { path: "./vault", identity: `file:${identity}` }, groups: "all", targets: { archive: { adapter: "archive", path: "./archive" } }, routes: [{ workload: "all", to: "archive" }] }));
    const pushed = await cli(["push", "-c", config, "--json"]);
    expect([pushed.code, pushed.stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    const { seen, counts } = summary(pushed.stdout);
    expect([seen, (counts["migrated"] ?? 0) + (counts["converted"] ?? 0)]).toEqual([held.length, held.length]);
    // Messages, series, cards, files, tasks, notes and pictures stand there with their very bytes; texts of conversations are members of JSON files.
    const there = new Set((await hashes(path.join(dir, "archive"))).values());
    const bodies = held.filter(({ body, workload }) => body !== null && !["channels", "chats"].includes(workload));
    expect(bodies.filter(({ body }) => !there.has(body ?? ""))).toEqual([]);
    expect(bodies.length).toBeGreaterThan(30);
    const verified = await cli(["verify", "-c", config, "--json"]);
    expect([verified.code, summary(verified.stdout).verified]).toEqual([0, { same: held.length, different: 0, missing: 0, unverifiable: 0 }]);
    expect(await hashes(path.join(vault(), "owners"))).toEqual(before);
  });
});

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
