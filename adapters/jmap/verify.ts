import type { TargetRef, Verdict } from "../../src/core/adapter.js";
import { blobHash, readEmail, type Email, type MailAccess } from "../../src/drivers/jmap/emails.js";
import { flagOf } from "../../src/drivers/jmap/keywords.js";
import { stateDifferences, type Difference, type WantedState } from "../../src/kit/mail-state.js";
import { readEtag } from "./etag.js";

export interface Standing {
  readonly email: Email;
  /** SHA-256 of its bytes. */
  readonly found: string;
}

export interface Expected {
  readonly ref: TargetRef;
  readonly sha256: string;
  readonly wanted: WantedState;
}

/** Reads a message of a mailbox back, every byte; undefined when it is not there. */
export async function readStanding(mail: MailAccess, id: string, mailbox: string, signal: AbortSignal): Promise<Standing | undefined> {
  const email = await readEmail(mail, id, signal);
  const found = email?.mailboxes.has(mailbox) === true ? await blobHash(mail, email.blobId, signal) : undefined;
  return email === undefined || found === undefined ? undefined : { email, found };
}

/** Compares what stands with the record. A message that the server rewrote, which was told as a loss, must be what it was then; other fields that it did not keep are not asked for. */
export function compareMessage(standing: Standing | undefined, { ref, sha256, wanted }: Expected): Verdict {
  if (standing === undefined) return { state: "missing", fields: [] };
  const { email, found } = standing;
  const { source, stored, unkept } = readEtag(ref);
  const told = source === sha256 ? stored : sha256;
  const fields: Difference[] = [];
  if (found !== sha256 && found !== told) fields.push({ field: "body", expected: told, found });
  fields.push(...stateDifferences(wanted, { flags: new Set([...email.keywords].map(flagOf)), internalDate: email.receivedAt }).filter(({ field }) => !unkept.some((one) => one === field)));
  return { state: fields.length === 0 ? "same" : "different", fields };
}
