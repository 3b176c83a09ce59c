import { asExodusError } from "../core/errors.js";
import type { ReadContext } from "../core/source.js";
import type { SourceUnit } from "../core/state.js";
import type { OwnerVault } from "../core/vault.js";
import type { RunContext } from "./context.js";
import { isLost } from "./lost-content.js";

/** What a reader may ask about the unit while it reads. */
export function readContext({ state, stop }: RunContext, unit: SourceUnit, vault: OwnerVault): ReadContext {
  return {
    blobs: vault, signal: stop.hard,
    known: (id) => state.known(unit, id),
    held: (prefix) => state.held(unit, prefix),
    async stored(id) {
      const known = await state.known(unit, id);
      if (known === undefined) return undefined;
      try {
        const line = await vault.read(known.place);
        return line.kind === "item" ? line : undefined;
      } catch (thrown) {
        // A damaged record has nothing to take over: the item is read whole instead.
        if (!isLost(asExodusError(thrown))) throw thrown;
        return undefined;
      }
    },
  };
}
