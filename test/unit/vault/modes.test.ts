import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { openStateStore } from "../../../src/state/store.js";
import { createVault, openVault } from "../../../src/vault/vault.js";
import { ALICE, line, pieces } from "./memory-index.js";

describe("a vault is its owner's alone", () => {
  const usual = process.umask();
  let dir = "";

  afterEach(async () => {
    process.umask(usual);
    await rm(dir, { recursive: true, force: true });
  });

  it.each([0o000, 0o022, 0o077])("under umask %o: folders 0700, files 0600, index and journal of the index included", async (umask) => {
    process.umask(umask);
    dir = path.join(await mkdtemp(path.join(tmpdir(), "exodus-modes-")), "vault");
    await createVault(dir);
    const vault = await openVault(dir, { index: () => openStateStore(path.join(dir, "state.sqlite")), sizes: { segment: 2_000, records: 200 } });
    const alice = await vault.owner(ALICE);
    for (const size of [3_000, 4_000, 1_200_000]) await alice.commit("mail", [line(`m${size}`, await alice.write(pieces(randomBytes(size)), ".eml"))]);
    const names = (await readdir(dir, { recursive: true })).sort();
    const modes = Object.fromEntries(await Promise.all(["", ...names].map(async (name) => {
      const found = await stat(path.join(dir, name));
      return [name, (found.mode & 0o777) === (found.isDirectory() ? 0o700 : 0o600) ? "private" : (found.mode & 0o777).toString(8)];
    })));
    await vault.close();
    expect(Object.entries(modes).filter(([, mode]) => mode !== "private")).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["exodus-vault.json", "lock", "state.sqlite", "state.sqlite-wal", "tmp"]));
    expect(["segments/000001.tar", "records/mail-000001.jsonl", "owner.json"].filter((end) => !names.some((name) => name.endsWith(end)))).toEqual([]);
  });
});
