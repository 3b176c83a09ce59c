import type { ImapFlow } from "imapflow";
import { execute, mailboxWord, refusalWords, type Attribute } from "./command.js";

/**
 * Has a mailbox marked with a special use, or with none (RFC 6154 section 4: the entry "/private/specialuse" of METADATA, RFC 5464). Answers whether it is: a server
 * without the entry, or one that refuses, leaves the mailbox as it is, which is then found by its name alone.
 */
export async function markUse(client: ImapFlow, mailbox: string, use: string | null): Promise<boolean> {
  if (!client.capabilities.has("METADATA") || !client.capabilities.has("SPECIAL-USE")) return false;
  const entry: readonly Attribute[] = [{ type: "ATOM", value: "/private/specialuse" }, use === null ? null : { type: "STRING", value: use }];
  return execute(client, "SETMETADATA", [mailboxWord(client, mailbox), entry]).then(() => true, (thrown: unknown) => {
    // Throws what is no refusal.
    refusalWords(thrown);
    return false;
  });
}
