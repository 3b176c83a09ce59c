/**
 * Couples the pull of a source unit with the pushes that drink from it: the pull waits when a lane is too far behind, a lane
 * waits when it has caught up. Counts only; the items themselves wait in the ledger.
 */
export class Backlog {
  readonly #lanes = new Set<Lane>();
  #waiters: (() => void)[] = [];
  #pulled = 0;
  #ended = false;
  #complete = false;
  #read = false;

  constructor(readonly high = 1_000) {}

  /** The pull stored `count` more items. */
  add(count: number): void {
    if (count === 0) return;
    this.#pulled += count;
    this.#wake();
  }

  /**
   * The pull is over; `complete` when it saw everything, so that what it did not see may be believed gone. `read`: the source was asked, and may be asked
   * for the rest.
   */
  end(complete: boolean, read = true): void {
    this.#ended = true;
    this.#complete = complete;
    this.#read = read;
    this.#wake();
  }

  get ended(): boolean {
    return this.#ended;
  }

  get complete(): boolean {
    return this.#complete;
  }

  /** The source was read in this run, and not to its end. */
  get cut(): boolean {
    return this.#read && !this.#complete;
  }

  /** Waits until every open lane is less than `high` items behind. */
  async room(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && [...this.#lanes].some((lane) => this.#pulled - lane.pushed >= this.high)) await this.#change(signal);
  }

  lane(): Lane {
    const lane: Lane = {
      pushed: this.#pulled,
      seen: this.#pulled,
      mark: () => this.#pulled,
      reached: (mark) => {
        lane.pushed = Math.max(lane.pushed, mark);
        this.#wake();
      },
      more: async (signal) => {
        while (!signal.aborted && !this.#ended && lane.seen === this.#pulled) await this.#change(signal);
        lane.seen = this.#pulled;
      },
      close: () => {
        this.#lanes.delete(lane);
        this.#wake();
      },
    };
    this.#lanes.add(lane);
    return lane;
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      signal.addEventListener("abort", wake, { once: true });
      this.#waiters.push(wake);
    });
  }
}

export interface Lane {
  pushed: number;
  seen: number;
  /** Where the pull stands now. */
  mark(): number;
  /** Everything that was pulled up to `mark` has been dealt with. */
  reached(mark: number): void;
  /** Resolves when the pull stored something since the last call, has ended, or the signal aborts. */
  more(signal: AbortSignal): Promise<void>;
  close(): void;
}
