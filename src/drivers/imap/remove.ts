import { ExodusError } from "../../core/errors.js";
import type { Connections } from "./connections.js";
import { readState } from "./read.js";
import type { MessageRef } from "./ref.js";

/**
 * Removes one message and no other: `\Deleted`, then UID EXPUNGE (RFC 4315 §2.1). Absent already, or of another UIDVALIDITY: done.
 * @throws ExodusError TARGET_CANNOT_REMOVE without UIDPLUS, since EXPUNGE would take others' deleted messages along.
 */
export async function remove(connections: Connections, mailbox: string, ref: MessageRef, signal: AbortSignal): Promise<void> {
  await connections.within(mailbox, async (client, { uidValidity }) => {
    if (uidValidity !== ref.uidValidity || (await readState(client, ref.uid)) === undefined) return;
    const { target } = connections.access;
    // IMAP4rev2 has UID EXPUNGE without announcing UIDPLUS, but the library uses it only when announced.
    if (!client.capabilities.has("UIDPLUS")) throw new ExodusError("TARGET_CANNOT_REMOVE", { params: { target, reason: "no UIDPLUS extension, RFC 4315" } });
    if (!(await client.messageDelete(String(ref.uid), { uid: true }))) throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target, reason: "UID EXPUNGE" } });
  }, signal);
}
