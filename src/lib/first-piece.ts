/** The first piece of a stream, to tell what its bytes are, and all of them. */
export async function headed(source: AsyncIterator<Uint8Array>): Promise<{ readonly head: Uint8Array; readonly bytes: AsyncIterable<Uint8Array> }> {
  const first = await source.next();
  const head = first.done === true ? new Uint8Array() : first.value;
  const rest = { [Symbol.asyncIterator]: () => source };
  return { head, bytes: (async function* () { yield head; yield* rest; })() };
}
