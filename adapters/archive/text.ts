/** Text as a stream of one chunk. */
export async function* chunk(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text, "utf8"));
}

/** Pieces of text as a stream of bytes, joined up to a comfortable size. */
export async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    if (held.length < 1 << 16) continue;
    yield Buffer.from(held, "utf8");
    held = "";
  }
  if (held !== "") yield Buffer.from(held, "utf8");
}
