import { readFile } from "node:fs/promises";
import path from "node:path";
import { ifPresent, writeWhole } from "./disk.js";

/** One line of an owner's `sealed.jsonl`: a file that does not change any more. `file` is relative to the vault. */
export interface SealedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Notes a sealed file. The list has one line for 64 MiB at least, so it is written anew as a whole: no line is ever torn. */
export async function seal(root: string, dir: string, sealed: SealedFile): Promise<void> {
  const lines = [...(await sealedFiles(root, dir)).filter(({ file }) => file !== sealed.file), sealed];
  await writeWhole(path.join(root, dir, "sealed.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** The file may change again, or is no more. */
export async function unseal(root: string, dir: string, file: string): Promise<void> {
  const standing = await sealedFiles(root, dir);
  const lines = standing.filter((sealed) => sealed.file !== file);
  if (lines.length < standing.length) await writeWhole(path.join(root, dir, "sealed.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

export async function sealedFiles(root: string, dir: string): Promise<readonly SealedFile[]> {
  const text = await ifPresent(readFile(path.join(root, dir, "sealed.jsonl"), "utf8"), "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as SealedFile);
}

/** Names, relative to the vault, that are sealed. */
export async function sealedNames(root: string, dir: string): Promise<ReadonlySet<string>> {
  return new Set((await sealedFiles(root, dir)).map(({ file }) => file));
}
