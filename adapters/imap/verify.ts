import type { Verdict } from "../../src/core/adapter.js";
import { contentHash, type CanonicalMessage } from "../../src/drivers/imap/canonical.js";
import type { Connections } from "../../src/drivers/imap/connections.js";
import { keepsKeyword } from "../../src/drivers/imap/flags.js";
import { sameSecond } from "../../src/drivers/imap/locate.js";
import { readContentHash, readState, type MessageState } from "../../src/drivers/imap/read.js";
import type { MessageRef } from "../../src/drivers/imap/ref.js";
import type { WantedState } from "./mapping.js";

type Field = Verdict["fields"][number];

export interface Expected {
  readonly message: CanonicalMessage;
  readonly wanted: WantedState;
}

/** Reads the message back, every byte, and compares it with the record. Keywords that the mailbox cannot keep are not asked for. */
export function verifyMessage(connections: Connections, mailbox: string, ref: MessageRef, { message, wanted }: Expected, signal: AbortSignal): Promise<Verdict> {
  return connections.within(mailbox, async (client, { uidValidity, permanentFlags }): Promise<Verdict> => {
    const state = uidValidity === ref.uidValidity ? await readState(client, ref.uid) : undefined;
    const found = state === undefined ? undefined : await readContentHash(client, ref.uid);
    if (state === undefined || found === undefined) return { state: "missing", fields: [] };
    const expected = contentHash(message.bytes);
    const fields: Field[] = [];
    // A client without BINARY sees NUL as 0x80 (Dovecot); the stored byte is right.
    if (found !== expected && !(message.hasNul && found === contentHash(message.bytes, true))) fields.push({ field: "body", expected, found });
    fields.push(...stateDifferences(wanted, state, (keyword) => keepsKeyword(permanentFlags, keyword)));
    return { state: fields.length === 0 ? "same" : "different", fields };
  }, signal);
}

function stateDifferences(wanted: WantedState, { flags, internalDate }: MessageState, keeps: (keyword: string) => boolean): Field[] {
  const fields: Field[] = [];
  if (wanted.internalDate !== undefined && !sameSecond(internalDate, wanted.internalDate)) {
    fields.push({ field: "receivedAt", expected: wanted.internalDate.toISOString(), found: internalDate.toISOString() });
  }
  const standing = new Set([...flags].map((flag) => flag.toLowerCase()));
  for (const [field, flag] of [["isRead", "\\Seen"], ["flag", "\\Flagged"], ["isDraft", "\\Draft"]] as const) {
    const expected = wanted.system.includes(flag);
    if (standing.has(flag.toLowerCase()) !== expected) fields.push({ field, expected: String(expected), found: String(!expected) });
  }
  const missing = wanted.keywords.filter((keyword) => keeps(keyword) && !standing.has(keyword.toLowerCase()));
  if (missing.length > 0) fields.push({ field: "categories", expected: missing.join(" "), found: "" });
  return fields;
}
