/** Tasks that run beside one another, `width` at the most. */
export class SideBySide {
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly thrown: unknown } | undefined;

  constructor(private readonly width: number) {}

  /** Whether a task failed: nobody should start another. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Starts the task and comes back as soon as there is room for one more. Its failure is told by `end`. */
  async start(task: () => Promise<void>): Promise<void> {
    const running: Promise<void> = task().catch((thrown: unknown) => { this.#failure ??= { thrown }; }).finally(() => this.#running.delete(running));
    this.#running.add(running);
    while (this.#running.size >= this.width) await Promise.race(this.#running);
  }

  /** Waits for all. @throws what the first that failed threw. */
  async end(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure.thrown;
  }
}
