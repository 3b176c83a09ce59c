/** Items of one session of which the last put failed, or may have arrived in an earlier one: what stands at the target may be new already. By idempotency key. */
export class Doubts {
  readonly #keys = new Set<string>();

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
  }

  /** In doubt where `work` fails, and no longer where it comes to its end. */
  async settle<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#keys.delete(key);
      return result;
    } catch (thrown) {
      this.#keys.add(key);
      throw thrown;
    }
  }
}
