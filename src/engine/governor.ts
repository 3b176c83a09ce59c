import type { GovernorReading, KeyLimit, Outcome, Permit, RateGovernor } from "../core/governor.js";
import { backoffMs } from "../lib/backoff.js";

export interface GovernorOptions {
  /** By key or by its longest prefix ending in ":" ("graph:mailbox:" covers every mailbox); "" is the default. */
  readonly limits: Readonly<Record<string, KeyLimit>>;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly setTimer?: (run: () => void, ms: number) => void;
}

interface KeyState {
  limit: number;
  readonly max: number;
  inFlight: number;
  waiting: number;
  pausedUntil: number;
  throttledMs: number;
  /** Throttles without a success between them. */
  streak: number;
  /** Successes since the limit last grew: one more slot per full round, as TCP does. */
  credit: number;
}

/** Keys whose learned limits are remembered while nothing runs under them. */
const KEPT = 1_000;
const DEFAULT: KeyLimit = { start: 4, max: 16 };

/** First come, first served among those whose keys all have room. */
export function createGovernor(options: GovernorOptions): RateGovernor {
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const setTimer = options.setTimer ?? ((run, ms) => void setTimeout(run, ms).unref());
  const keys = new Map<string, KeyState>();
  const queue: { readonly keys: readonly string[]; readonly grant: () => void }[] = [];
  let pausedTotal: Record<string, number> = {};

  const stateOf = (key: string): KeyState => {
    const known = keys.get(key);
    if (known !== undefined) return known;
    const { start, max } = limitOf(options.limits, key);
    const state: KeyState = { limit: start, max, inFlight: 0, waiting: 0, pausedUntil: 0, throttledMs: pausedTotal[familyOf(key)] ?? 0, streak: 0, credit: 0 };
    keys.set(key, state);
    return state;
  };
  const hasRoom = (key: string): boolean => {
    const state = stateOf(key);
    return state.inFlight < state.limit && state.pausedUntil <= now();
  };
  const serve = (): void => {
    for (let index = 0; index < queue.length; ) {
      const entry = queue[index];
      if (entry === undefined || !entry.keys.every(hasRoom)) index += 1;
      else {
        queue.splice(index, 1);
        entry.grant();
      }
    }
  };
  /**
   * A key at rest is forgotten when it learned nothing, so that memory does not grow with the number of mailboxes; what was learned (a halved or a grown
   * limit) is kept for as many keys as a run works on at once, many times over.
   */
  const forget = (key: string, state: KeyState): void => {
    const atRest = state.inFlight === 0 && state.waiting === 0 && state.pausedUntil <= now() && state.streak === 0;
    const learned = state.limit !== limitOf(options.limits, key).start || state.credit > 0;
    if (atRest && (!learned || keys.size > KEPT)) keys.delete(key);
  };
  const release = (held: readonly string[], outcome: Outcome): void => {
    const narrowest = held.at(-1);
    for (const key of held) {
      const state = stateOf(key);
      state.inFlight -= 1;
      if (outcome.throttled === true) {
        if (key === narrowest) slowDown(key, state, outcome.retryAfterMs);
      } else if (outcome.ok) speedUp(state);
      forget(key, state);
    }
    serve();
  };
  const slowDown = (key: string, state: KeyState, retryAfterMs: number | undefined): void => {
    const wait = retryAfterMs ?? backoffMs(state.streak, random);
    const until = now() + wait;
    const added = Math.max(0, until - Math.max(state.pausedUntil, now()));
    state.streak += 1;
    state.credit = 0;
    state.limit = Math.max(1, Math.floor(state.limit / 2));
    state.pausedUntil = Math.max(state.pausedUntil, until);
    state.throttledMs += added;
    pausedTotal = { ...pausedTotal, [familyOf(key)]: (pausedTotal[familyOf(key)] ?? 0) + added };
    // One timer past the pause: `serve` looks at every key again, and the key may be forgotten.
    setTimer(serve, wait + 1);
  };

  return {
    async acquire(wanted, signal): Promise<Permit> {
      signal.throwIfAborted();
      for (const key of wanted) stateOf(key).waiting += 1;
      await new Promise<void>((resolve, reject) => {
        const settle = (inFlight: number): void => {
          signal.removeEventListener("abort", abort);
          for (const key of wanted) {
            const state = stateOf(key);
            state.waiting -= 1;
            state.inFlight += inFlight;
          }
        };
        const entry = { keys: wanted, grant: () => { settle(1); resolve(); } };
        const abort = (): void => {
          queue.splice(queue.indexOf(entry), 1);
          settle(0);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", abort, { once: true });
        queue.push(entry);
        serve();
      });
      let held = true;
      return {
        release(outcome) {
          if (!held) return;
          held = false;
          release(wanted, outcome);
        },
      };
    },
    snapshot() {
      const readings: Record<string, GovernorReading> = {};
      for (const [family, throttledMs] of Object.entries(pausedTotal)) readings[family] = { inFlight: 0, limit: 0, waiting: 0, throttledMs };
      for (const [key, state] of keys) {
        const family = familyOf(key);
        const before = readings[family] ?? { inFlight: 0, limit: 0, waiting: 0, throttledMs: 0 };
        readings[family] = { inFlight: before.inFlight + state.inFlight, limit: before.limit + state.limit, waiting: before.waiting + state.waiting, throttledMs: before.throttledMs };
      }
      return readings;
    },
  };
}

function speedUp(state: KeyState): void {
  state.streak = 0;
  state.credit += 1;
  if (state.credit >= state.limit && state.limit < state.max) {
    state.credit = 0;
    state.limit += 1;
  }
}

function limitOf(limits: Readonly<Record<string, KeyLimit>>, key: string): KeyLimit {
  for (let prefix = key; prefix !== ""; prefix = prefix.slice(0, prefix.slice(0, -1).lastIndexOf(":") + 1)) {
    const limit = limits[prefix];
    if (limit !== undefined) return limit;
  }
  return limits[""] ?? DEFAULT;
}

/** "graph:mailbox:3f…" is read out as "graph:mailbox"; a key of one or two parts as itself. */
function familyOf(key: string): string {
  return key.split(":").slice(0, 2).join(":");
}
