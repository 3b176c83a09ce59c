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

/** What was put, as an etag of ours: of targets that tell neither hash nor date. */
export function tagOf({ size, sha256 }: BodyHash): string {
  return `${size}-${sha256}`;
}

/** What `tagOf` tells. */
export function contentOfTag(tag: string): BodyHash {
  const [size = "", sha256 = ""] = tag.split("-");
  return { size: Number(size), sha256 };
}

/** MD5, for a server that is told one: contents are known by SHA-256 alone, so that the bytes are read once more. */
export async function md5Of(bytes: AsyncIterable<Uint8Array>, form: "base64" | "hex", signal: AbortSignal): Promise<string> {
  const hash = createHash("md5");
  for await (const piece of bytes) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return hash.digest(form);
}
