import { truncate } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "@jest/globals";
import type { JournalLine } from "../../../src/core/vault.js";
import { scanOwnerLines, type ScannedLine } from "../../../src/vault/rebuild.js";
import { ALICE, bench } from "./memory-index.js";

const gone = (id: string): JournalLine => ({ v: 1, at: "2026-01-02T03:04:05.000Z", kind: "tombstone", id });

it("reads an owner's committed lines, and does not pass over one that is lost, whatever its kind", async () => {
  const { alice, dir, index, vault } = await bench();
  const flushed = await alice.commit("mail", ["m1", "m2", "m3"].map(gone));
  index.save(flushed);
  await vault.close();
  const scan = async (): Promise<readonly ScannedLine[]> => {
    const found: ScannedLine[] = [];
    const folder = path.basename(path.dirname(path.dirname(flushed.places[0]?.file ?? "")));
    for await (const line of scanOwnerLines(dir, ALICE, ["someone-else", folder], index)) found.push(line);
    return found;
  };
  expect((await scan()).map(({ line }) => line)).toEqual(["m1", "m2", "m3"].map(gone));
  const { file = "", offset = 0 } = flushed.places[2] ?? {};
  await truncate(path.join(dir, file), offset);
  await expect(scan()).rejects.toMatchObject({ code: "VAULT_RECORD_TORN", params: { offset } });
});
