import { randomBytes } from "node:crypto";
import { readdir, readlink } from "node:fs/promises";
import { describe, expect, it } from "@jest/globals";
import type { BlobRef, Owner } from "../../../src/core/item.js";
import type { JournalLine } from "../../../src/core/vault.js";
import { ALICE, bench, checked, collect, line, pieces } from "./memory-index.js";

const owner = (number: number): Owner => ({ ...ALICE, id: `owner-${number}`, name: `o${number}@mairie.example` });

const lineOf = (number: number, id: string, blob: BlobRef): JournalLine => ({ ...line(id, blob), key: { workload: "mail", owner: owner(number).id, id } });

/** Files below `dir` that this process has open for writing or reading. */
async function openFiles(dir: string): Promise<string[]> {
  const links = await Promise.all((await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return links.filter((file) => file.startsWith(`${dir}/owners`));
}

describe("uses of an owner's part", () => {
  it("keep no file open after the last one, and find everything again", async () => {
    const it_ = await bench();
    const blobs = [];
    for (let number = 0; number < 40; number += 1) {
      const vault = await it_.vault.owner(owner(number));
      const blob = await vault.write(pieces(randomBytes(300)), ".eml");
      it_.index.save(await vault.commit("mail", [lineOf(number, `m${number}`, blob)]));
      await vault.close();
      blobs.push(blob);
    }
    expect(await openFiles(it_.dir)).toEqual([]);
    for (const [number, blob] of blobs.entries()) {
      const vault = await it_.vault.owner(owner(number));
      expect(await collect(vault.open(blob))).toHaveLength(300);
      await vault.close();
    }
    expect(await checked(it_)).toMatchObject({ problems: [], summary: { records: 40, blobs: 40 } });
  });

  it("share one opening, wait for its closing, and close once", async () => {
    const it_ = await bench();
    const bytes = randomBytes(500);
    const [one, two] = await Promise.all([it_.vault.owner(owner(1)), it_.vault.owner(owner(1))]);
    const blob = await one.write(pieces(bytes), ".eml");
    await one.close();
    await one.close();
    // The other use goes on, and knows what the first wrote.
    expect(await two.write(pieces(bytes), ".eml")).toEqual(blob);
    it_.index.save(await two.commit("mail", [lineOf(1, "m", blob)]));
    const closing = two.close();
    const three = await it_.vault.owner(owner(1));
    await closing;
    it_.index.save(await three.commit("mail", [lineOf(1, "n", await three.write(pieces(bytes), ".eml"))]));
    await three.close();
    expect(await checked(it_)).toMatchObject({ problems: [], summary: { records: 2, blobs: 1 } });
  });

  it("keep what was written and never committed from being lost or doubled when another use comes", async () => {
    const it_ = await bench();
    const bytes = randomBytes(500);
    const one = await it_.vault.owner(owner(1));
    await one.write(pieces(bytes), ".eml");
    await one.close();
    const two = await it_.vault.owner(owner(1));
    const blob = await two.write(pieces(bytes), ".eml");
    it_.index.save(await two.commit("mail", [lineOf(1, "m", blob)]));
    expect(await collect(two.open(blob))).toHaveLength(500);
    await two.close();
    expect(await checked(it_)).toMatchObject({ problems: [], summary: { records: 1, blobs: 1, unreferenced: 0 } });
  });
});
