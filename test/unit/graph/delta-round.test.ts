import { describe, expect, it } from "@jest/globals";
import type { ErrorCode } from "../../../src/core/errors/catalog.js";
import { ExodusError } from "../../../src/core/errors.js";
import type { Batch, Cursor } from "../../../src/core/source.js";
import { resetWhenExpired } from "../../../src/graph/reading/delta-round.js";
import { throttledDelay } from "../../../src/lib/retry.js";

/** Where rounds began, and how it ended, when rounds fail one after the other as told. */
async function rounds(since: string | undefined, failures: readonly (ErrorCode | undefined)[]): Promise<{ from: (string | undefined)[]; resets: number; code?: string }> {
  const from: (string | undefined)[] = [];
  let resets = 0;
  async function* round(at: Cursor | undefined): AsyncIterable<Batch> {
    const code = failures[from.push(at) - 1];
    yield { changes: [], done: false };
    if (code !== undefined) throw new ExodusError(code);
  }
  try {
    for await (const { changes } of resetWhenExpired(round, since as Cursor | undefined)) resets += changes.filter(({ kind }) => kind === "reset").length;
    return { from, resets };
  } catch (thrown) {
    return { from, resets, code: (thrown as ExodusError).code };
  }
}

describe("a delta round", () => {
  it("lists from nothing, once, when its cursor or a link of its listing has expired", async () => {
    expect(await rounds("cursor", ["GRAPH_DELTA_EXPIRED"])).toEqual({ from: ["cursor", undefined], resets: 1 });
    expect(await rounds(undefined, ["GRAPH_DELTA_EXPIRED"])).toEqual({ from: [undefined, undefined], resets: 1 });
    expect(await rounds("cursor", ["GRAPH_DELTA_EXPIRED", "GRAPH_DELTA_EXPIRED"])).toEqual({ from: ["cursor", undefined], resets: 1, code: "GRAPH_DELTA_EXPIRED" });
  });

  it("leaves a cursor from which links go round in circles, but not a list that does", async () => {
    expect(await rounds("cursor", ["GRAPH_LOOP"])).toEqual({ from: ["cursor", undefined], resets: 1 });
    expect(await rounds(undefined, ["GRAPH_LOOP"])).toEqual({ from: [undefined], resets: 0, code: "GRAPH_LOOP" });
    expect((await rounds("cursor", ["GRAPH_CONSENT"])).code).toBe("GRAPH_CONSENT");
  });
});

describe("a throttled request", () => {
  it("waits as long as it was asked to, and believes in \"at once\" the first time alone", () => {
    expect([throttledDelay(7_000, 5), throttledDelay(0, 0)]).toEqual([7_000, 0]);
    expect(throttledDelay(0, 1, () => 0)).toBeGreaterThan(400);
    expect(throttledDelay(undefined, 3, () => 0)).toBeGreaterThan(1_900);
  });
});
