/** Parts one stream into bodies of a told size: each is to be read to its end before the next is taken. Holds no more than one piece of the source. */
export class Pieces {
  readonly #source: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Ends early where the source does. */
  async *take(size: number): AsyncGenerator<Uint8Array> {
    for (let wanted = size; wanted > 0; ) {
      if (this.#left.byteLength === 0) {
        const next = await this.#source.next();
        if (next.done === true) return;
        this.#left = next.value;
        continue;
      }
      const piece = this.#left.subarray(0, wanted);
      this.#left = this.#left.subarray(piece.byteLength);
      wanted -= piece.byteLength;
      yield piece;
    }
  }

  /** Lets go of the source, read to its end or not. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
