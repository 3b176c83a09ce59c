import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ExodusError } from "../core/errors.js";
import { ErasureLine } from "../format/vault-files.js";
import { ifPresent, writeWhole } from "./disk.js";
import { parsedJson } from "./parsed-json.js";

export type Erasure = ErasureLine;

/** Which owners were erased, relative to the vault. */
export const ERASURES_FILE = "erasures.jsonl";

/** What stands for an erased owner: the hash of the identifier. */
export function erasedMark(ownerId: string): string {
  return createHash("sha256").update(ownerId).digest("hex");
}

/** @throws ExodusError VAULT_ERASURES when a line cannot be read: who was erased must never be guessed. */
export async function erasures(root: string): Promise<readonly Erasure[]> {
  const text = await ifPresent(readFile(path.join(root, ERASURES_FILE), "utf8"), "");
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const parsed = ErasureLine.safeParse(parsedJson(line));
    if (!parsed.success) throw new ExodusError("VAULT_ERASURES", { params: { dir: root } });
    return parsed.data;
  });
}

/** Adds an erasure, or puts it in the place of its former state. The list is written anew as a whole: no line is ever torn. */
export async function saveErasure(root: string, erasure: Erasure): Promise<void> {
  const before = await erasures(root);
  const known = before.some(({ id }) => id === erasure.id);
  const lines = known ? before.map((line) => (line.id === erasure.id ? erasure : line)) : [...before, erasure];
  await writeWhole(path.join(root, ERASURES_FILE), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Marks of the owners that are not to be read from the source again. */
export async function erasedMarks(root: string): Promise<ReadonlySet<string>> {
  return new Set((await erasures(root)).filter(({ againAt }) => againAt === undefined).map(({ owner }) => owner));
}

/** A vault with an owner half gone is not to be used: what the index tells and what the folders hold may differ. @throws ExodusError VAULT_ERASURE_UNFINISHED. */
export async function refuseUnfinished(root: string): Promise<void> {
  const unfinished = (await erasures(root)).find((line) => line.unfinished !== undefined);
  if (unfinished !== undefined) throw new ExodusError("VAULT_ERASURE_UNFINISHED", { params: { dir: root, at: unfinished.begunAt } });
}
