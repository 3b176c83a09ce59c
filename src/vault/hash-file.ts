import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { readInto } from "./disk.js";

const CHUNK = 1024 * 1024;

/** Size in bytes and SHA-256 of a file; one piece of it in memory. */
export async function hashFile(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  const handle = await open(file, "r");
  try {
    const memory = Buffer.allocUnsafe(Math.min(CHUNK, (await handle.stat()).size + 1));
    let bytes = 0;
    for (;;) {
      const read = await readInto(handle, memory, bytes);
      hash.update(memory.subarray(0, read));
      bytes += read;
      if (read < memory.length) return { bytes, sha256: hash.digest("hex") };
    }
  } finally {
    await handle.close();
  }
}
