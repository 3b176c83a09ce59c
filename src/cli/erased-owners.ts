import { ExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import { erasedMark, erasures, saveErasure } from "../vault/erasures.js";
import type { Output } from "./output.js";

/** Names the chosen owners that are left out because they were erased from the vault. */
export function tellErased(output: Output, erased: readonly Owner[]): void {
  if (erased.length === 0) return;
  output.line(output.text.erasedOwners(erased.map(({ name }) => name).join(", ")));
  for (const { id, name } of erased) output.record({ type: "erased-owner", owner: id, name });
}

/**
 * With `--again`, the bar is lifted for good, and the proof of the erasure stays. Without it, owners that the command line names are refused, others
 * left out with a word. Answers whether one was refused.
 */
export async function settleErased(output: Output, vault: string, erased: readonly Owner[], asked: { readonly owner?: readonly string[]; readonly again?: boolean }): Promise<boolean> {
  if (asked.again === true) {
    const marks = new Set(erased.map(({ id }) => erasedMark(id)));
    for (const line of await erasures(vault)) {
      if (marks.has(line.owner) && line.againAt === undefined) await saveErasure(vault, { ...line, againAt: new Date().toISOString() });
    }
    return false;
  }
  if (asked.owner === undefined) {
    tellErased(output, erased);
    return false;
  }
  for (const { name } of erased) output.error(new ExodusError("OWNER_ERASED", { params: { owner: name } }));
  return erased.length > 0;
}
