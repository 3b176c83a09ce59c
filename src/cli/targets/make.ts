import { readFile, writeFile } from "node:fs/promises";
import { targetDocuments } from "./documents.js";

/** Writes the tables of targets (`npm run make:targets`); a test fails when they differ from manifests and platforms. */
for (const [file, text] of await targetDocuments((name) => readFile(name, "utf8"))) await writeFile(file, text);
