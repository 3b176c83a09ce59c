const WIDTH_BYTES = 20;
const SHIFT = 11;
const WIDTH_BITS = WIDTH_BYTES * 8;

/**
 * QuickXorHash of OneDrive and SharePoint ("Code snippets: QuickXorHash algorithm" in the OneDrive developer documentation): each byte is
 * XORed into a 160-bit ring 11 bits further than the one before; the length is XORed into the last 8 bytes. Base64.
 */
export class QuickXorHash {
  /** Bytes whose indices differ by 160 land on the same place: they are XORed first and spread once at the end. */
  readonly #columns = new Uint8Array(WIDTH_BITS);
  #length = 0;

  update(chunk: Uint8Array): this {
    const columns = this.#columns;
    let column = this.#length % WIDTH_BITS;
    for (let index = 0; index < chunk.length; index += 1) {
      columns[column] = (columns[column] ?? 0) ^ (chunk[index] ?? 0);
      column += 1;
      if (column === WIDTH_BITS) column = 0;
    }
    this.#length += chunk.length;
    return this;
  }

  digest(): string {
    const ring = new Uint8Array(WIDTH_BYTES);
    for (let column = 0; column < WIDTH_BITS; column += 1) {
      const bit = (column * SHIFT) % WIDTH_BITS;
      const at = bit >> 3;
      const spread = (this.#columns[column] ?? 0) << (bit & 7);
      ring[at] = (ring[at] ?? 0) ^ (spread & 0xff);
      const next = (at + 1) % WIDTH_BYTES;
      ring[next] = (ring[next] ?? 0) ^ (spread >> 8);
    }
    let length = BigInt(this.#length);
    for (let index = WIDTH_BYTES - 8; index < WIDTH_BYTES; index += 1) {
      ring[index] = (ring[index] ?? 0) ^ Number(length & 0xffn);
      length >>= 8n;
    }
    return Buffer.from(ring).toString("base64");
  }
}
