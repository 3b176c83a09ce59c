/** What the other side says of what is left (`RateLimit-*` headers), before it refuses anything. */
export interface Quota {
  /** Units of a whole window, when told. */
  readonly limit?: number;
  readonly remaining: number;
  /** Milliseconds until the window is full again. */
  readonly resetMs: number;
}

/** Told by the caller when the request ended, so that the governor adapts. */
export interface Outcome {
  readonly ok: boolean;
  /** The other side asked us to slow down (429, 503 with Retry-After …). */
  readonly throttled?: boolean;
  /** Milliseconds asked by the other side; absent = the governor's own back-off. */
  readonly retryAfterMs?: number;
  /** What is left at the key that a throttle would blame. */
  readonly quota?: Quota;
}

/** At most `units` in any span of `perMs` milliseconds. */
export interface Rate {
  readonly units: number;
  readonly perMs: number;
}

/** Concurrency of a key: where it starts and how far it may grow; and its rates, all of which hold. */
export interface KeyLimit {
  readonly start: number;
  readonly max: number;
  readonly rates?: readonly Rate[];
}

/** A key that a request counts against. */
export interface Charge {
  readonly key: string;
  /** Units of the key's rates. */
  readonly units: number;
  /** Requests that run at once at the other side (a batch is several). */
  readonly slots?: number;
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
 * One per process. A request names every key that it counts against, for example `["graph:app:1", "graph:mailbox:1:<id>"]`, and starts when all of them
 * have room: slots for it to run in, and units of each rate. A throttled outcome pauses the last key and halves its concurrency; successes raise it
 * again one by one.
 */
export interface RateGovernor {
  /** One unit and one slot of each key. */
  acquire(keys: readonly string[], signal: AbortSignal): Promise<Permit>;
  snapshot(): Readonly<Record<string, GovernorReading>>;
}

/** Knows prices, and several ways to the same end: one a registered application. */
export interface PoolGovernor extends RateGovernor {
  /** Takes a way that has room, each in its turn; `way` is its index. */
  acquireAny(ways: readonly (readonly Charge[])[], signal: AbortSignal): Promise<Permit & { readonly way: number }>;
}
