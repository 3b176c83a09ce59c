import { adapterNames, loadAdapter } from "../../../adapters/registry.js";
import type { Manifest } from "../../core/adapter.js";
import type { Lang } from "../../core/errors.js";
import { PLATFORMS } from "../../platforms/index.js";
import { targetRows, type TargetRow } from "./matrix.js";
import { readmeTable, targetsDocument } from "./table.js";

/** Every adapter of the registry and every platform. */
export async function allTargets(): Promise<readonly TargetRow[]> {
  const manifests: Manifest[] = [];
  for (const name of adapterNames()) {
    const module = await loadAdapter(name);
    if (module !== undefined) manifests.push(module.manifest);
  }
  return targetRows(manifests, PLATFORMS);
}

const START = "<!-- targets: npm run make:targets -->";
const END = "<!-- /targets -->";

const README: Readonly<Record<string, Lang>> = { "README.md": "en", "README.fr.md": "fr" };
const WHOLE: Readonly<Record<string, Lang>> = { "docs/targets.md": "en", "docs/targets.fr.md": "fr" };

/** Files that tell of targets, by path: what stands in them now (by `read`), with the table as it has to be. */
export async function targetDocuments(read: (file: string) => Promise<string>): Promise<ReadonlyMap<string, string>> {
  const rows = await allTargets();
  const files = new Map(Object.entries(WHOLE).map(([file, lang]) => [file, targetsDocument(rows, lang)]));
  for (const [file, lang] of Object.entries(README)) {
    const [before, rest] = (await read(file)).split(START);
    const after = rest?.split(END)[1];
    if (before === undefined || after === undefined) throw new Error(`${file} has no place for the table (${START} … ${END})`);
    files.set(file, `${before}${START}\n${readmeTable(rows, lang)}\n${END}${after}`);
  }
  return files;
}
