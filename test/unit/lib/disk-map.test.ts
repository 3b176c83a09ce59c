import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "@jest/globals";
import { DiskMap } from "../../../src/lib/disk-map.js";

const leftBehind = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("o365-exodus-map-"));

describe("a map on disk", () => {
  it("keeps the last text of each key, and knows nothing of others", () => {
    const map = new DiskMap();
    expect(map.get("a")).toBeUndefined();
    map.set("a", "1");
    map.set("é\n", "");
    map.set("a", "2");
    expect(["a", "é\n", "b"].map((key) => map.get(key))).toEqual(["2", "", undefined]);
    map.close();
    expect(map.get("a")).toBeUndefined();
  });

  it("leaves no file, even while it is open", () => {
    const before = leftBehind();
    const map = new DiskMap();
    map.set("a", "1");
    expect(leftBehind()).toEqual(before);
    expect(map.get("a")).toBe("1");
    map.close();
  });

  it("holds what does not fit into its memory", () => {
    const map = new DiskMap();
    const value = "$".padEnd(200, "x");
    for (let index = 0; index < 40_000; index += 1) map.set(`key ${index}`, `${value}${index}`);
    for (const index of [0, 19_999, 39_999]) expect(map.get(`key ${index}`)).toBe(`${value}${index}`);
    map.close();
  });
});
