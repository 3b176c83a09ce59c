import { randomBytes } from "node:crypto";
import { appendFile, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { scanVault } from "../../../src/vault/rebuild.js";
import { openVault } from "../../../src/vault/vault.js";
import { ALICE, bench, checked, collect, line, MemoryIndex, pieces, put, type Bench } from "./memory-index.js";

const SMALL = { segment: 4 * 1024, records: 1024 };

/** Changes one byte in place. */
async function flip(file: string, at: number): Promise<void> {
  const handle = await open(file, "r+");
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  await handle.close();
}

async function filled(sizes = SMALL): Promise<{ readonly it_: Bench; readonly placed: readonly { readonly file: string; readonly offset: number }[]; readonly records: readonly string[] }> {
  const it_ = await bench(sizes);
  const placed: { readonly file: string; readonly offset: number }[] = [];
  for (let n = 0; n < 12; n += 1) {
    const { flushed } = await put(it_, `m${n}`, randomBytes(n === 11 ? 1_200_000 : 900));
    placed.push(...flushed.placements.map(({ file, offset }) => ({ file: path.join(it_.dir, file), offset })));
  }
  return { it_, placed, records: Object.keys(Object.fromEntries(it_.index.lengths)).filter((file) => file.endsWith(".jsonl")).map((file) => path.join(it_.dir, file)) };
}

describe("check finds", () => {
  it("nothing wrong in a good vault, and a subject with line separators is one line", async () => {
    const { it_ } = await filled();
    const blob = await it_.alice.write(pieces(randomBytes(3)), ".eml");
    it_.index.save(await it_.alice.commit("mail", [line("u", blob, "a\u2028b\u2029c\rd")]));
    expect(await checked(it_)).toMatchObject({ problems: [], information: [], summary: { records: 13, blobs: 13, unreferenced: 0, problems: 0 } });
  });

  it("a changed byte of a small or large blob, when the bytes are read", async () => {
    const { it_, placed } = await filled({ segment: 1 << 28, records: 1 << 26 });
    await flip(placed[2]?.file ?? "", (placed[2]?.offset ?? 0) + 10);
    await flip(placed[11]?.file ?? "", 10);
    expect((await checked(it_, false)).problems).toEqual([]);
    expect((await checked(it_)).problems).toEqual(["wrong-hash", "wrong-hash"]);
  });

  it("a changed byte of a sealed segment twice: in the blob and in the seal", async () => {
    const { it_, placed } = await filled();
    await flip(placed[0]?.file ?? "", (placed[0]?.offset ?? 0) + 10);
    expect((await checked(it_)).problems).toEqual(["wrong-hash", "seal-broken"]);
  });

  it("a damaged header, as missing to the record that names the blob", async () => {
    const { it_, placed } = await filled({ segment: 1 << 28, records: 1 << 26 });
    await flip(placed[3]?.file ?? "", (placed[3]?.offset ?? 0) - 500);
    expect((await checked(it_)).problems).toEqual(["index-wrong", "torn-segment"]);
  });

  it("lost files", async () => {
    const { it_, placed } = await filled({ segment: 1 << 28, records: 1 << 26 });
    await rm(placed[11]?.file ?? "");
    await truncate(placed[10]?.file ?? "", placed[10]?.offset ?? 0);
    expect((await checked(it_)).problems).toEqual(["blob-missing", "blob-missing", "torn-segment"]);
  });

  it("bad records: not JSON, a wrong field, another owner's, cut short", async () => {
    const it_ = await bench();
    const { blob } = await put(it_, "m", randomBytes(9));
    const [good, bad] = [line("m2", blob), line("m3", blob)];
    it_.index.save(await it_.alice.commit("mail", [good, { ...bad, record: { v: 1, type: "mail" } }, { ...good, key: { ...good.key, owner: "other" } }]));
    const file = [...it_.index.lengths.keys()].find((name) => name.endsWith(".jsonl")) ?? "";
    await appendFile(path.join(it_.dir, file), "{]\n");
    it_.index.lengths.set(file, (it_.index.lengths.get(file) ?? 0) + 3 + 50);
    expect((await checked(it_)).problems).toEqual(["torn-records", "bad-record", "bad-record", "bad-record"]);
  });

  it("one letter of a record that still reads well, a blob's name, and nesting that no walk survives", async () => {
    const it_ = await bench();
    const { blob } = await put(it_, "m", randomBytes(9));
    it_.index.save(await it_.alice.commit("mail", [line("m2", blob, "Budget 2026"), line("m3", blob), line("m4", blob)]));
    const file = path.join(it_.dir, [...it_.index.lengths.keys()].find((name) => name.endsWith(".jsonl")) ?? "");
    const [first = "", second = "", third = "", fourth = ""] = (await readFile(file, "utf8")).trim().split("\n");
    const deep = (text: string): string => text.replace('"categories":[]', `"categories":${"[".repeat(20_000)}${"]".repeat(20_000)}`);
    await writeFile(file, [first, second.replace('"subject":"Budget 2026"', '"subject":"Budget 2027"'), third.replace('"isRead":true', '"isRead":false'), deep(fourth), ""].join("\n"));
    const { size } = await stat(file);
    it_.index.lengths.set(path.relative(it_.dir, file), size);
    expect((await checked(it_)).problems).toEqual(["bad-record", "bad-record", "bad-record"]);
  });

  it("blobs that nothing names and foreign files, as information", async () => {
    const { it_, placed } = await filled();
    await it_.alice.write(pieces(randomBytes(4)), ".eml");
    await it_.vault.close();
    await writeFile(path.join(path.dirname(placed[0]?.file ?? ""), "notes.txt"), "x");
    expect(await checked(it_)).toMatchObject({ problems: [], information: expect.arrayContaining(["foreign-file", "unreferenced"]), summary: { unreferenced: 1 } });
  });

  it("a list of sealed files that leads elsewhere, without going there", async () => {
    const { it_ } = await filled();
    const [owner = ""] = await readdir(path.join(it_.dir, "owners"));
    await writeFile(path.join(it_.dir, "outside"), "x");
    await writeFile(path.join(it_.dir, "owners", owner, "sealed.jsonl"), ["../outside", `owners/${owner}/segments/../../../outside`].map((file) => `${JSON.stringify({ file, bytes: 1, sha256: "0".repeat(64) })}\n`).join(""));
    expect((await checked(it_)).problems).toEqual(["seal-broken", "seal-broken"]);
  });

  it("a folder without its card", async () => {
    const { it_ } = await filled();
    const [owner] = await readdir(path.join(it_.dir, "owners"));
    await rm(path.join(it_.dir, "owners", owner ?? "", "owner.json"));
    expect((await checked(it_)).problems).toEqual(["bad-owner"]);
  });
});

describe("a scan", () => {
  it("counts a folder of which it cannot tell the owner", async () => {
    const { it_ } = await filled();
    await it_.vault.close();
    const [folder = ""] = await readdir(path.join(it_.dir, "owners"));
    const leftOut = async (): Promise<string[]> => {
      const files: string[] = [];
      for await (const found of scanVault(it_.dir)) if (found.kind === "left-out") files.push(found.file);
      return files;
    };
    expect(await leftOut()).toEqual([]);
    await writeFile(path.join(it_.dir, "owners", folder, "owner.json"), "{");
    expect(await leftOut()).toEqual([`owners/${folder}/owner.json`]);
  });

  it("makes the same index anew from segments and records alone", async () => {
    const { it_ } = await filled();
    await it_.vault.close();
    const index = new MemoryIndex();
    const lines: string[] = [];
    for await (const found of scanVault(it_.dir)) {
      if (found.kind === "blob") index.save({ places: [], placements: [found.placement], lengths: {} });
      else if (found.kind === "length") index.lengths.set(found.file, found.length);
      else if (found.kind === "line" && found.line.kind === "item") lines.push(`${found.owner} ${found.workload} ${found.line.key.id}`);
    }
    expect([...index.blobs].sort()).toEqual([...it_.index.blobs].sort());
    expect([...index.lengths].sort()).toEqual([...it_.index.lengths].sort());
    expect(lines).toEqual(Array.from({ length: 12 }, (_, n) => `${ALICE.id} mail m${n}`));
    const vault = await openVault(it_.dir, { index: () => Promise.resolve(index) });
    const again: Bench = { ...it_, index, vault, alice: await vault.owner(ALICE) };
    const { blob } = await put(again, "new", Buffer.from("new"));
    expect((await collect(again.alice.open(blob))).toString()).toBe("new");
    expect(await checked(again)).toMatchObject({ problems: [], information: [], summary: { records: 13 } });
  });
});
