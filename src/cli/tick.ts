import type { Output } from "./output.js";

const EVERY_MS = 10_000;

/** Tells every ten seconds, on standard error, how far a long reading is. */
export class Tick {
  #count = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(output: Output, sentence: (count: number) => string) {
    this.#timer = setInterval(() => {
      if (!output.options.quiet) process.stderr.write(`${sentence(this.#count)}\n`);
      output.record({ type: "progress", count: this.#count });
    }, EVERY_MS);
    this.#timer.unref();
  }

  readonly add = (): void => {
    this.#count += 1;
  };

  stop(): void {
    clearInterval(this.#timer);
  }
}
