/** All that a stream yields, where it is needed whole or more than once: `Array.fromAsync` comes with Node 22. */
export async function collected<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}
