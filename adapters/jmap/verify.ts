import type { TargetRef, Verdict } from "../../src/core/adapter.js";
import { blobHash, readEmail, type MailAccess } from "../../src/drivers/jmap/emails.js";
import { flagOf } from "../../src/drivers/jmap/keywords.js";
import { stateDifferences, type Difference, type WantedState } from "../../src/kit/mail-state.js";
import { readEtag } from "./etag.js";

export interface Expected {
  readonly ref: TargetRef;
  readonly mailbox: string;
  readonly sha256: string;
  readonly wanted: WantedState;
}

/** Reads the message back, every byte, and compares it with the record. One that the server rewrote, which was told as a loss, must be what it was then; other fields that it did not keep are not asked for. */
export async function verifyMessage(mail: MailAccess, { ref, mailbox, sha256, wanted }: Expected, signal: AbortSignal): Promise<Verdict> {
  const email = await readEmail(mail, ref.id, signal);
  const found = email?.mailboxes.has(mailbox) === true ? await blobHash(mail, email.blobId, signal) : undefined;
  if (email === undefined || found === undefined) return { state: "missing", fields: [] };
  const { source, stored, unkept } = readEtag(ref);
  const told = source === sha256 ? stored : sha256;
  const fields: Difference[] = [];
  if (found !== sha256 && found !== told) fields.push({ field: "body", expected: told, found });
  fields.push(...stateDifferences(wanted, { flags: new Set([...email.keywords].map(flagOf)), internalDate: email.receivedAt }).filter(({ field }) => !unkept.some((one) => one === field)));
  return { state: fields.length === 0 ? "same" : "different", fields };
}
