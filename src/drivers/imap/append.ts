import type { AppendResponseObject } from "imapflow";
import { ExodusError } from "../../core/errors.js";
import { printOf, type CanonicalMessage } from "./canonical.js";
import type { Connections } from "./connections.js";
import { locate } from "./locate.js";
import type { MessageRef } from "./ref.js";

export interface Appending {
  readonly message: CanonicalMessage;
  /** System flags and keywords; keywords are atoms. */
  readonly flags: readonly string[];
  /** Absent: the server takes the present time. */
  readonly internalDate?: Date | undefined;
}

/**
 * APPEND (RFC 3501 §6.3.11); answers the message's address from APPENDUID (RFC 4315 §3), else by looking for it.
 * @throws ExodusError ITEM_TOO_LARGE over the announced APPENDLIMIT (RFC 7889); TARGET_MAIL_NUL without BINARY (RFC 3516).
 */
export async function append(connections: Connections, mailbox: string, appending: Appending, signal: AbortSignal): Promise<MessageRef> {
  const { message, flags, internalDate } = appending;
  const limit = await appendLimit(connections, mailbox, signal);
  if (limit !== undefined && message.bytes.length > limit) throw new ExodusError("ITEM_TOO_LARGE", { params: { size: message.bytes.length, limit } });
  // The library answers undefined, undeclared, when the connection ended before the command.
  const answered: AppendResponseObject | false | undefined = await connections.run(async (client) => {
    if (message.hasNul && !client.capabilities.has("BINARY")) {
      throw new ExodusError("TARGET_MAIL_NUL", { params: { target: connections.access.target } });
    }
    return client.append(mailbox, message.bytes, [...flags], internalDate);
  }, signal);
  if (answered === false || answered === undefined) throw new ExodusError("TARGET_CONNECTION", { params: { target: connections.access.target, reason: "APPEND" } });
  if (answered.uid !== undefined && answered.uidValidity !== undefined) return { uid: answered.uid, uidValidity: answered.uidValidity };
  // Newest first: the same bytes may stand there already as somebody else's.
  const found = await locate(connections, mailbox, { print: await printOf([message.bytes]), internalDate }, { accept: () => Promise.resolve(true), newest: true }, signal);
  if (found === undefined) throw new ExodusError("TARGET_PASSING", { params: { target: connections.access.target, reason: "the appended message is not there" } });
  return found;
}

/** By account and mailbox; what a server says of itself is asked for once. */
const limits = new WeakMap<Connections, Map<string, Promise<number | undefined>>>();

/** The largest message that the mailbox takes: one for the whole server, or, where the capability has no value, the one that selecting tells (RFC 7889 sections 2 and 3). */
function appendLimit(connections: Connections, mailbox: string, signal: AbortSignal): Promise<number | undefined> {
  const known = limits.get(connections) ?? new Map<string, Promise<number | undefined>>();
  limits.set(connections, known);
  const limit = known.get(mailbox) ?? ask();
  known.set(mailbox, limit);
  limit.catch(() => known.delete(mailbox));
  return limit;

  async function ask(): Promise<number | undefined> {
    const told = await connections.run((client) => Promise.resolve(client.capabilities.get("APPENDLIMIT")), signal);
    if (told === undefined || typeof told === "number") return told;
    return connections.within(mailbox, (_client, { appendlimit: own }) => Promise.resolve(own), signal);
  }
}
