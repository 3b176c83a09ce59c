import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "@jest/globals";
import { readRights } from "../../../adapters/imap/rights.js";

it("a file of rights knows one account whatever the case and the form of its accents, and joins what its lines give", async () => {
  const baseDir = await mkdtemp(path.join(tmpdir(), "exodus-rights-"));
  try {
    await writeFile(path.join(baseDir, "droits.csv"), ["boîte;personne;droit", "re\u0301gie@x;zoé@x;read", "RÉGIE@x;zoe\u0301@x;t", "régie@x;paul@x;edit"].join("\n"));
    const rights = await readRights("file:droits.csv", { baseDir, lang: "fr" });
    expect(Object.fromEntries(rights)).toEqual({ "régie@x": [{ person: "zoé@x", letters: "lrst" }, { person: "paul@x", letters: "lrswite" }] });
  } finally {
    await rm(baseDir, { recursive: true, force: true });
  }
});
