import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "@jest/globals";
import { NeutralRecord } from "../../../src/format/records.js";
import { jsonSchemas, schemaFile } from "../../../src/format/schemas.js";
import { loadSchemas } from "../../../src/vault/schema-check.js";
import { line } from "../vault/memory-index.js";

const DIR = fileURLToPath(new URL("../../../docs/schemas/v1", import.meta.url));

describe("the published schemas", () => {
  it("are those that the definitions give (else run npm run make:schemas)", async () => {
    const wanted = Object.entries(jsonSchemas()).map(([name, schema]) => [schemaFile(name), `${JSON.stringify(schema, null, 2)}\n`]);
    const found = await Promise.all((await readdir(DIR)).map(async (name) => [name, await readFile(path.join(DIR, name), "utf8")]));
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  it("are JSON Schema 2020-12, one for each type of record", async () => {
    const ajv = new Ajv2020({ strict: false });
    for (const schema of Object.values(jsonSchemas())) expect(ajv.validateSchema(schema)).toBe(true);
    const types = NeutralRecord.options.map((record) => `record-${record.shape.type.value}.schema.json`);
    expect((await readdir(DIR)).filter((name) => name.startsWith("record-")).sort()).toEqual(types.sort());
  });

  it("let pass what a later version adds, and name what is wrong without its content", async () => {
    const schemas = await loadSchemas(DIR);
    const good = line("m1", { sha256: "a".repeat(64) as never, size: 3, extension: ".eml" });
    expect(schemas.line({ ...good, later: 1, record: { ...(good.record as object), later: "x" } })).toEqual([]);
    expect(schemas.line({ ...good, record: { ...(good.record as object), flag: "secret" }, digest: "x" })).toEqual([
      '/digest: must match pattern "^[0-9a-f]{64}$"', "/record/flag: must be equal to one of the allowed values",
    ]);
    expect(schemas.line({ ...good, record: { v: 1, type: "telepathy" } })).toEqual(["/record/type: is none of the format's"]);
    expect(schemas.line({ ...good, kind: "thought" })).toEqual(["/kind: is none of the format's"]);
    expect(schemas.line(null)).toEqual(["/kind: is none of the format's"]);
    expect(schemas.header({ format: "o365-exodus-vault", version: 3, id: "x", createdAt: "2026-11-24T09:00:00Z", tool: "t" })).toEqual(["/version: must be equal to one of the allowed values"]);
    expect(schemas.owner({ id: "1", name: "a", kind: "robot", displayName: "A" })).toEqual(["/kind: must be equal to one of the allowed values"]);
    expect(schemas.erasure({ v: 1, id: "x", owner: "alice", begunAt: "2026-11-24T09:00:00Z", workloads: [], records: "a".repeat(64) })).toEqual(['/owner: must match pattern "^[0-9a-f]{64}$"']);
    expect(schemas.sealed({ file: "x", bytes: -1, sha256: "a".repeat(64) })).toEqual(["/bytes: must be >= 0"]);
  });
});
