import type { AppendResponseObject } from "imapflow";
import { ExodusError } from "../../core/errors.js";
import type { CanonicalMessage } from "./canonical.js";
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
  // The library answers undefined, undeclared, when the connection ended before the command.
  const answered: AppendResponseObject | false | undefined = await connections.run(async (client) => {
    const limit = client.capabilities.get("APPENDLIMIT");
    if (typeof limit === "number" && message.bytes.length > limit) {
      throw new ExodusError("ITEM_TOO_LARGE", { params: { size: message.bytes.length, limit } });
    }
    if (message.hasNul && !client.capabilities.has("BINARY")) {
      throw new ExodusError("TARGET_MAIL_NUL", { params: { target: connections.access.target } });
    }
    return client.append(mailbox, message.bytes, [...flags], internalDate);
  }, signal);
  if (answered === false || answered === undefined) throw new ExodusError("TARGET_CONNECTION", { params: { target: connections.access.target, reason: "APPEND" } });
  if (answered.uid !== undefined && answered.uidValidity !== undefined) return { uid: answered.uid, uidValidity: answered.uidValidity };
  // Newest first: the same bytes may stand there already as somebody else's.
  const found = await locate(connections, mailbox, { message, internalDate }, { accept: () => Promise.resolve(true), newest: true }, signal);
  if (found === undefined) throw new ExodusError("TARGET_PASSING", { params: { target: connections.access.target, reason: "the appended message is not there" } });
  return found;
}
