import type { Change } from "../../core/item.js";
import type { Batch } from "../../core/source.js";

/**
 * Runs `work` on up to `width` values at once and yields the results in the order of the values. At most `width` results wait; an
 * error stops the rest.
 */
export async function* ordered<T, R>(values: Iterable<T> | AsyncIterable<T>, width: number, work: (value: T) => Promise<R>): AsyncIterable<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const value of values) {
      const task = work(value);
      // A later failure must not count as unhandled while an earlier result is awaited.
      task.catch(() => undefined);
      running.push(task);
      if (running.length >= width) yield await (running.shift() as Promise<R>);
    }
    while (running.length > 0) yield await (running.shift() as Promise<R>);
  } finally {
    await Promise.allSettled(running);
  }
}

/** A page's changes in batches, the last of which tells where the page leads: to commit that by itself costs as much as a batch does. */
export async function* pageBatches(changes: AsyncIterable<Change>, size: number, end: Omit<Batch, "changes">): AsyncIterable<Batch> {
  let last: readonly Change[] = [];
  for await (const batch of batchesOf(changes, size)) {
    if (last.length > 0) yield { changes: last, done: false };
    last = batch;
  }
  yield { changes: last, ...end };
}

/** Cuts a stream of changes into batches of `size`, so that a crash in the middle of a page repeats little. */
export async function* batchesOf<T>(values: AsyncIterable<T>, size: number): AsyncIterable<readonly T[]> {
  let batch: T[] = [];
  for await (const value of values) {
    batch.push(value);
    if (batch.length >= size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
