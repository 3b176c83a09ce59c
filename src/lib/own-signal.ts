/**
 * Runs `operation` with a signal of its own that follows `outer`, and lets go of `outer` when the operation has ended. `fetch` takes its
 * listeners off a signal only when the request is garbage collected: on the signal of a whole run they would pile up by the thousand.
 */
export async function withOwnSignal<T>(outer: AbortSignal, operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
  outer.throwIfAborted();
  const own = new AbortController();
  const follow = (): void => { own.abort(outer.reason); };
  outer.addEventListener("abort", follow, { once: true });
  try {
    return await operation(own.signal);
  } finally {
    outer.removeEventListener("abort", follow);
  }
}
