import { asExodusError } from "../core/errors.js";
import type { GraphClient } from "./client/client.js";
import type { GraphMailboxSettings } from "./map/graph-settings.js";
import { purposeOf } from "./map/mailbox-settings.js";

/** What somebody's mailbox is for (user-get-mailboxsettings, "userPurpose"); "none" without one, undefined when it may not be asked or this cloud does not tell. */
export async function mailboxKind(client: GraphClient, { id, guest }: { readonly id: string; readonly guest?: boolean }, cloudLacks: ReadonlySet<string>, signal: AbortSignal): Promise<string | undefined> {
  if (guest === true) return "none";
  if (cloudLacks.has("user.mailboxSettings")) return undefined;
  try {
    return purposeOf(await client.get<GraphMailboxSettings>(`/users/${id}/mailboxSettings`, { signal, key: `graph:mailbox:${id}`, permission: "MailboxSettings.Read" }));
  } catch (thrown) {
    const { code } = asExodusError(thrown);
    if (code === "GRAPH_CONSENT") return undefined;
    if (!["GRAPH_NO_MAILBOX", "GRAPH_NOT_FOUND"].includes(code)) throw thrown;
    return "none";
  }
}
