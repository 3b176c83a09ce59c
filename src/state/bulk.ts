/** Rows of one statement: most of what bulk saves is saved, and the texts that are kept ready stay few. */
export const BULK = 50;

export function* slices<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < values.length; from += size) yield values.slice(from, from + size);
}
