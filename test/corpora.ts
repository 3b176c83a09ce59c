import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** A folder of foreign data, used in place; its NOTICE.md names the origin of each file. */
export interface Corpus {
  readonly dir: string;
  /** For a suite's title: names the folder that is missing. */
  readonly title: string;
  readonly present: boolean;
}

/** @throws Error when the folder is missing under `CI=true`. */
export function useCorpus(name: "eml" | "ics" | "names" | "vcf"): Corpus {
  const dir = path.join(process.env["EXODUS_SHARED"] ?? path.resolve("../shared"), "corpora", name);
  const present = existsSync(dir);
  if (!present && process.env["CI"] === "true") throw new Error(`missing: ${dir}`);
  return { dir, present, title: present ? `corpora/${name}` : `corpora/${name} (skipped: missing ${dir}; EXODUS_SHARED names the folder that holds corpora/)` };
}

/** Names by hand (halves of surrogate pairs are told in numbers there), and those of a public list. */
export function corpusNames({ dir }: Corpus): { readonly authored: readonly string[]; readonly naughty: readonly string[] } {
  type Value = string | readonly string[] | { readonly utf16: string };
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(dir, file), "utf8"));
  const { names } = read("authored-file-names.json") as { readonly names: readonly { readonly value: Value }[] };
  const textOf = (value: Value): string | readonly string[] => (
    typeof value === "object" && "utf16" in value ? String.fromCharCode(...value.utf16.split(" ").map((unit) => Number.parseInt(unit, 16))) : value
  );
  return { authored: names.flatMap(({ value }) => textOf(value)), naughty: read("big-list-of-naughty-strings__blns.json") as readonly string[] };
}
