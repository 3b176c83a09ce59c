import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { adapterNames, loadAdapter } from "../../adapters/registry.js";
import { LOSSES } from "../../src/core/losses.js";
import { FORESEEN_REASONS } from "../../src/graph/foreseen.js";

const GRAPH = fileURLToPath(new URL("../../src/graph", import.meta.url));

describe("src/graph/foreseen.ts", () => {
  it("names every loss that the reader may tell, and no other: audit tells them before anything is read", () => {
    const files = readdirSync(GRAPH, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts") && file !== "foreseen.ts");
    const used = files.flatMap((file) => [...readFileSync(path.join(GRAPH, file), "utf8").matchAll(/"([a-z]+\.[a-z0-9-]+)"/g)].map(([, code]) => code ?? ""));
    expect([...FORESEEN_REASONS].sort()).toEqual([...new Set(used)].filter((code) => Object.hasOwn(LOSSES, code)).sort());
  });
});

describe("who may see files", () => {
  /** `<file>.permissions.json` beside the file. */
  const KEEPING = ["archive"];

  it("is kept by a target of files, or its manifest says that it is not", async () => {
    const files: { readonly name: string; readonly told: boolean }[] = [];
    for (const name of adapterNames()) {
      const { gaps, support } = (await loadAdapter(name))?.manifest.workloads.files ?? {};
      if (support !== undefined && support !== "none") files.push({ name, told: gaps?.some(({ reason }) => reason === "files.permissions") === true });
    }
    expect(files.filter(({ told }) => !told).map(({ name }) => name)).toEqual(KEEPING);
    expect(files.length).toBeGreaterThan(1);
  });
});

describe("who may see calendars", () => {
  it("is kept by a target of calendars, or its manifest says that it is not, before and after", async () => {
    const found: Record<string, boolean[]> = {};
    for (const name of adapterNames()) {
      const { workloads: { calendar }, skips = [] } = (await loadAdapter(name))?.manifest ?? { workloads: {} };
      if (calendar !== undefined) found[name] = [calendar.gaps.some(({ reason }) => reason === "calendar.rights"), skips.includes("CALENDAR_PERMISSIONS")];
    }
    expect(found).toEqual({ archive: [false, false], caldav: [true, true], nextcloud: [true, true], twake: [true, true] });
  });
});
