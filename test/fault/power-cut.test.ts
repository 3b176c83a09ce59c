import { existsSync, readFileSync } from "node:fs";
import * as real from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { StateStore } from "../../src/core/state.js";
import type { Stored } from "../unit/vault/small-run.js";
import { padding } from "../../src/vault/tar.js";
import { randomOf } from "../random.js";
import { RecordedDisk } from "./recorded-disk.js";

/** Memory, where there is such a folder: hundreds of vaults are laid out, and a disk would wait for each. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
/** Segments and records files are closed, sealed and followed by others within the run. */
const SIZES = { segment: 4_000, records: 2_000 };
const item = (n: number): Stored => ({ id: `m${n}`, size: n === 5 ? 1_100_000 : 400 + 90 * n });
const BATCHES: readonly (readonly Stored[])[] = [[0, 1], [2, 3, 4], [5], [6, 7, 8], [9, 10]].map((numbers) => numbers.map(item));
const ALL = new Set(BATCHES.flat().map(({ id }) => id));
const sizeOf = (id: string): number => item(Number(id.slice(1))).size;

describe("when the power fails", () => {
  const disk = new RecordedDisk({ ...real });
  const made: string[] = [];
  let run: typeof import("../unit/vault/small-run.js");
  let createVault: typeof import("../../src/vault/vault.js").createVault;

  const folder = async (): Promise<string> => {
    const dir = await real.mkdtemp(path.join(FOLDER, "exodus-power-"));
    made.push(dir);
    return dir;
  };

  beforeAll(async () => {
    jest.unstable_mockModule("node:fs/promises", () => disk.fs());
    run = await import("../unit/vault/small-run.js");
    ({ createVault } = await import("../../src/vault/vault.js"));
  });

  afterAll(async () => {
    for (const dir of made) await real.rm(dir, { recursive: true, force: true });
  });

  /** Stores the batches of each process in turn, and records what that asks of the disk. */
  async function record(processes: readonly (readonly (readonly Stored[])[])[]): Promise<void> {
    const root = await folder();
    await createVault(root);
    const told = (state: StateStore): StateStore => new Proxy(state, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== "function") return value;
        return async (...given: unknown[]): Promise<unknown> => {
          const answer: unknown = await Reflect.apply(value, target, given);
          disk.committed(readFileSync(path.join(root, "state.sqlite")));
          return answer;
        };
      },
    });
    disk.start(root);
    for (const batches of processes) {
      await run.using({ dir: root, sizes: SIZES, told }, async (alice, state) => {
        for (const batch of batches) await run.storeBatch(alice, state, batch);
      });
    }
    disk.stop();
  }

  async function readAgain(dir: string): Promise<void> {
    await run.readAgain({ dir, sizes: SIZES }, BATCHES);
    expect(await run.examine({ dir, sizes: SIZES }, sizeOf, false)).toEqual({ done: [], problems: [], stored: ALL });
  }

  it("at any moment of a run, nothing that the index calls stored is lost, and the rest is read again", async () => {
    await record([BATCHES.slice(0, 2), BATCHES.slice(2)]);
    expect(disk.steps.filter((step) => step.do === "sync").length).toBeGreaterThan(10);
    let [trials, cut] = [0, 0];
    for (let seed = 1; seed <= 2; seed += 1) {
      for (let count = 0; count <= disk.steps.length; count += 1) {
        const dir = await folder();
        if (disk.layOut(dir, count, randomOf(seed * 10_000 + count))) {
          trials += 1;
          const { done, problems } = await run.examine({ dir, sizes: SIZES }, sizeOf, false);
          expect({ seed, count, lost: run.forgotten(done), problems }).toEqual({ seed, count, lost: [], problems: [] });
          if (done.length > 0) cut += 1;
          if (count % 10 === seed) await readAgain(dir);
        }
        await real.rm(dir, { recursive: true });
      }
    }
    expect(trials).toBeGreaterThan(250);
    // Otherwise the model would lose nothing, and prove nothing.
    expect(cut).toBeGreaterThan(40);
  });

  it("at every byte of what was appended last, and on a disk that lied about what it had kept", async () => {
    const batches = [[item(0)], [item(1)]];
    await record([batches]);
    // Before the last transaction: the first item is stored. After it: the second one too, wherever its bytes are.
    const before = disk.steps.findLastIndex((step) => step.do === "sync");
    for (const [count, every] of [[before, 1], [disk.steps.length, 16]] as const) {
      for (const [name, tail] of [["records/mail-000001.jsonl", 450], ["segments/000001.tar", 1_024]] as const) {
        // Every byte near the end, then some: what they cut off is the same.
        for (let off = 1; off < tail; off += off < 150 ? every : every * 6) {
          const dir = await folder();
          disk.layOut(dir, count, () => 0.999_999);
          const file = path.join(dir, "owners", (await real.readdir(path.join(dir, "owners")))[0] ?? "", name);
          await real.truncate(file, (await real.stat(file)).size - off);
          const { done, problems, stored } = await run.examine({ dir, sizes: SIZES }, sizeOf, false);
          const found = { name, off, lost: run.forgotten(done), problems, stored: [...stored] };
          // The last bytes of a tar entry are padding.
          const lost = count === before || (name.endsWith("tar") && off <= padding(sizeOf("m1"))) ? [] : ["m1"];
          expect(found).toEqual({ name, off, lost, problems: [], stored: count === before || lost.length > 0 ? ["m0"] : ["m0", "m1"] });
          await real.rm(dir, { recursive: true });
        }
      }
    }
  });
});
