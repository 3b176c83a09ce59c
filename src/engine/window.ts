import type { Quota, Rate } from "../core/governor.js";

/** Uses that are close to one another are remembered as one: so many parts a window has. */
const PARTS = 400;
/** The other side counts when a request arrives, not when it leaves: what is used is given back this much later than the rate says. */
const GUARD = 0.02;
const GUARD_MS = 100;
/** A throttle tells nothing of a long window, whose own count is exact; a short one may be counted differently at the other side. */
const SHORT_MS = 10_000;
const SLOWEST = 1 / 16;
/** Successes after which a slowed window grows by a step. */
const STEP_EVERY = 8;
const STEP = 1 / 16;

/** A request that is much later than others is known by its answer; more than this part of the window it does not hold back. */
const LATEST = 1 / 4;
/** Of so few units each must arrive in its time. Among more, those that come late and those that come early make up for one another within the guard. */
const FEW = 5;

/** Uses that were counted as one: from the first to the last of them. */
export interface Use {
  readonly first: number;
  last: number;
  units: number;
}

/**
 * Sliding window: never more than `units` in any span of `perMs`, whether the other side counts in fixed or in sliding windows. A request that costs more than a
 * whole window may run when nothing else is counted.
 */
export class Window {
  readonly #uses: Use[] = [];
  #used = 0;
  /** Part of the published pace at which requests start: halved on a throttle, raised by successes. */
  #pace = 1;
  #successes = 0;
  #units: number;
  #quota: { left: number; until: number } | undefined;

  constructor(private readonly rate: Rate) {
    this.#units = rate.units;
  }

  /** Epoch ms from which `units` may be used; `now` or earlier when they may be at once. */
  readyAt(units: number, now: number): number {
    this.#forget(now);
    const quota = this.#quota;
    const told = quota === undefined || quota.until <= now || quota.left >= units ? now : quota.until;
    let excess = this.#used + units - this.#units;
    if (excess <= 0 || this.#uses.length === 0) return told;
    for (const use of this.#uses) {
      excess -= use.units;
      if (excess <= 0) return Math.max(told, this.#end(use));
    }
    const last = this.#uses.at(-1);
    return last === undefined ? told : Math.max(told, this.#end(last));
  }

  take(units: number, now: number): Use {
    let use = this.#uses.at(-1);
    if (use !== undefined && now - use.first < this.rate.perMs / PARTS) {
      use.last = now;
      use.units += units;
    } else this.#uses.push((use = { first: now, last: now, units }));
    this.#used += units;
    if (this.#quota !== undefined) this.#quota.left -= units;
    return use;
  }

  /** The answer to what was taken came so much later than usual, and so may the request have. In a long window, or a wide one, that is nothing. */
  late(use: Use, lateMs: number): void {
    if (this.rate.perMs <= SHORT_MS && this.rate.units <= FEW) use.last = Math.max(use.last, use.first + Math.min(lateMs, this.rate.perMs * LATEST));
  }

  /** What the other side says goes before our own count: it knows who else uses the same window. `inFlight`: units under way, which it may not have counted yet. */
  told({ limit, remaining, resetMs }: Quota, inFlight: number, now: number): void {
    if (limit !== undefined && limit > 0) this.#units = limit;
    this.#quota = { left: remaining - inFlight, until: now + resetMs };
  }

  slower(): void {
    if (this.rate.perMs <= SHORT_MS) this.#pace = Math.max(SLOWEST, this.#pace / 2);
    this.#successes = 0;
  }

  faster(): void {
    if (this.#pace >= 1) return;
    this.#successes += 1;
    if (this.#successes < STEP_EVERY) return;
    this.#successes = 0;
    this.#pace = Math.min(1, this.#pace + STEP);
  }

  /** Nothing is counted here or told by the other side. */
  isEmpty(now: number): boolean {
    this.#forget(now);
    return this.#uses.length === 0 && (this.#quota === undefined || this.#quota.until <= now);
  }

  get learned(): boolean {
    return this.#pace < 1 || this.#units !== this.rate.units;
  }

  #end({ last }: Use): number {
    const { perMs } = this.rate;
    return last + perMs / this.#pace + Math.min(GUARD_MS, perMs * GUARD);
  }

  #forget(now: number): void {
    for (let use = this.#uses[0]; use !== undefined && this.#end(use) <= now; use = this.#uses[0]) {
      this.#used -= use.units;
      this.#uses.shift();
    }
  }
}
