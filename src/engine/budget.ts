/**
 * Bytes that the whole process may buffer at once. First come, first served; a request larger than the budget waits until it is
 * alone and is then granted, so that one very large message waits for room instead of failing.
 */
export class ByteBudget {
  #used = 0;
  readonly #waiting: { readonly bytes: number; readonly grant: () => void }[] = [];

  constructor(readonly limit: number) {}

  get used(): number {
    return this.#used;
  }

  /** Resolves with the function that gives the bytes back; rejects when the signal aborts. */
  async reserve(bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.length > 0 || !this.#fits(bytes)) await this.#queue(bytes, signal);
    else this.#used += bytes;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#used -= bytes;
      this.#grantNext();
    };
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.limit;
  }

  #queue(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = {
        bytes,
        grant: () => {
          signal.removeEventListener("abort", abort);
          this.#used += bytes;
          resolve();
        },
      };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason as Error);
        this.#grantNext();
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(entry);
    });
  }

  #grantNext(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.grant();
    }
  }
}
