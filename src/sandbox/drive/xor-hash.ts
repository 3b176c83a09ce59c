import { createReadStream } from "node:fs";

/**
 * The drive's file hash, written from the public description of QuickXorHash ("Code snippets: QuickXorHash algorithm", OneDrive developer
 * documentation) as a 160-bit shift register held in BigInt: plain to check, and not the reader's way.
 */
const BITS = 160n;
const MASK = (1n << BITS) - 1n;

export async function quickXorHashOf(file: string, size: number): Promise<string> {
  // XOR is commutative: bytes 160 apart meet at the same rotation, so one sum per residue is enough.
  const sums = new Uint8Array(Number(BITS));
  let at = 0;
  if (size > 0) {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      for (const byte of chunk as Buffer) {
        sums[at] = (sums[at] ?? 0) ^ byte;
        at = at + 1 === sums.length ? 0 : at + 1;
      }
    }
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
