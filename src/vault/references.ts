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
    const digest = Buffer.from(sha256, "hex");
    for (let word = 0; word < PROBES; word += 1) {
      const bit = probe(digest, word);
      this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  has(sha256: string): boolean {
    return this.hasDigest(Buffer.from(sha256, "hex"));
  }

  /** Likewise by the bytes of the SHA-256. */
  hasDigest(digest: Buffer): boolean {
    for (let word = 0; word < PROBES; word += 1) {
      const bit = probe(digest, word);
      if (((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** A SHA-256 is uniform already: its eight words are the eight hash functions. */
function probe(digest: Buffer, word: number): number {
  return digest.readUInt32BE(word * 4) % BITS;
}
