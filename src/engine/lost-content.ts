import type { ExodusError } from "../core/errors.js";
import type { Unit } from "../core/state.js";
import { failureOf, type RunContext } from "./context.js";

const LOST: ReadonlySet<string> = new Set(["VAULT_BLOB_MISSING", "VAULT_BLOB_DAMAGED", "VAULT_RECORD_TORN"]);

/** True where the vault is damaged, not where it cannot be read at the moment. */
export function isLost({ code }: ExodusError): boolean {
  return LOST.has(code);
}

/** What the vault cannot give any more is asked of the source by its id at the next pull; a delta would not name it again. */
export async function forgetIfLost(context: RunContext, unit: Unit, id: string, error: ExodusError): Promise<void> {
  if (!isLost(error)) return;
  const { sha256 } = error.params;
  await context.state.forgetContent(unit, id, failureOf(error), sha256 === undefined ? undefined : String(sha256));
}
