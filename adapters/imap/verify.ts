import type { Verdict } from "../../src/core/adapter.js";
import type { MessagePrint } from "../../src/drivers/imap/canonical.js";
import type { Connections } from "../../src/drivers/imap/connections.js";
import { keepsKeyword } from "../../src/drivers/imap/flags.js";
import { readContentHash, readState } from "../../src/drivers/imap/read.js";
import type { MessageRef } from "../../src/drivers/imap/ref.js";
import { stateDifferences, type Difference, type WantedState } from "../../src/kit/mail-state.js";

export interface Expected {
  readonly print: MessagePrint;
  readonly wanted: WantedState;
}

/** Reads the message back, every byte, and compares it with the record. Keywords that the mailbox cannot keep are not asked for. */
export function verifyMessage(connections: Connections, mailbox: string, ref: MessageRef, { print, wanted }: Expected, signal: AbortSignal): Promise<Verdict> {
  return connections.within(mailbox, async (client, { uidValidity, permanentFlags }): Promise<Verdict> => {
    const state = uidValidity === ref.uidValidity ? await readState(client, ref.uid) : undefined;
    const found = state === undefined ? undefined : await readContentHash(client, ref.uid);
    if (state === undefined || found === undefined) return { state: "missing", fields: [] };
    const [expected] = print.hashes;
    const fields: Difference[] = [];
    if (!print.hashes.includes(found)) fields.push({ field: "body", expected, found });
    fields.push(...stateDifferences(wanted, state, (keyword) => keepsKeyword(permanentFlags, keyword)));
    return { state: fields.length === 0 ? "same" : "different", fields };
  }, signal);
}
