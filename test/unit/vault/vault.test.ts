import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createVault, openVault, vaultHeader } from "../../../src/vault/vault.js";
import { ALICE, bench, checked, collect, line, MemoryIndex, pieces, put } from "./memory-index.js";

const SMALL = { segment: 8 * 1024, records: 2 * 1024 };

describe("a vault", () => {
  it("gives back what was written, line and bytes", async () => {
    const it_ = await bench();
    const bytes = randomBytes(20_000);
    const { blob, flushed } = await put(it_, "m1", bytes);
    expect(blob).toEqual({ sha256: createHash("sha256").update(bytes).digest("hex"), size: 20_000, extension: ".eml" });
    const [place] = flushed.places;
    await it_.reopen();
    expect(place === undefined ? undefined : await it_.alice.read(place)).toEqual(line("m1", blob));
    expect((await collect(it_.alice.open(blob))).equals(bytes)).toBe(true);
    expect(await checked(it_)).toMatchObject({ problems: [], summary: { owners: 1, records: 1, blobs: 1, bytes: 20_000, unreferenced: 0 } });
  });

  it("is read by tar and sha256sum alone", async () => {
    const it_ = await bench(SMALL);
    for (let n = 0; n < 30; n += 1) await put(it_, `m${n}`, randomBytes(n * 97));
    await put(it_, "big", randomBytes(2_000_000));
    await it_.vault.close();
    const [owner] = await readdir(path.join(it_.dir, "owners"));
    const folder = path.join(it_.dir, "owners", owner ?? "");
    const out = await mkdtemp(path.join(tmpdir(), "exodus-tar-"));
    const segments = await readdir(path.join(folder, "segments"));
    expect(segments.length).toBeGreaterThan(2);
    for (const segment of segments) execFileSync("tar", ["xf", path.join(folder, "segments", segment), "-C", out]);
    execFileSync("cp", ["-r", `${path.join(folder, "large")}/.`, out]);
    const names = await readdir(out);
    expect(names).toHaveLength(31);
    const sums = names.map((name) => `${name.slice(0, 64)}  ${name}`).join("\n");
    expect(execFileSync("sha256sum", ["-c"], { cwd: out, input: `${sums}\n`, encoding: "utf8" }).match(/: OK/g)).toHaveLength(31);
    const sealed = (await readFile(path.join(folder, "sealed.jsonl"), "utf8")).trim().split("\n").map((text) => JSON.parse(text) as { file: string; sha256: string; bytes: number });
    expect(sealed.map(({ file }) => path.extname(file)).sort()).toEqual(expect.arrayContaining([".jsonl", ".tar"]));
    const seals = sealed.map(({ file, sha256 }) => `${sha256}  ${file}`).join("\n");
    expect(execFileSync("sha256sum", ["-c"], { cwd: it_.dir, input: `${seals}\n`, encoding: "utf8" }).match(/: OK/g)).toHaveLength(sealed.length);
  });

  it("stores the same bytes once, within a batch, across batches, at once and after reopening, small or large", async () => {
    const it_ = await bench();
    for (const size of [0, 5_000, 1_500_000]) {
      const bytes = randomBytes(size);
      const blobs = await Promise.all([1, 2, 3].map(() => it_.alice.write(pieces(bytes), ".eml")));
      it_.index.save(await it_.alice.commit("mail", blobs.map((blob, n) => line(`a${size}-${n}`, blob))));
      await put(it_, `b${size}`, bytes);
      await it_.reopen();
      await put(it_, `c${size}`, bytes);
    }
    expect(await checked(it_)).toMatchObject({ problems: [], information: [], summary: { blobs: 3, records: 15 } });
    expect(await readdir(path.join(it_.dir, "tmp"))).toEqual([]);
  });

  it("takes concurrent writes and commits of several workloads", async () => {
    const it_ = await bench(SMALL);
    await Promise.all((["mail", "calendar", "files"] as const).map(async (workload) => {
      for (let batch = 0; batch < 8; batch += 1) {
        const blobs = await Promise.all(Array.from({ length: 6 }, () => it_.alice.write(pieces(randomBytes(700), 100), ".bin")));
        it_.index.save(await it_.alice.commit(workload, blobs.map((blob, n) => line(`${workload}${batch}-${n}`, blob))));
      }
    }));
    expect(await checked(it_)).toMatchObject({ problems: [], information: [], summary: { records: 144, blobs: 144 } });
  });

  it("commits together the batches that come at once, and each stands without the others", async () => {
    const it_ = await bench();
    const bodies = [0, 1, 2].map((n) => randomBytes(1_000 + n));
    const blobs = await Promise.all(bodies.map((bytes) => it_.alice.write(pieces(bytes), ".eml")));
    const flushed = await Promise.all(blobs.map((blob, n) => it_.alice.commit("mail", [line(`m${n}`, blob), line(`n${n}`, blob)])));
    const [file = ""] = Object.keys(flushed[0]?.lengths ?? {}).filter((name) => name.endsWith(".jsonl"));
    expect(flushed.map(({ lengths }) => lengths[file])).toEqual(flushed.map(({ places }) => (places[1]?.offset ?? 0) + (places[1]?.length ?? 0)));
    for (const [n, { places }] of flushed.entries()) {
      for (const [at, place] of places.entries()) expect(await it_.alice.read(place)).toMatchObject({ key: { id: `${at === 0 ? "m" : "n"}${n}` } });
    }
    // Of the three transactions only the second one takes place.
    if (flushed[1] !== undefined) it_.index.save(flushed[1]);
    await it_.reopen();
    const { flushed: after } = await put(it_, "after", bodies[2] ?? Buffer.alloc(0));
    expect(after.places[0]?.offset).toBe(flushed[1]?.lengths[file]);
    for (const [n, blob] of blobs.entries()) expect((await collect(it_.alice.open(blob))).equals(bodies[n] ?? Buffer.alloc(0))).toBe(true);
    expect(await checked(it_)).toMatchObject({ problems: [], summary: { records: 5, blobs: 3, unreferenced: 0 } });
  });

  it("answers placements again until the index holds them", async () => {
    const it_ = await bench();
    const mail = await it_.alice.write(pieces(randomBytes(10)), ".eml");
    const event = await it_.alice.write(pieces(randomBytes(10)), ".ics");
    // This commit answers for both blobs, and its transaction fails.
    expect((await it_.alice.commit("mail", [line("m", mail)])).placements).toHaveLength(2);
    const second = await it_.alice.commit("calendar", [line("e", event)]);
    expect(second.placements.map(({ sha256 }) => sha256).sort()).toEqual([mail.sha256, event.sha256].sort());
    it_.index.save(second);
    const third = await it_.alice.commit("mail", [line("m", mail)]);
    it_.index.save(third);
    expect((await it_.alice.commit("mail", [])).placements).toEqual([]);
    expect((await checked(it_)).problems).toEqual([]);
  });

  it("keeps nobody else's eyes on it", async () => {
    const it_ = await bench();
    await put(it_, "m", randomBytes(2_000_000));
    await put(it_, "n", randomBytes(20));
    const entries = await readdir(it_.dir, { recursive: true, withFileTypes: true });
    const modes = await Promise.all(entries.map(async (entry) => `${entry.isDirectory() ? "d" : "f"}${((await stat(path.join(entry.parentPath, entry.name))).mode & 0o777).toString(8)}`));
    expect([...new Set(modes)].sort()).toEqual(["d700", "f600"]);
    expect((await stat(it_.dir)).mode & 0o777).toBe(0o700);
    await it_.vault.close();
  });

  it("keeps one folder for an owner who is renamed", async () => {
    const it_ = await bench();
    await it_.vault.owner(ALICE);
    await it_.vault.close();
    const vault = await openVault(it_.dir, { index: () => Promise.resolve(it_.index) });
    await vault.owner({ ...ALICE, name: "alice.durand@mairie.example" });
    await vault.close();
    const owners = await readdir(path.join(it_.dir, "owners"));
    expect(owners).toHaveLength(1);
    expect(await readFile(path.join(it_.dir, "owners", owners[0] ?? "", "owner.json"), "utf8")).toContain("alice.durand");
  });

  it("reads beside a writer when opened for reading only, and then refuses to write", async () => {
    const it_ = await bench();
    const bytes = randomBytes(100);
    const { blob } = await put(it_, "m", bytes);
    const reader = await openVault(it_.dir, { index: () => Promise.resolve(it_.index), readOnly: true });
    const alice = await reader.owner(ALICE);
    expect((await collect(alice.open(blob))).equals(bytes)).toBe(true);
    await expect(alice.write(pieces(bytes), ".eml")).rejects.toMatchObject({ code: "VAULT_READ_ONLY" });
    await reader.close();
    await put(it_, "n", bytes);
    await it_.vault.close();
  });

  it("names what is missing or short instead of giving less", async () => {
    const it_ = await bench();
    const { blob, flushed } = await put(it_, "m", randomBytes(100));
    const file = flushed.placements[0]?.file ?? "";
    await expect(collect(it_.alice.open({ ...blob, sha256: "f".repeat(64) as typeof blob.sha256 }))).rejects.toMatchObject({ code: "VAULT_BLOB_MISSING" });
    await writeFile(path.join(it_.dir, file), "");
    await expect(collect(it_.alice.open(blob))).rejects.toMatchObject({ code: "VAULT_BLOB_MISSING" });
    await expect(it_.alice.read({ file: flushed.places[0]?.file ?? "", offset: 1, length: 20 })).rejects.toMatchObject({ code: "VAULT_RECORD_TORN" });
    await it_.vault.close();
  });
});

describe("a vault's header", () => {
  const empty = () => mkdtemp(path.join(tmpdir(), "exodus-header-"));

  it("is made once", async () => {
    const dir = path.join(await empty(), "new");
    const header = await createVault(dir);
    expect(await vaultHeader(dir)).toEqual(header);
    await expect(createVault(dir)).rejects.toMatchObject({ code: "VAULT_EXISTS" });
    expect(await vaultHeader(dir)).toEqual(header);
    expect(await readdir(dir)).toEqual(["exodus-vault.json"]);
  });

  it.each([
    ["{", "VAULT_HEADER"],
    ['{"format":"tarball","version":1}', "VAULT_HEADER"],
    ['{"format":"o365-exodus-vault","version":3,"id":"x"}', "VAULT_VERSION"],
  ])("%s is refused as %s, and nothing is touched", async (text, code) => {
    const dir = await empty();
    await writeFile(path.join(dir, "exodus-vault.json"), text);
    await expect(openVault(dir, { index: () => Promise.resolve(new MemoryIndex()) })).rejects.toMatchObject({ code });
    expect(await readdir(dir)).toEqual(["exodus-vault.json"]);
  });

  it("is asked for", async () => {
    await expect(vaultHeader(await empty())).rejects.toMatchObject({ code: "VAULT_MISSING" });
  });
});
