/** Told by the caller when the request ended, so that the governor adapts. */
export interface Outcome {
  readonly ok: boolean;
  /** The other side asked us to slow down (429, 503 with Retry-After …). */
  readonly throttled?: boolean;
  /** Milliseconds asked by the other side; absent = the governor's own back-off. */
  readonly retryAfterMs?: number;
}

/** Concurrency of a key: where it starts and how far it may grow. */
export interface KeyLimit {
  readonly start: number;
  readonly max: number;
}

export interface Permit {
  release(outcome: Outcome): void;
}

export interface GovernorReading {
  readonly inFlight: number;
  readonly limit: number;
  readonly waiting: number;
  /** Milliseconds spent paused by throttling since the start. */
  readonly throttledMs: number;
}

/**
 * One per process. A request names every key that it counts against, from wide to narrow, for example
 * `["graph", "graph:mailbox:<id>"]`, and starts when all of them have room. A throttled outcome pauses the narrowest
 * key and halves its limit; successes raise it again one by one.
 */
export interface RateGovernor {
  acquire(keys: readonly string[], signal: AbortSignal): Promise<Permit>;
  snapshot(): Readonly<Record<string, GovernorReading>>;
}
