import { randomBytes } from "node:crypto";
import { appendFile, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { RecordPlace } from "../../../src/core/vault.js";
import { tarEntry } from "../../../src/vault/tar.js";
import { ALICE, bench, checked, collect, line, pieces, put, type Bench } from "./memory-index.js";

const sizeOf = async (file: string) => (await stat(file)).size;

/** Absolute name of the first segment (or first mail records file), with one committed item before. */
async function withOne(): Promise<{ readonly it_: Bench; readonly segment: string; readonly records: string }> {
  const it_ = await bench();
  const { flushed } = await put(it_, "first", randomBytes(1_000));
  return { it_, segment: path.join(it_.dir, flushed.placements[0]?.file ?? ""), records: path.join(it_.dir, flushed.places[0]?.file ?? "") };
}

describe("after a crash", () => {
  it.each([["in its header", 100], ["in its body", 512 + 300], ["in its padding", 512 + 1_000 + 5]])("an entry torn %s is cut and stored anew", async (_, kept) => {
    const { it_, segment } = await withOne();
    const committed = await sizeOf(segment);
    const bytes = randomBytes(1_000);
    await it_.alice.write(pieces(bytes), ".eml");
    await it_.vault.close();
    await truncate(segment, committed + kept);
    await it_.reopen();
    const { blob } = await put(it_, "second", bytes);
    expect((await collect(it_.alice.open(blob))).equals(bytes)).toBe(true);
    expect(it_.index.adopted).toBe(0);
    expect(await checked(it_)).toMatchObject({ problems: [], information: [], summary: { blobs: 2, records: 2 } });
  });

  it("whole entries that were never indexed are adopted, so that reading them again stores nothing", async () => {
    const { it_, segment } = await withOne();
    const all = [randomBytes(10), randomBytes(2_000), randomBytes(0)];
    for (const bytes of all) await collect(it_.alice.open(await it_.alice.write(pieces(bytes), ".eml")));
    const size = await sizeOf(segment);
    await it_.reopen();
    for (const [n, bytes] of all.entries()) await put(it_, `again${n}`, bytes);
    expect({ adopted: it_.index.adopted, size: await sizeOf(segment) }).toEqual({ adopted: 3, size });
    expect(await checked(it_)).toMatchObject({ problems: [], information: [] });
  });

  it("an entry whose body never reached the disk is not adopted", async () => {
    const { it_, segment } = await withOne();
    const bytes = randomBytes(600);
    const { sha256 } = await it_.alice.write(pieces(bytes), ".eml");
    await it_.vault.close();
    await truncate(segment, it_.index.lengths.get(path.relative(it_.dir, segment)) ?? -1);
    await appendFile(segment, Buffer.concat(tarEntry(`${sha256}.eml`, [Buffer.alloc(600)], 600)));
    await it_.reopen();
    const { blob } = await put(it_, "second", bytes);
    expect((await collect(it_.alice.open(blob))).equals(bytes)).toBe(true);
    expect(await checked(it_)).toMatchObject({ problems: [], summary: { blobs: 2 } });
  });

  it("records beyond the committed length, whole or torn, are cut", async () => {
    const { it_, records } = await withOne();
    const before = await readFile(records);
    await it_.alice.commit("mail", [line("lost", await it_.alice.write(pieces(randomBytes(5)), ".eml"))]);
    await it_.vault.close();
    await appendFile(records, '{"v":1,"at":"2026');
    await it_.reopen();
    await put(it_, "next", randomBytes(7));
    const after = await readFile(records, "utf8");
    expect(after.startsWith(before.toString())).toBe(true);
    expect(after.trim().split("\n").map((text) => (JSON.parse(text) as { key: { id: string } }).key.id)).toEqual(["first", "next"]);
    expect(await checked(it_)).toMatchObject({ problems: [], information: ["unreferenced"] });
  });

  it("unfinished large files are removed", async () => {
    const { it_ } = await withOne();
    await it_.vault.close();
    await writeFile(path.join(it_.dir, "tmp", "left"), "half");
    await it_.reopen();
    expect(await readdir(path.join(it_.dir, "tmp"))).toEqual([]);
    await it_.vault.close();
  });

  it("losing the index costs nothing that stands in the vault", async () => {
    const { it_, segment, records } = await withOne();
    const [bytes, text] = [await readFile(segment), await readFile(records)];
    it_.index.lengths.clear();
    it_.index.blobs.clear();
    await it_.reopen();
    await put(it_, "second", randomBytes(3));
    const folder = path.dirname(records);
    const aside = (await readdir(folder)).filter((name) => name.includes("uncommitted"));
    expect(aside).toHaveLength(1);
    expect((await readFile(path.join(folder, aside[0] ?? ""))).equals(text)).toBe(true);
    expect((await readFile(segment)).subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(await checked(it_)).toMatchObject({ problems: [], information: ["foreign-file", "unreferenced"] });
  });

  it("nothing comes to stand where the index has a lost file", async () => {
    const { it_, segment, records } = await withOne();
    await it_.vault.close();
    for (const file of [segment, records]) await rm(file);
    await it_.reopen();
    const { flushed } = await put(it_, "second", randomBytes(30));
    expect([flushed.placements[0]?.file, flushed.places[0]?.file].map((file) => path.basename(file ?? ""))).toEqual(["000002.tar", "mail-000002.jsonl"]);
    await it_.vault.close();
  });

  it("a source that breaks in the middle leaves nothing behind", async () => {
    const { it_, segment } = await withOne();
    const size = await sizeOf(segment);
    async function* broken(length: number): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(randomBytes(length));
      throw new RangeError("cut");
    }
    for (const length of [10, 2_000_000]) await expect(it_.alice.write(broken(length), ".bin")).rejects.toThrow("cut");
    expect({ size: await sizeOf(segment), tmp: await readdir(path.join(it_.dir, "tmp")) }).toEqual({ size, tmp: [] });
    await it_.vault.close();
  });
});

describe("a full disk", () => {
  // /dev/full answers every write with ENOSPC (full(4), Linux manual).
  it("is named when a blob does not fit", async () => {
    const it_ = await bench({ segment: 100, records: 1_000_000 });
    const { flushed } = await put(it_, "first", randomBytes(200));
    // The first segment is full: the next blob opens this one.
    await symlink("/dev/full", path.join(it_.dir, path.dirname(flushed.placements[0]?.file ?? ""), "000002.tar"));
    const blob = await it_.alice.write(pieces(randomBytes(10)), ".eml");
    await expect(it_.alice.commit("mail", [line("second", blob)])).rejects.toMatchObject({ code: "DISK_FULL", errorClass: "fatal-config" });
    // What was promised and lost with it must not be promised again by the same process.
    await expect(it_.alice.commit("mail", [line("second", blob)])).rejects.toMatchObject({ code: "DISK_FULL" });
    await it_.vault.close();
  });

  it("is named when records do not fit; what was saved stays", async () => {
    const { it_, records } = await withOne();
    const blob = await it_.alice.write(pieces(randomBytes(10)), ".ics");
    await symlink("/dev/full", path.join(path.dirname(records), "calendar-000001.jsonl"));
    await expect(it_.alice.commit("calendar", [line("e", blob)])).rejects.toMatchObject({ code: "DISK_FULL" });
    await rm(path.join(path.dirname(records), "calendar-000001.jsonl"));
    await it_.reopen();
    it_.index.save(await it_.alice.commit("calendar", [line("e", await it_.alice.write(pieces(randomBytes(11)), ".ics"))]));
    expect(await checked(it_)).toMatchObject({ problems: [], summary: { records: 2 } });
  });
});

type Step = { readonly do: "write"; readonly bytes: Uint8Array } | { readonly do: "commit" } | { readonly do: "commit-lost" } | { readonly do: "crash"; readonly cut: number; readonly garbage: Uint8Array };

describe("whatever is written, committed and cut off at any byte", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 1_500 }).map((bytes) => ({ do: "write" as const, bytes })) },
    { weight: 3, arbitrary: fc.constant({ do: "commit" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "commit-lost" as const }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("crash" as const), cut: fc.double({ min: 0, max: 1, noNaN: true }), garbage: fc.uint8Array({ maxLength: 40 }) }) },
  );

  it("the committed items are there, exactly, and the check passes", async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const it_ = await bench({ segment: 6_000, records: 2_000 });
      const committed = new Map<string, { readonly place: RecordPlace; readonly bytes: Uint8Array }>();
      let open: { readonly id: string; readonly bytes: Uint8Array }[] = [];
      for (const [n, now] of steps.entries()) {
        if (now.do === "write") {
          await it_.alice.write(pieces(now.bytes, 300), ".eml");
          open.push({ id: `i${n}`, bytes: now.bytes });
        } else if (now.do === "crash") {
          await crash(it_, now.cut, now.garbage);
          open = [];
        } else if (open.length > 0) {
          const batch = open;
          const blobs = await Promise.all(batch.map(({ bytes }) => it_.alice.write(pieces(bytes, 500), ".eml")));
          const flushed = await it_.alice.commit("mail", blobs.map((blob, at) => line(batch[at]?.id ?? "", blob)));
          if (now.do === "commit-lost") await crash(it_, 1, new Uint8Array());
          else {
            it_.index.save(flushed);
            for (const [at, place] of flushed.places.entries()) committed.set(batch[at]?.id ?? "", { place, bytes: batch[at]?.bytes ?? new Uint8Array() });
          }
          open = [];
        }
      }
      await crash(it_, 0.5, new Uint8Array());
      for (const [id, { place, bytes }] of committed) {
        const read = await it_.alice.read(place);
        expect(read.kind === "item" ? read.key.id : "").toBe(id);
        if (read.kind === "item" && read.body !== undefined) expect((await collect(it_.alice.open(read.body))).equals(bytes)).toBe(true);
      }
      // One more batch makes the recovery run.
      await put(it_, "last", randomBytes(9));
      const { problems, summary } = await checked(it_);
      expect({ problems, summary }).toMatchObject({ problems: [], summary: { records: committed.size + 1 } });
      await rm(it_.dir, { recursive: true });
    }), { numRuns: 60 });
  });
});

/** Cuts what was not committed at `cut` (0: all of it, 1: nothing) and adds garbage, as a power cut may. */
async function crash(it_: Bench, cut: number, garbage: Uint8Array): Promise<void> {
  await it_.vault.close();
  const owners = path.join(it_.dir, "owners");
  for (const entry of await readdir(owners, { recursive: true, withFileTypes: true })) {
    if (!/\.(tar|jsonl)$/.test(entry.name) || entry.name === "sealed.jsonl") continue;
    const absolute = path.join(entry.parentPath, entry.name);
    const file = path.relative(it_.dir, absolute);
    const sealed = await readFile(path.join(entry.parentPath, "..", "sealed.jsonl"), "utf8").catch(() => "");
    if (sealed.includes(file)) continue;
    const committed = it_.index.lengths.get(file) ?? 0;
    await truncate(absolute, committed + Math.floor(((await sizeOf(absolute)) - committed) * cut));
    await appendFile(absolute, garbage);
  }
  await it_.reopen();
  await it_.vault.owner(ALICE);
}
