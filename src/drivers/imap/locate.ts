import type { SearchObject } from "imapflow";
import { ExodusError } from "../../core/errors.js";
import { sameSecond } from "../../lib/same-second.js";
import type { MessagePrint } from "./canonical.js";
import type { Connections } from "./connections.js";
import { readContentHash, readState } from "./read.js";
import type { MessageRef } from "./ref.js";

const DAY_MS = 86_400_000;

export interface Wanted {
  readonly print: MessagePrint;
  readonly internalDate?: Date | undefined;
}

export interface Choice {
  /** Asked before a candidate is read; false = somebody else's. */
  accept(ref: MessageRef): Promise<boolean>;
  /** Start with the latest arrival. */
  readonly newest?: boolean;
}

/** Finds a message by internal date, exact size and Message-ID, and confirms it by the SHA-256 of its bytes. */
export async function locate(connections: Connections, mailbox: string, wanted: Wanted, choice: Choice, signal: AbortSignal): Promise<MessageRef | undefined> {
  return connections.within(mailbox, async (client, { uidValidity }) => {
    const uids = await client.search(criteria(wanted), { uid: true });
    // A refused search must not read as "not there": the message would be appended twice.
    if (!Array.isArray(uids)) throw new ExodusError("TARGET_REFUSED_ITEM", { params: { target: connections.access.target, reason: "SEARCH" } });
    for (const uid of uids.sort((a, b) => (choice.newest === true ? b - a : a - b))) {
      const ref = { uidValidity, uid };
      if (!(await choice.accept(ref))) continue;
      const state = await readState(client, uid);
      if (state === undefined || state.size !== wanted.print.size) continue;
      if (wanted.internalDate !== undefined && !sameSecond(state.internalDate, wanted.internalDate)) continue;
      if (wanted.print.hashes.includes((await readContentHash(client, uid)) ?? "")) return ref;
    }
    return undefined;
  }, signal);
}

/** SINCE and BEFORE compare days and disregard the zone (RFC 3501 §6.4.4): one day is added on each side. */
function criteria({ print, internalDate }: Wanted): SearchObject {
  const { size } = print;
  const query: SearchObject = { smaller: size + 1 };
  if (size > 0) query.larger = size - 1;
  if (print.messageId !== undefined) query.header = { "message-id": print.messageId };
  if (internalDate !== undefined) {
    query.since = new Date(internalDate.getTime() - DAY_MS);
    query.before = new Date(internalDate.getTime() + 2 * DAY_MS);
  }
  return query;
}
