import { expect, it } from "@jest/globals";
import { collected } from "../../../src/lib/collected.js";
import { Pieces } from "../../../src/lib/pieces.js";

const bytes = (...parts: string[]): Uint8Array[] => parts.map((part) => Buffer.from(part));
const text = async (pieces: Pieces, size: number): Promise<string> => Buffer.concat(await collected(pieces.take(size))).toString();

it("parts a stream wherever its own pieces end", async () => {
  const pieces = new Pieces((async function* () { yield* await Promise.resolve(bytes("abc", "", "defgh", "i")); })());
  expect([await text(pieces, 2), await text(pieces, 0), await text(pieces, 5), await text(pieces, 2), await text(pieces, 3)]).toEqual(["ab", "", "cdefg", "hi", ""]);
});

it("lets go of a source that was not read to its end", async () => {
  let closed = false;
  const pieces = new Pieces((async function* () { try { yield* await Promise.resolve(bytes("abc", "def")); } finally { closed = true; } })());
  expect([await text(pieces, 1), closed]).toEqual(["a", false]);
  await pieces.close();
  expect(closed).toBe(true);
});
