import { createHash } from "node:crypto";
import type { BodyHash } from "../http/body-hash.js";

/** What a request that brought no bytes brought. */
export const NOTHING: BodyHash = { sha256: "", size: 0 };
/** Longer than any refusal. */
const HEAD = 64 * 1024;

/** Hash of a stream, with its text where it is short enough to be a refusal; beyond `most` bytes it is another content, and reading stops. */
export async function contentOf(bytes: AsyncIterable<Uint8Array>, most: number): Promise<BodyHash & { readonly head: string }> {
  const hash = createHash("sha256");
  const pieces: Uint8Array[] = [];
  let size = 0;
  const limit = Math.max(most, HEAD);
  for await (const piece of bytes) {
    size += piece.byteLength;
    hash.update(piece);
    if (size <= HEAD) pieces.push(piece);
    if (size > limit) break;
  }
  return { sha256: hash.digest("hex"), size, head: size <= HEAD ? Buffer.concat(pieces).toString("utf8") : "" };
}
