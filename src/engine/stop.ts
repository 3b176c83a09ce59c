import { setMaxListeners } from "node:events";
import { ExodusError } from "../core/errors.js";

export type StopReason = "interrupt" | "duration" | "terminate";

/**
 * Ends a run on purpose. `soft` says: start nothing new; `hard` comes after the grace time and says: abandon what is in
 * flight (its rows stay in doubt and are searched at the target by the next run).
 */
export class StopSwitch {
  readonly #soft = new AbortController();
  readonly #hard = new AbortController();
  #reason: StopReason | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(readonly graceMs = 10_000) {
    // Each request under way listens; how many there are is the governor's affair, and each takes its listener off when it ends.
    setMaxListeners(0, this.#soft.signal, this.#hard.signal);
  }

  get soft(): AbortSignal {
    return this.#soft.signal;
  }

  get hard(): AbortSignal {
    return this.#hard.signal;
  }

  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** A second request ends the grace time at once. */
  request(reason: StopReason): void {
    if (this.#reason !== undefined) return this.#abandon();
    this.#reason = reason;
    this.#soft.abort(new ExodusError("INTERRUPTED"));
    this.#grace = setTimeout(() => this.#abandon(), this.graceMs);
    this.#grace.unref();
  }

  /** To be called when the run has ended, so that no timer outlives it. */
  settle(): void {
    clearTimeout(this.#grace);
  }

  #abandon(): void {
    clearTimeout(this.#grace);
    this.#hard.abort(new ExodusError("INTERRUPTED"));
  }
}

/** True for what an abandoned operation throws: it is neither the item's fault nor the target's. */
export function isInterruption(thrown: unknown, stop: StopSwitch): boolean {
  return stop.hard.aborted || (thrown instanceof ExodusError && thrown.code === "INTERRUPTED");
}
