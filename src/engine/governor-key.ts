import type { KeyLimit, Outcome } from "../core/governor.js";
import type { UsualTime } from "./usual-time.js";
import { Window, type Use } from "./window.js";

/** What `enter` counted. */
export interface Entry {
  readonly at: number;
  readonly units: number;
  readonly slots: number;
  readonly uses: readonly Use[];
}

/** One key: who runs under it, what its rates have left, and what it learned from being told to slow down. */
export class GovernedKey {
  limit: number;
  inFlight = 0;
  waiting = 0;
  pausedUntil = 0;
  /** Throttles without a success between them. */
  streak = 0;
  /** Successes since the limit last grew: one more slot per full round, as TCP does. */
  #credit = 0;
  #unitsInFlight = 0;
  readonly #windows: readonly Window[];

  constructor(private readonly start: KeyLimit, private readonly usual: UsualTime) {
    this.limit = start.start;
    this.#windows = (start.rates ?? []).map((rate) => new Window(rate));
  }

  /** More than the limit may run when nothing else does: a batch must start some time. */
  hasSlots(slots: number): boolean {
    return this.inFlight === 0 || this.inFlight + slots <= this.limit;
  }

  /** Epoch ms from which the key lets `units` start, slots aside. */
  readyAt(units: number, now: number): number {
    return this.#windows.reduce((latest, window) => Math.max(latest, window.readyAt(units, now)), this.pausedUntil);
  }

  /** Answers what is to be handed to `leave`. */
  enter(units: number, slots: number, now: number): Entry {
    this.inFlight += slots;
    this.#unitsInFlight += units;
    return { at: now, units, slots, uses: this.#windows.map((window) => window.take(units, now)) };
  }

  leave({ at, units, slots, uses }: Entry, now: number): void {
    this.inFlight -= slots;
    this.#unitsInFlight -= units;
    const lateMs = this.usual.late(now - at);
    if (lateMs > 0) this.#windows.forEach((window, index) => { const use = uses[index]; if (use !== undefined) window.late(use, lateMs); });
  }

  succeeded(): void {
    this.streak = 0;
    for (const window of this.#windows) window.faster();
    this.#credit += 1;
    if (this.#credit < this.limit || this.limit >= this.start.max) return;
    this.#credit = 0;
    this.limit += 1;
  }

  /** Pauses and halves; answers how many milliseconds of pause were added. */
  throttled(wait: number, now: number): number {
    const added = Math.max(0, now + wait - Math.max(this.pausedUntil, now));
    this.streak += 1;
    this.#credit = 0;
    this.limit = Math.max(1, Math.floor(this.limit / 2));
    this.pausedUntil = Math.max(this.pausedUntil, now + wait);
    for (const window of this.#windows) window.slower();
    return added;
  }

  /** What is told of a rate is told of the first, the shortest. */
  told(quota: NonNullable<Outcome["quota"]>, now: number): void {
    this.#windows[0]?.told(quota, this.#unitsInFlight, now);
  }

  /** Nothing runs, waits or is counted. */
  atRest(now: number): boolean {
    return this.inFlight === 0 && this.waiting === 0 && this.pausedUntil <= now && this.streak === 0 && this.#windows.every((window) => window.isEmpty(now));
  }

  /** Knows more than its start. */
  get learned(): boolean {
    return this.limit !== this.start.start || this.#credit > 0 || this.#windows.some((window) => window.learned);
  }
}
