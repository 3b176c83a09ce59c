import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { FILE_MODE } from "./layout.js";

/** One line of an owner's `sealed.jsonl`. `file` is relative to the vault. */
export interface SealedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Notes the hash of a file that will not change any more. */
export async function seal(root: string, dir: string, file: string): Promise<void> {
  const line: SealedFile = { file, ...(await hashFile(path.join(root, file))) };
  const handle = await open(path.join(root, dir, "sealed.jsonl"), "a", FILE_MODE);
  try {
    await handle.write(`${JSON.stringify(line)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function sealedFiles(root: string, dir: string): Promise<readonly SealedFile[]> {
  const text = await readFile(path.join(root, dir, "sealed.jsonl"), "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw cause;
  });
  // A line torn by a crash has no line break: its file is sealed again.
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as SealedFile);
}

export async function isSealed(root: string, dir: string, file: string): Promise<boolean> {
  return (await sealedFiles(root, dir)).some((entry) => entry.file === file);
}

/** Size in bytes and SHA-256 of a file, streamed. */
export async function hashFile(file: string, range?: { readonly start: number; readonly end: number }): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  if (range === undefined || range.end >= range.start) {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, ...range })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  }
  return { bytes, sha256: hash.digest("hex") };
}
