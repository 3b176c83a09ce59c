/**
 * What `work` gives for each value, in the order of the values, while the next ones are worked at already: `width` at once, from this call on. What
 * fails is thrown when its turn comes.
 */
export function ahead<T, R>(values: readonly T[], width: number, work: (value: T) => Promise<R>): AsyncGenerator<readonly [T, R]> {
  const started: Promise<R>[] = [];
  const start = (until: number): void => {
    for (const value of values.slice(started.length, until)) {
      const result = work(value);
      // Its turn may never come.
      result.catch(() => undefined);
      started.push(result);
    }
  };
  start(width);
  return (async function* () {
    for (const [at, value] of values.entries()) {
      start(at + width);
      const result = started[at];
      if (result === undefined) return;
      yield [value, await result];
      // What was given is not kept.
      delete started[at];
    }
  })();
}
