import { createReadStream } from "node:fs";

/**
 * The drive's file hash, written from the public description of QuickXorHash ("Code snippets: QuickXorHash algorithm", OneDrive developer
 * documentation) as a 160-bit shift register held in BigInt: plain to check, and not the reader's way.
 */
const BITS = 160n;
const MASK = (1n << BITS) - 1n;
const LARGEST_READ = 1 << 20;

export async function quickXorHashOf(file: string, size: number): Promise<string> {
  // XOR is commutative: bytes 160 apart meet at the same rotation, so one sum per residue is enough.
  const sums = new Uint8Array(Number(BITS));
  let at = 0;
  if (size > 0) {
    for await (const chunk of createReadStream(file, { highWaterMark: Math.min(size, LARGEST_READ) })) at = add(sums, chunk as Buffer, at);
  }
  let register = 0n;
  sums.forEach((sum, index) => {
    const turn = (BigInt(index) * 11n) % BITS;
    const wide = BigInt(sum) << turn;
    register ^= (wide & MASK) ^ (wide >> BITS);
  });
  register ^= BigInt(size) << (BITS - 64n);
  const bytes = Buffer.alloc(20);
  for (let index = 0; index < 20; index += 1) bytes[index] = Number((register >> BigInt(8 * index)) & 0xffn);
  return bytes.toString("base64");
}

/** Adds bytes from a place in the sums on; answers the place after them. */
function add(sums: Uint8Array, bytes: Uint8Array, from: number): number {
  const width = sums.length;
  let at = from;
  for (let read = 0; read < bytes.length;) {
    const end = Math.min(width, at + bytes.length - read);
    for (; at < end; at += 1, read += 1) sums[at] = (sums[at] as number) ^ (bytes[read] as number);
    if (at === width) at = 0;
  }
  return at;
}
