import { randomBytes } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openStateStore } from "../../src/state/store.js";
import { createVault, openVault } from "../../src/vault/vault.js";
import { ALICE, line, pieces } from "../unit/vault/samples.js";
import { cli, records } from "./cli.js";

const MIB = 1024 * 1024;

/** Larger than what is read in the program's own thread. */
describe("a vault whose files are read in threads", () => {
  let dir: string;
  let damaged: { readonly file: string; readonly offset: number; readonly sha256: string };

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "exodus-threads-"));
    await createVault(dir);
    const state = await openStateStore(path.join(dir, "state.sqlite"));
    const vault = await openVault(dir, { index: () => Promise.resolve(state), sizes: { segment: 9 * MIB, records: 64 * MIB } });
    const unit = { workload: "mail", owner: ALICE.id } as const;
    await state.saveOwner(ALICE);
    await state.openFeed(unit, "inbox", { ...unit, id: "inbox", name: "Inbox" }, "run");
    const alice = await vault.owner(ALICE);
    const placed = [];
    for (let n = 0; n < 20; n += 1) {
      const item = line(`m${n}`, await alice.write(pieces(randomBytes(MIB - 1_000 - n)), ".eml"));
      const flushed = await alice.commit("mail", [item]);
      await state.commitPull({ ...unit, feed: "inbox", changes: flushed.places.map((place) => ({ change: item, place })), done: false, flushed });
      placed.push(...flushed.placements.filter(({ sha256 }) => sha256 === item.body?.sha256));
    }
    damaged = placed[3] as typeof damaged;
    await alice.close();
    await vault.close();
  });

  afterAll(() => rm(dir, { recursive: true, force: true }));

  const check = () => cli(["vault", "check", "--vault", dir, "--read-data", "--json"]);

  it("is whole", async () => {
    const { code, stdout } = await check();
    expect(records(stdout)).toEqual([expect.objectContaining({ kind: "summary", records: 20, blobs: 20, unreferenced: 0, problems: 0 })]);
    expect(code).toBe(0);
  });

  it("tells a changed byte of a sealed segment, in the blob and in the seal", async () => {
    const handle = await open(path.join(dir, damaged.file), "r+");
    try {
      await handle.write(Buffer.from("not what was there"), 0, 18, damaged.offset + 500_000);
    } finally {
      await handle.close();
    }
    const { code, stdout } = await check();
    expect(records(stdout).slice(0, -1)).toEqual([
      expect.objectContaining({ kind: "problem", code: "wrong-hash", file: damaged.file, message: expect.stringContaining(damaged.sha256) }),
      expect.objectContaining({ kind: "problem", code: "seal-broken", file: damaged.file }),
    ]);
    expect(code).toBe(4);
  });
});
