import type { Rate } from "./limits.js";

/** What a meter shows after a request was counted. */
export interface Reading {
  readonly over: boolean;
  /** Units used, as a share of the limit. */
  readonly used: number;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until a request of the same cost would be let through. */
  readonly waitMs: number;
}

/** Beyond this share a steady meter is full: `x-ms-throttle-limit-percentage` ranges from 0.8 to 1.8 ("Identity and access service limits"). */
const FULL = 1.8;

/** Counts what one key used of one limit. What is refused counts as well ("Microsoft Graph throttling guidance"). */
export class Meter {
  #used = 0;
  #since: number;

  constructor(private readonly limit: Rate, now: number) {
    this.#since = now;
  }

  take(units: number, now: number): Reading {
    const { refill, windowMs, units: most } = this.limit;
    const passed = now - this.#since;
    if (refill === "steady") {
      this.#used = Math.max(0, this.#used - (passed * most) / windowMs);
      this.#since = now;
    } else if (passed >= windowMs) {
      this.#used = 0;
      this.#since = now;
    }
    this.#used += units;
    const over = this.#used > most;
    if (over && refill === "steady") this.#used = Math.min(this.#used, FULL * most);
    const waitMs = refill === "steady" ? Math.max(0, ((this.#used + units - most) * windowMs) / most) : this.#since + windowMs - now;
    return { over, used: this.#used / most, limit: most, remaining: Math.max(0, most - this.#used), waitMs };
  }
}
