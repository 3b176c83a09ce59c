import type { BlobIndex } from "../core/vault.js";

/** The first number, from `from` on, whose file the index does not know: of a lost file it still has places, where nothing else may come to stand. */
export async function freeNumber(index: BlobIndex, from: number, nameOf: (number: number) => string): Promise<number> {
  let number = from;
  while ((await index.committedLength(nameOf(number))) !== undefined) number += 1;
  return number;
}
