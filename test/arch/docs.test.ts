import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { adapterNames } from "../../adapters/registry.js";
import { IDENTITY_COLUMNS } from "../../src/config/identities.js";
import { TABLES } from "../../src/export/handover/tables.js";
import { PROVISIONING_COLUMNS } from "../../src/export/provisioning.js";
import { EXIT } from "../../src/cli/exit-codes.js";
import { ERRORS } from "../../src/core/errors/catalog.js";
import { LOSSES } from "../../src/core/losses.js";
import { UNREACHED } from "../../src/core/unreached.js";
import { NeutralRecord } from "../../src/format/records.js";
import { jsonSchemas } from "../../src/format/schemas.js";
import { SKIPS } from "../../src/core/skips.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const codesIn = (file: string): string[] => [...readFileSync(path.join(ROOT, file), "utf8").matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code ?? "").sort();

describe("documents and program agree, both ways", () => {
  it("errors", () => expect(codesIn("docs/errors.md")).toEqual(Object.keys(ERRORS).sort()));
  it("losses", () => expect(codesIn("docs/losses.md")).toEqual(Object.keys(LOSSES).sort()));
  it("what is not reached", () => expect(codesIn("docs/coverage.md").filter((code) => code.includes("."))).toEqual(UNREACHED.map(({ code }) => code).sort()));
  it.each(["docs/identities.md", "docs/identities.fr.md"])("findings of the identity map, its columns and those of the files for provisioning: %s", (file) => {
    const text = readFileSync(path.join(ROOT, file), "utf8");
    expect(codesIn(file).filter((code) => code.startsWith("IDENTITY_"))).toEqual(Object.keys(ERRORS).filter((code) => code.startsWith("IDENTITY_") && code !== "IDENTITY_SOURCE").sort());
    for (const column of IDENTITY_COLUMNS) expect(text).toMatch(new RegExp(`^\\| .*\`${column}\``, "m"));
    for (const [name, columns] of Object.entries(PROVISIONING_COLUMNS)) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
      // `source_id` is named twice where it tells namesakes apart.
      expect([...new Set([...row.matchAll(/`(\w+)`/g)].map(([, column]) => column))].sort()).toEqual([...columns].sort());
    }
  });
  it.each(["docs/handover.md", "docs/handover.fr.md"])("tables of a hand-over package, and their columns in order: %s", (file) => {
    const rows = [...readFileSync(path.join(ROOT, file), "utf8").matchAll(/^\| `([\w-]+)` \|[^|]*\|([^|]*)\|$/gm)];
    const listed = rows.map(([, name, columns = ""]) => [name, [...columns.matchAll(/`(\w+)`/g)].map(([, column]) => column)]);
    expect(Object.fromEntries(listed)).toEqual(TABLES);
  });
  it("skip rules", () => expect(codesIn("docs/skips.md")).toEqual(Object.keys(SKIPS).sort()));
  it.each(["docs/exit-codes.md", "docs/exit-codes.fr.md"])("exit codes: %s", (file) => {
    const listed = [...readFileSync(path.join(ROOT, file), "utf8").matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(listed)).toEqual(EXIT);
  });
  it("the format: every record type with each of its members, and which may be absent", () => {
    const text = readFileSync(path.join(ROOT, "docs/format.md"), "utf8");
    for (const file of readdirSync(path.join(ROOT, "docs/schemas/v1"))) expect(text).toContain(`schemas/v1/${file}`);
    for (const record of NeutralRecord.options) {
      const type = record.shape.type.value;
      const chapter = text.split(`\n### \`${type}\`\n`)[1]?.split("\n### ")[0] ?? "";
      const listed = [...chapter.matchAll(/^\| `(\w+)`(\??) \|/gm)].map(([, name, optional]) => `${name ?? ""}${optional ?? ""}`);
      const { properties, required } = jsonSchemas()[`record-${type}`] as { properties: object; required?: string[] };
      expect([type, ...listed]).toEqual([type, ...Object.keys(properties).filter((name) => !["v", "type"].includes(name)).map((name) => `${name}${required?.includes(name) === true ? "" : "?"}`)]);
    }
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

describe("links between documents", () => {
  /** As sites that show Markdown make the anchor of a heading: letters, digits, `-` and `_`, in small letters, spaces as `-`. */
  const anchorOf = (heading: string): string => heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").trim().replaceAll(" ", "-");
  const textOf = (file: string): string => readFileSync(path.join(ROOT, file), "utf8").replace(/^```[^]*?^```/gm, "");
  const anchors = (file: string): Set<string> => new Set([...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
  const documents = [".", "docs", "adapters", "bench", "fixtures", "test"]
    .flatMap((folder) => readdirSync(path.join(ROOT, folder), { recursive: folder !== ".", encoding: "utf8" }).map((name) => path.join(folder, name)))
    .filter((file) => file.endsWith(".md") && !/(^|\/)node_modules\//.test(file));

  it("lead to a file that is there, and to a heading that it has", () => {
    const dead: string[] = [];
    for (const file of documents) {
      for (const [, target = "", anchor] of textOf(file).matchAll(/\]\(([^)#\s]*)(?:#([^)\s]*))?\)/g)) {
        if (/^[\w+.-]+:/.test(target)) continue;
        const to = target === "" ? file : path.join(path.dirname(file), target);
        if (!existsSync(path.join(ROOT, to)) || (anchor !== undefined && !anchors(to).has(anchor))) dead.push(`${file}: ${target}${anchor === undefined ? "" : `#${anchor}`}`);
      }
    }
    expect(dead).toEqual([]);
    expect(documents.length).toBeGreaterThan(50);
  });
});
