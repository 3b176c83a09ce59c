import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { adapterNames } from "../../adapters/registry.js";
import { EXIT } from "../../src/cli/exit-codes.js";
import { ERRORS } from "../../src/core/errors/catalog.js";
import { LOSSES } from "../../src/core/losses.js";
import { UNREACHED } from "../../src/core/unreached.js";
import { SKIPS } from "../../src/core/skips.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const codesIn = (file: string): string[] => [...readFileSync(path.join(ROOT, file), "utf8").matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code ?? "").sort();

describe("documents and program agree, both ways", () => {
  it("errors", () => expect(codesIn("docs/errors.md")).toEqual(Object.keys(ERRORS).sort()));
  it("losses", () => expect(codesIn("docs/losses.md")).toEqual(Object.keys(LOSSES).sort()));
  it("what is not reached", () => expect(codesIn("docs/coverage.md").filter((code) => code.includes("."))).toEqual(UNREACHED.map(({ code }) => code).sort()));
  it("skip rules", () => expect(codesIn("docs/skips.md")).toEqual(Object.keys(SKIPS).sort()));
  it("exit codes", () => {
    const listed = [...readFileSync(path.join(ROOT, "docs/exit-codes.md"), "utf8").matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(listed)).toEqual(EXIT);
  });
  it("every adapter folder is in the registry and has a conformance test and a README", () => {
    const folders = readdirSync(path.join(ROOT, "adapters"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
    expect([...adapterNames()].sort()).toEqual(folders);
    const tests = readdirSync(path.join(ROOT, "test/conformance"));
    for (const folder of folders) {
      expect(tests).toContain(`${folder}.test.ts`);
      expect(readdirSync(path.join(ROOT, "adapters", folder))).toContain("README.md");
    }
  });
  it("both READMEs name every adapter and the two commands", () => {
    for (const file of ["README.md", "README.fr.md"]) {
      const text = readFileSync(path.join(ROOT, file), "utf8");
      for (const name of [...adapterNames(), "npm ci && npm run demo", "npm ci && npm test"]) expect(text).toContain(name);
    }
  });
});
