import { ExodusError } from "../../core/errors.js";
import type { ImapFlow } from "imapflow";

/**
 * Adds and removes flags of one message of the selected mailbox; others stay (RFC 3501 §6.4.6).
 * @throws ExodusError TARGET_REFUSED_ITEM when the server refuses.
 */
export async function changeFlags(client: ImapFlow, uid: number, change: { readonly add: readonly string[]; readonly remove: readonly string[] }, target: string): Promise<void> {
  const range = String(uid);
  const added = change.add.length === 0 || (await client.messageFlagsAdd(range, [...change.add], { uid: true }));
  const removed = change.remove.length === 0 || (await client.messageFlagsRemove(range, [...change.remove], { uid: true }));
  if (!added || !removed) throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target, reason: "STORE" } });
}

/** Keywords that the selected mailbox keeps: any with `\*` in PERMANENTFLAGS, else those named there (RFC 3501 §7.1). */
export function keepsKeyword(permanent: ReadonlySet<string> | undefined, keyword: string): boolean {
  return permanent === undefined || permanent.has("\\*") || permanent.has(keyword);
}
