import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ExodusError } from "../../../src/core/errors.js";
import type { Batch, Cursor } from "../../../src/core/source.js";
import { resetWhenExpired } from "../../../src/graph/reading/delta-round.js";
import { batchesOf, ordered } from "../../../src/graph/reading/ordered.js";
import { QuickXorHash } from "../../../src/graph/drive/quick-xor-hash.js";
import { quickXorHashOf } from "../../../src/sandbox/drive/xor-hash.js";

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

describe("QuickXorHash", () => {
  it("is twenty zero bytes for nothing, and the same however the bytes are cut; the sandbox's own reading of the description agrees", async () => {
    expect(new QuickXorHash().digest()).toBe("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    const dir = await mkdtemp(path.join(tmpdir(), "exodus-hash-"));
    try {
      await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 700 }), fc.integer({ min: 1, max: 200 }), async (bytes, cut) => {
        const hash = new QuickXorHash();
        for (let at = 0; at < bytes.length; at += cut) hash.update(bytes.subarray(at, at + cut));
        await writeFile(path.join(dir, "f"), bytes);
        expect(hash.digest()).toBe(await quickXorHashOf(path.join(dir, "f"), bytes.length));
      }), { numRuns: 150 });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe("ordered work", () => {
  it("keeps the order, never runs more than its width, and passes a failure on", async () => {
    let running = 0;
    let most = 0;
    const work = async (value: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, (7 - value) * 2));
      running -= 1;
      return value;
    };
    expect(await all(ordered([1, 2, 3, 4, 5, 6], 3, work))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(most).toBe(3);
    await expect(all(ordered([1, 2], 2, (value) => (value === 2 ? Promise.reject(new Error("two")) : work(value))))).rejects.toThrow("two");
    expect(await all(batchesOf(ordered([1, 2, 3], 1, work), 2))).toEqual([[1, 2], [3]]);
  });
});

describe("a delta round", () => {
  const cursor = "old" as Cursor;
  const whole: Batch = { changes: [], done: true };
  const expired = new ExodusError("GRAPH_DELTA_EXPIRED");

  it("is told anew from nothing when its cursor has expired", async () => {
    const rounds: (Cursor | undefined)[] = [];
    async function* round(since: Cursor | undefined): AsyncIterable<Batch> {
      rounds.push(since);
      if (since !== undefined) throw expired;
      yield whole;
    }
    expect(await all(resetWhenExpired(round, cursor))).toEqual([{ changes: [{ kind: "reset" }], done: false }, whole]);
    expect(rounds).toEqual([cursor, undefined]);
  });

  it("does not loop when a first round is refused, nor hide another failure", async () => {
    const failing = (error: Error) => async function* round(): AsyncIterable<Batch> {
      yield { changes: [], done: false };
      throw error;
    };
    await expect(all(resetWhenExpired(failing(expired), undefined))).rejects.toBe(expired);
    await expect(all(resetWhenExpired(failing(new Error("other")), cursor))).rejects.toThrow("other");
  });
});
