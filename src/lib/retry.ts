import { asExodusError } from "../core/errors.js";
import { backoffMs, pause } from "./backoff.js";

export interface RetryOptions {
  /** Attempts in all; a throttled attempt is not counted. */
  readonly attempts: number;
  readonly signal: AbortSignal;
  /** Longest time spent on throttling for one operation before its error stands, in milliseconds. */
  readonly patienceMs?: number;
  readonly random?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const PATIENCE_MS = 30 * 60_000;

/**
 * Runs an operation again while its error is passing: retryable ones a bounded number of times, throttled ones for as long as patience lasts,
 * each after a growing, jittered wait (or the wait that the other side asked for). The last error is thrown as it is.
 */
export async function retrying<T>(operation: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, wait = pause, random = Math.random, patienceMs = PATIENCE_MS } = options;
  let attempt = 0;
  let throttles = 0;
  let waited = 0;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await operation();
    } catch (thrown) {
      const error = asExodusError(thrown);
      if (signal.aborted) throw thrown;
      let delay: number;
      if (error.errorClass === "throttled" && waited < patienceMs) {
        delay = throttledDelay(error.retryAfterMs, throttles, random);
        throttles += 1;
        waited += delay;
      } else if (error.errorClass === "retryable" && error.code !== "INTERRUPTED" && attempt + 1 < options.attempts) {
        delay = error.retryAfterMs ?? backoffMs(attempt, random);
        attempt += 1;
      } else throw thrown;
      await wait(delay, signal);
    }
  }
}

/** Wait before the next attempt after so many throttled ones. "At once" (Retry-After: 0) is believed once: repeated, it would hammer. */
export function throttledDelay(askedMs: number | undefined, throttles: number, random?: () => number): number {
  return askedMs !== undefined && (askedMs > 0 || throttles === 0) ? askedMs : backoffMs(throttles, random);
}
