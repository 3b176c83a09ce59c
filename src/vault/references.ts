/** Bits of the filter, a power of two: 8 MiB of memory, whatever the owner holds. */
const BITS = 2 ** 26;
const PROBES = 8;

/**
 * Remembers in constant memory which blobs the records of one owner name: a Bloom filter (B. H. Bloom, "Space/Time Trade-offs in Hash Coding with
 * Allowable Errors", CACM 13/7, 1970). Never forgets one; with a million blobs it takes about one unnamed blob in ten million for named.
 */
export class References {
  readonly #bits = Buffer.alloc(BITS / 8);
  #empty = true;

  /** Most owners of a large vault are small: what is empty is not filled again. */
  clear(): void {
    if (!this.#empty) this.#bits.fill(0);
    this.#empty = true;
  }

  add(sha256: string): void {
    this.#empty = false;
    for (const bit of probes(sha256)) this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  has(sha256: string): boolean {
    return probes(sha256).every((bit) => ((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
  }
}

/** A SHA-256 is uniform already: its eight words are the eight hash functions. */
function probes(sha256: string): readonly number[] {
  return Array.from({ length: PROBES }, (_, word) => parseInt(sha256.slice(word * 8, word * 8 + 8), 16) % BITS);
}
