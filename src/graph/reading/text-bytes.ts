/** A text as the stream of UTF-8 bytes that a `BlobSink` takes. */
export async function* textBytes(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text, "utf8"));
}
