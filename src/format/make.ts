import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { jsonSchemas, schemaFile } from "./schemas.js";

/** Writes docs/schemas/v1 (`npm run make:schemas`); a test fails when the folder and the definitions differ. */
const dir = path.resolve("docs/schemas/v1");
await mkdir(dir, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) await writeFile(path.join(dir, schemaFile(name)), `${JSON.stringify(schema, null, 2)}\n`);
