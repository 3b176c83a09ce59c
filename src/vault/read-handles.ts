import { open, type FileHandle } from "node:fs/promises";
import path from "node:path";

interface Shared {
  readonly handle: Promise<FileHandle>;
  users: number;
}

/** Handles kept open for reading, least recently used first out. More are open only while more are in use at once. */
export class ReadHandles {
  readonly #shared = new Map<string, Shared>();

  constructor(private readonly root: string, private readonly limit = 16) {}

  /** Gives the handle of `file` (relative to the vault); `release` must follow. */
  async acquire(file: string): Promise<{ readonly handle: FileHandle; release(): Promise<void> }> {
    const shared = this.#shared.get(file) ?? { handle: open(path.join(this.root, file), "r"), users: 0 };
    shared.users += 1;
    // A Map iterates in the order of insertion: set anew, this file is the most recent.
    this.#shared.delete(file);
    this.#shared.set(file, shared);
    try {
      const handle = await shared.handle;
      return {
        handle,
        release: async () => {
          shared.users -= 1;
          await this.#shrink();
        },
      };
    } catch (thrown) {
      if (this.#shared.get(file) === shared) this.#shared.delete(file);
      throw thrown;
    }
  }

  async close(): Promise<void> {
    const all = [...this.#shared.values()];
    this.#shared.clear();
    for (const { handle } of all) await (await handle).close();
  }

  async #shrink(): Promise<void> {
    for (const [file, { handle, users }] of this.#shared) {
      if (this.#shared.size <= this.limit) return;
      if (users > 0) continue;
      this.#shared.delete(file);
      await (await handle).close();
    }
  }
}
