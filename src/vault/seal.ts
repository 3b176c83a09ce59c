import { readFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { SealedLine } from "../format/vault-files.js";
import { ifPresent, writeWhole } from "./disk.js";
import { parsedJson } from "./parsed-json.js";

/** List of an owner's sealed files, in its folder. */
export const SEALED_FILE = "sealed.jsonl";

/** One line of an owner's `sealed.jsonl`: a file that does not change any more. `file` is relative to the vault. */
export type SealedFile = Readonly<z.infer<typeof SealedLine>>;

/** A line as it stands; without `sealed` it tells of no file. */
export interface ListedSeal {
  readonly text: string;
  readonly sealed: SealedFile | undefined;
}

/** Notes a sealed file. The list has one line for 64 MiB at least, so it is written anew as a whole: no line is ever torn. */
export async function seal(root: string, dir: string, sealed: SealedFile): Promise<void> {
  const others = (await listedSeals(root, dir)).filter((line) => line.sealed?.file !== sealed.file);
  await writeSeals(root, dir, [...others, { text: JSON.stringify(sealed), sealed }]);
}

/** The file may change again, or is no more. */
export async function unseal(root: string, dir: string, file: string): Promise<void> {
  const standing = await listedSeals(root, dir);
  const others = standing.filter((line) => line.sealed?.file !== file);
  if (others.length < standing.length) await writeSeals(root, dir, others);
}

export async function listedSeals(root: string, dir: string): Promise<readonly ListedSeal[]> {
  const text = await ifPresent(readFile(path.join(root, dir, SEALED_FILE), "utf8"), "");
  return text.split("\n").filter((line) => line !== "").map((line) => ({ text: line, sealed: SealedLine.safeParse(parsedJson(line)).data }));
}

export async function writeSeals(root: string, dir: string, lines: readonly ListedSeal[]): Promise<void> {
  await writeWhole(path.join(root, dir, SEALED_FILE), lines.map(({ text }) => `${text}\n`).join(""));
}

/** Files that are sealed. A line that tells of none seals none: its file is looked through at each opening, as one that grows. */
export async function sealedFiles(root: string, dir: string): Promise<readonly SealedFile[]> {
  return (await listedSeals(root, dir)).flatMap(({ sealed }) => sealed ?? []);
}

/** Names, relative to the vault, that are sealed. */
export async function sealedNames(root: string, dir: string): Promise<ReadonlySet<string>> {
  return new Set((await sealedFiles(root, dir)).map(({ file }) => file));
}
