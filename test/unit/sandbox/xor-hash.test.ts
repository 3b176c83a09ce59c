import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { quickXorHashOf } from "../../../src/sandbox/drive/xor-hash.js";

let dir = "";
beforeAll(async () => { dir = await mkdtemp(path.join(tmpdir(), "exodus-hash-")); });
afterAll(() => rm(dir, { recursive: true, force: true }));

async function hash(bytes: Buffer): Promise<string> {
  const file = path.join(dir, String(bytes.length));
  await writeFile(file, bytes);
  return quickXorHashOf(file, bytes.length);
}

/** The public description taken word by word: a shift register of 160 bits, one byte XORed in every 11 bits, the length at the end. */
function slowly(bytes: Buffer): string {
  const register = Buffer.alloc(20);
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit += 1) {
      if (((byte >> bit) & 1) === 0) continue;
      const at = (index * 11 + bit) % 160;
      register[at >> 3] = (register[at >> 3] ?? 0) ^ (1 << (at & 7));
    }
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  length.forEach((byte, index) => { register[12 + index] = (register[12 + index] ?? 0) ^ byte; });
  return register.toString("base64");
}

describe("the drive's file hash", () => {
  it.each([["", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="], ["Sg==", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="], ["tbQ=", "taAFAAAAAAAAAAAAAgAAAAAAAAA="]])("agrees with a published vector (rclone, quickxorhash_test.go): %j", async (base64, expected) => {
    expect(await hash(Buffer.from(base64, "base64"))).toBe(expected);
  });

  it.each([19, 159, 160, 161, 4096, 1_048_576 + 77])("agrees with the plain definition on %d bytes", async (size) => {
    const bytes = Buffer.alloc(size);
    for (let index = 0; index < size; index += 1) bytes[index] = (index * 31 + (index >> 8) * 7 + 5) & 0xff;
    expect(await hash(bytes)).toBe(slowly(bytes));
  });
});
