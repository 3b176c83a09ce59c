import type { Charge, GovernorReading, KeyLimit, Outcome, Permit, PoolGovernor } from "../core/governor.js";
import { backoffMs } from "../lib/backoff.js";
import { GovernedKey, type Entry } from "./governor-key.js";
import { UsualTime } from "./usual-time.js";

export interface GovernorOptions {
  /** By key or by its longest prefix ending in ":" ("graph:mailbox:" covers every mailbox); "" is the default. */
  readonly limits: Readonly<Record<string, KeyLimit>>;
  readonly now?: () => number;
  readonly random?: () => number;
  /** Answers a function that forgets the timer. */
  readonly setTimer?: (run: () => void, ms: number) => () => void;
}

/** A charge with its key at hand: a key that somebody waits for or runs under is never forgotten. */
interface Claim {
  readonly name: string;
  readonly key: GovernedKey;
  readonly units: number;
  readonly slots: number;
}
type Way = readonly Claim[];

interface Waiting {
  readonly ways: readonly Way[];
  readonly grant: (way: number) => void;
}

/** Keys whose learned limits are remembered while nothing runs under them. */
const KEPT = 1_000;
const DEFAULT: KeyLimit = { start: 4, max: 16 };

/** One look at the queue, from its head. */
class Pass {
  /** Epoch ms at which the first way opens that only rates hold back. */
  soonest = Infinity;
  readonly #full = new Set<GovernedKey>();
  /** What only rates hold back keeps its place: what comes later leaves it the units, else a request that costs much would never start. */
  readonly #kept = new Set<GovernedKey>();

  constructor(readonly at: number) {}

  /** Ways take turns, so that each application works even while the first has room. */
  openWay(ways: readonly Way[], turn: number): number | undefined {
    const blocked: Way[] = [];
    for (let index = 0; index < ways.length; index += 1) {
      const candidate = (index + turn) % ways.length;
      const way = ways[candidate] ?? [];
      if (!this.#hasSlots(way) || way.some(({ key }) => this.#kept.has(key))) continue;
      if (way.every(({ key, units }) => key.readyAt(units, this.at) <= this.at)) return candidate;
      blocked.push(way);
    }
    for (const way of blocked) this.#keep(way);
    return undefined;
  }

  #hasSlots(way: Way): boolean {
    for (const { key, slots } of way) {
      if (this.#full.has(key)) return false;
      if (key.hasSlots(slots)) continue;
      if (slots === 1) this.#full.add(key);
      return false;
    }
    return true;
  }

  #keep(way: Way): void {
    let opens = this.at;
    for (const { key, units } of way) {
      const ready = key.readyAt(units, this.at);
      if (ready > this.at) this.#kept.add(key);
      opens = Math.max(opens, ready);
    }
    this.soonest = Math.min(this.soonest, opens);
  }
}

/** First come, first served among those whose keys all have room. */
export function createGovernor(options: GovernorOptions): PoolGovernor {
  const { now = Date.now, random = Math.random, setTimer = timer } = options;
  const keys = new Map<string, GovernedKey>();
  const queue: Waiting[] = [];
  const pausedTotal = new Map<string, number>();
  const usual = new Map<string, UsualTime>();
  let wake: { readonly at: number; readonly forget: () => void } | undefined;
  let turn = 0;
  let sweepAt = KEPT;

  const keyOf = (name: string): GovernedKey => {
    let key = keys.get(name);
    if (key === undefined) keys.set(name, (key = new GovernedKey(limitOf(options.limits, name), usualOf(familyOf(name)))));
    return key;
  };
  const usualOf = (family: string): UsualTime => {
    let time = usual.get(family);
    if (time === undefined) usual.set(family, (time = new UsualTime()));
    return time;
  };

  /** Starts whatever may start, and comes back when the first of the others may. */
  const serve = (): void => {
    const pass = new Pass(now());
    for (let index = 0; index < queue.length; ) {
      const entry = queue[index];
      const way = entry && pass.openWay(entry.ways, turn);
      if (way === undefined) index += 1;
      else {
        turn += 1;
        queue.splice(index, 1);
        entry?.grant(way);
      }
    }
    wakeAt(queue.length === 0 ? Infinity : pass.soonest, pass.at);
  };
  const wakeAt = (at: number, from: number): void => {
    if (wake !== undefined && (wake.at <= from || at !== wake.at)) {
      wake.forget();
      wake = undefined;
    }
    if (at === Infinity || wake !== undefined) return;
    wake = { at, forget: setTimer(() => { wake = undefined; serve(); }, Math.max(1, at - from)) };
  };

  /**
   * A key at rest is forgotten when it learned nothing, so that memory does not grow with the number of mailboxes; what was learned (a halved or a grown
   * limit) is kept for as many keys as a run works on at once, many times over.
   */
  const forget = (name: string, key: GovernedKey): void => {
    if (key.atRest(now()) && (!key.learned || keys.size > KEPT)) keys.delete(name);
    if (keys.size <= sweepAt) return;
    // Windows empty while nobody looks.
    for (const [other, idle] of keys) if (idle.atRest(now())) keys.delete(other);
    sweepAt = Math.max(KEPT, 2 * keys.size);
  };
  const release = (way: Way, entries: readonly Entry[], outcome: Outcome): void => {
    const blamed = way.at(-1);
    for (const [index, claim] of way.entries()) {
      const { name, key } = claim;
      const entry = entries[index];
      if (entry !== undefined) key.leave(entry, now());
      if (claim === blamed && outcome.quota !== undefined) key.told(outcome.quota, now());
      if (outcome.throttled === true) {
        if (claim === blamed) slowDown(name, key, outcome.retryAfterMs);
      } else if (outcome.ok) key.succeeded();
      forget(name, key);
    }
    serve();
  };
  const slowDown = (name: string, key: GovernedKey, retryAfterMs: number | undefined): void => {
    const added = key.throttled(retryAfterMs ?? backoffMs(key.streak, random), now());
    const family = familyOf(name);
    pausedTotal.set(family, (pausedTotal.get(family) ?? 0) + added);
  };

  const acquireAny = async (wanted: readonly (readonly Charge[])[], signal: AbortSignal): Promise<Permit & { readonly way: number }> => {
    signal.throwIfAborted();
    const ways = wanted.map((way) => way.map(({ key, units, slots = 1 }): Claim => ({ name: key, key: keyOf(key), units, slots })));
    const named = new Set(ways.flat().map(({ key }) => key));
    for (const key of named) key.waiting += 1;
    let entries: readonly Entry[] = [];
    const taken = await new Promise<number>((resolve, reject) => {
      const settle = (): void => {
        signal.removeEventListener("abort", abort);
        for (const key of named) key.waiting -= 1;
      };
      const entry: Waiting = {
        ways,
        grant: (way) => {
          settle();
          entries = (ways[way] ?? []).map(({ key, units, slots }) => key.enter(units, slots, now()));
          resolve(way);
        },
      };
      const abort = (): void => {
        queue.splice(queue.indexOf(entry), 1);
        settle();
        reject(signal.reason as Error);
        serve();
      };
      signal.addEventListener("abort", abort, { once: true });
      queue.push(entry);
      serve();
    });
    let held = true;
    return {
      way: taken,
      release(outcome) {
        if (!held) return;
        held = false;
        release(ways[taken] ?? [], entries, outcome);
      },
    };
  };

  return {
    acquire: (wanted, signal) => acquireAny([wanted.map((key) => ({ key, units: 1 }))], signal),
    acquireAny,
    snapshot() {
      const readings: Record<string, GovernorReading> = {};
      const add = (family: string, { inFlight, limit, waiting }: Pick<GovernorReading, "inFlight" | "limit" | "waiting">): void => {
        const before = readings[family] ?? { inFlight: 0, limit: 0, waiting: 0 };
        readings[family] = { inFlight: before.inFlight + inFlight, limit: before.limit + limit, waiting: before.waiting + waiting, throttledMs: pausedTotal.get(family) ?? 0 };
      };
      for (const family of pausedTotal.keys()) add(family, { inFlight: 0, limit: 0, waiting: 0 });
      for (const [name, key] of keys) add(familyOf(name), key);
      return readings;
    },
  };
}

/** Not unreferenced: what waits for a rate has no socket open that would keep the process alive. It is forgotten as soon as nothing waits. */
function timer(run: () => void, ms: number): () => void {
  const handle = setTimeout(run, Math.min(ms, 2 ** 31 - 1));
  return () => { clearTimeout(handle); };
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
