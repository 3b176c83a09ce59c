import { createHash } from "node:crypto";

export interface BodyHash {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly size: number;
}

/** An encoding on the way would change the bytes that are counted. */
export const UNENCODED = { "accept-encoding": "identity" } as const;

/** Read as a stream. */
export async function bodyHash(body: AsyncIterable<Uint8Array>): Promise<BodyHash> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of body) {
    hash.update(piece);
    size += piece.byteLength;
  }
  return { sha256: hash.digest("hex"), size };
}
