import type { OwnerVault } from "../core/vault.js";
import type { OpenOwner } from "./owner-vault.js";

interface Shared {
  readonly opened: Promise<OpenOwner>;
  users: number;
}

/**
 * Owners' parts that are in use, each opened once however many use it and closed after the last: a tenant has more owners than a process may
 * have open files.
 */
export class Leases {
  readonly #shared = new Map<string, Shared>();
  readonly #closing = new Map<string, Promise<void>>();

  /** `id`: the owner's; `open` makes its part when nobody uses it. The lease's `close` must follow. */
  async take(id: string, open: () => Promise<OpenOwner>): Promise<OwnerVault> {
    const standing = this.#shared.get(id);
    const shared = standing ?? { opened: this.#afterClosing(id, open), users: 0 };
    shared.users += 1;
    this.#shared.set(id, shared);
    let part: OpenOwner;
    try {
      part = await shared.opened;
    } catch (thrown) {
      if (this.#shared.get(id) === shared) this.#shared.delete(id);
      throw thrown;
    }
    let given = true;
    return {
      write: (bytes, extension) => part.write(bytes, extension),
      commit: (workload, lines) => part.commit(workload, lines),
      read: (place) => part.read(place),
      open: (blob) => part.open(blob),
      close: async () => {
        if (!given) return;
        given = false;
        await this.#give(id, shared, part);
      },
    };
  }

  /** Closes what is still in use. */
  async close(): Promise<void> {
    const open = [...this.#shared.values()];
    this.#shared.clear();
    await Promise.all([...this.#closing.values(), ...open.map(async ({ opened }) => (await opened).close())]);
  }

  async #afterClosing(id: string, open: () => Promise<OpenOwner>): Promise<OpenOwner> {
    // Whoever closed it hears of a failure; the next user looks at the files anew.
    await this.#closing.get(id)?.catch(() => undefined);
    return open();
  }

  async #give(id: string, shared: Shared, part: OpenOwner): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0 || this.#shared.get(id) !== shared) return;
    this.#shared.delete(id);
    const closed = part.close();
    this.#closing.set(id, closed);
    try {
      await closed;
    } finally {
      if (this.#closing.get(id) === closed) this.#closing.delete(id);
    }
  }
}
