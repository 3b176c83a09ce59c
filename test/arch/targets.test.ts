import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { adapterNames } from "../../adapters/registry.js";
import { allTargets, targetDocuments } from "../../src/cli/targets/documents.js";
import type { Cell, TargetRow } from "../../src/cli/targets/matrix.js";
import { sign, targetsDocument } from "../../src/cli/targets/table.js";
import { WORKLOADS } from "../../src/core/item.js";
import { PLATFORMS } from "../../src/platforms/index.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROWS = await allTargets();
const read = (file: string): Promise<string> => readFile(path.join(ROOT, file), "utf8");

/** Where a stranger can look it up: a repository with its commit, a package with its version, a page's address. */
const LOCATED = /^(?:npm \S+ \d+\.\d+\.\d+, |[\w.-]+\/[\w.-]+@[0-9a-f]{7,40}(?:, | )|https:\/\/)/;

function faults(rows: readonly TargetRow[]): string[] {
  return rows.flatMap((row) => [
    ...(row.cells.map(({ workload }) => workload).join() === WORKLOADS.join() ? [] : [`${row.name}: not one cell for each kind of content`]),
    ...row.cells.flatMap((cell) => cellFaults(row, cell).map((fault) => `${row.name} ${cell.workload}: ${fault}`)),
  ]);
}

function cellFaults({ name, kind }: TargetRow, cell: Cell): string[] {
  const { support, route, evidence, note, cite } = cell;
  const platform = kind === "platform" && route !== name;
  return [
    ...(sign(cell) === "" ? ["says nothing"] : []),
    ...(cite.length > 10 && (!platform || LOCATED.test(cite)) ? [] : [`cites nothing that can be looked up: "${cite}"`]),
    ...(!platform || [note?.en, note?.fr].every((text) => (text ?? "").length > 20) ? [] : ["says nothing in one of the languages"]),
    ...((support === "none") === (route === undefined) && (support === "none") === (evidence === "none") ? [] : ["is taken and not taken"]),
  ];
}

const altered = (change: Partial<Cell>): TargetRow[] => ROWS.map((row) => (row.name === "netframe" ? { ...row, cells: row.cells.map((cell) => (cell.workload === "calendar" ? { ...cell, ...change } : cell)) } : row));

describe("what each target takes", () => {
  it("is told of every adapter and platform, once", () => expect(ROWS.map(({ name }) => name).sort()).toEqual([...new Set([...adapterNames(), ...PLATFORMS.map(({ name }) => name)])].sort()));
  it("is told for every kind of content, with a source, in both languages", () => expect(faults(ROWS)).toEqual([]));
  it("is nowhere proven of a platform without an adapter of its name", () => {
    const claims = ROWS.filter(({ kind }) => kind === "platform").flatMap(({ name, cells }) => cells.filter(({ route }) => route !== name).map(({ evidence }) => evidence));
    expect([...new Set(claims)].sort()).toEqual(["none", "package"]);
  });
  it("is told at length in a page that exists", () => expect(ROWS.filter(({ page }) => !existsSync(path.join(ROOT, page))).map(({ page }) => page)).toEqual([]));
  it("stands in the READMEs and in docs as manifests and platforms say it (npm run make:targets)", async () => {
    for (const [file, text] of await targetDocuments(read)) expect([file, await read(file)]).toEqual([file, text]);
  });
  it("is missed when a cell is empty, uncited, untold in a language, contradictory or changed", async () => {
    expect(faults(ROWS.map((row) => ({ ...row, cells: row.cells.slice(1) })))).toHaveLength(ROWS.length);
    expect(faults(altered({ cite: "somebody said so" }))).toEqual(['netframe calendar: cites nothing that can be looked up: "somebody said so"']);
    expect(faults(altered({ note: { en: "A sentence long enough.", fr: "" } }))).toEqual(["netframe calendar: says nothing in one of the languages"]);
    expect(faults(altered({ support: "none" }))).toEqual(["netframe calendar: is taken and not taken"]);
    expect(targetsDocument(altered({ support: "native" }), "en")).not.toEqual(await read("docs/targets.md"));
  });
});
