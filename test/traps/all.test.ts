import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ROOT } from "../e2e/cli.js";

const KNOWN = 35;
const FURTHER = 8;

/** Numbers that begin the titles of a file's tests. */
function numbersIn(file: string): readonly number[] {
  const text = readFileSync(path.join(ROOT, "test/traps", file), "utf8");
  return [...text.matchAll(/\bit(?:\.each\([\s\S]*?\))?\("(\d+)\. /g)].map(([, number]) => Number(number));
}

describe("the traps", () => {
  const files = readdirSync(path.join(ROOT, "test/traps")).filter((name) => name.endsWith(".test.ts") && name !== "all.test.ts");
  const tested = new Map(files.map((file) => [file.replace(".test.ts", ""), new Set(numbersIn(file))]));
  const rows = [...readFileSync(path.join(ROOT, "docs/traps.md"), "utf8").matchAll(/^\| (\d+) \| .* \| (\w+) \|$/gm)].map(([, number, file]) => ({ number: Number(number), file: file ?? "" }));

  it("are all in the table, without a gap", () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: rows.length }, (_, index) => index + 1));
    expect(rows.length).toBeGreaterThanOrEqual(KNOWN + FURTHER);
  });

  it("are each a test of the file that the table names, and every test is in the table", () => {
    expect(rows.filter(({ number, file }) => tested.get(file)?.has(number) !== true)).toEqual([]);
    const named = new Set(rows.map(({ number }) => number));
    expect([...tested.values()].flatMap((numbers) => [...numbers]).filter((number) => !named.has(number))).toEqual([]);
  });
});
