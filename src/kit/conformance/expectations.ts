import assert from "node:assert/strict";
import type { TargetRef, Verdict } from "../../core/adapter.js";
import { ExodusError } from "../../core/errors.js";
import type { Item } from "../../core/item.js";
import type { Place } from "./bench.js";

/** The target holds the item as the record says (or says that it cannot be read back, when declared so). */
export async function expectSame(place: Place, item: Item, ref: TargetRef): Promise<void> {
  const verdict = await place.verify(item, ref);
  if (place.bench.capability.canReadBack) assert.deepEqual(brief(verdict), { state: "same", fields: [] });
  else assert.equal(verdict.state, "unverifiable");
}

export function brief({ state, fields }: Verdict): Verdict {
  return { state, fields: fields.map(({ field, expected, found }) => ({ field, expected: expected.slice(0, 200), found: found.slice(0, 200) })) };
}

/** Objects of the container, when the test can count them. */
export async function expectCount(place: Place, expected: number): Promise<void> {
  const found = await place.count();
  if (found !== undefined) assert.equal(found, expected, "objects in the container");
}

/** What the operation throws; fails when it does not throw an ExodusError. */
export async function thrownBy(operation: () => Promise<unknown>): Promise<ExodusError> {
  try {
    await operation();
  } catch (thrown) {
    assert.ok(thrown instanceof ExodusError, `not an ExodusError: ${String(thrown)}`);
    return thrown;
  }
  return assert.fail("nothing was thrown");
}
