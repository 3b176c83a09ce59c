import type { PutContext } from "../core/adapter.js";

/** More than a session puts at once, so that what leaves this list is in the ledger. */
const MOST = 64;

/**
 * Which item was lately given which object of a container. The ledger knows it once `put` has answered; until then an identical twin, looked
 * for after its own lost answer, would take the same one.
 */
export class Claims {
  readonly #holders = new Map<string, string>();

  /** Whether no other item has the object, by these claims or by the ledger. */
  async isFree(id: string, context: PutContext): Promise<boolean> {
    return this.#isOpen(id, context) && !(await context.isTaken({ id }));
  }

  /** Gives the object to the item; false when another one has it. */
  take(id: string, context: PutContext): boolean {
    if (!this.#isOpen(id, context)) return false;
    const place = placeOf(id, context);
    this.#holders.delete(place);
    this.#holders.set(place, context.idempotencyKey);
    for (const oldest of this.#holders.keys()) {
      if (this.#holders.size <= MOST) break;
      this.#holders.delete(oldest);
    }
    return true;
  }

  #isOpen(id: string, context: PutContext): boolean {
    return (this.#holders.get(placeOf(id, context)) ?? context.idempotencyKey) === context.idempotencyKey;
  }
}

function placeOf(id: string, { into }: PutContext): string {
  return `${into.id}\n${id}`;
}
