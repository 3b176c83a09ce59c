import { describe, expect, it } from "@jest/globals";
import { ahead } from "../../../src/lib/ahead.js";

describe("ahead", () => {
  it("gives results in the order of the values, and begins no more than it may", async () => {
    const begun: number[] = [];
    const results = ahead([5, 1, 3, 2], 2, async (value) => {
      begun.push(value);
      await new Promise((resolve) => setTimeout(resolve, value));
      return value * 10;
    });
    expect(begun).toEqual([5, 1]);
    const told: unknown[] = [];
    for await (const pair of results) told.push([...pair, begun.length]);
    expect(told).toEqual([[5, 50, 2], [1, 10, 3], [3, 30, 4], [2, 20, 4]]);
  });

  it("throws what failed when its turn comes, and not before", async () => {
    const results = ahead(["good", "bad"], 2, (value) => (value === "bad" ? Promise.reject(new Error(value)) : Promise.resolve(value)));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await results.next()).value).toEqual(["good", "good"]);
    await expect(results.next()).rejects.toThrow("bad");
  });
});
