import { decodeJwt, errors } from "jose";

/** Wider permissions that cover a narrower one, of applications and, with the names of `delegatedName`, of people ("Higher privileged permissions" in the permission tables of the pages that the readers name). */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  "User.Read.All": ["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  "GroupMember.Read.All": ["GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  "Group-Conversation.Read.All": ["Group-Conversation.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All"],
  "Organization.Read.All": ["Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  "Files.Read.All": ["Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"],
  "Sites.Read.All": ["Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"],
  "Sites.Selected": ["Sites.Read.All", "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"],
  "Team.ReadBasic.All": ["TeamSettings.Read.All", "TeamSettings.ReadWrite.All"],
  "User.Read": ["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  "Files.Read": ["Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"],
  "Notes.Read": ["Notes.Read.All", "Notes.ReadWrite.All"],
  "Channel.ReadBasic.All": ["ChannelSettings.Read.All", "ChannelSettings.ReadWrite.All"],
};

/**
 * Permissions that Exchange Online can also grant by itself, for some mailboxes only ("Role Based Access Control for Applications in Exchange Online"), and that an
 * application access policy can narrow (concepts/auth-limit-mailbox-access): whether they hold differs from mailbox to mailbox.
 */
export const OF_MAILBOXES: ReadonlySet<string> = new Set(["Mail.Read", "Calendars.Read", "Contacts.Read", "MailboxSettings.Read"]);

/** True when the permissions held cover the one needed; writing covers reading. */
export function covers(held: readonly string[], needed: string): boolean {
  return [needed, needed.replace(".Read", ".ReadWrite"), ...(WIDER[needed] ?? [])].some((permission) => held.includes(permission));
}

/**
 * Permissions that a token names: an application's in the claim `roles`, a person's in `scp` ("Access token claims reference"), absent when there are none.
 * Microsoft keeps the form of such a token to itself ("Access tokens", Validate tokens), so this explains a refusal and decides nothing; undefined when the
 * token cannot be read.
 */
export function grantedTo(token: string): readonly string[] | undefined {
  try {
    const { roles, scp } = decodeJwt(token);
    if (typeof scp === "string") return scp.split(" ");
    return Array.isArray(roles) ? roles.map(String) : [];
  } catch (thrown) {
    if (thrown instanceof errors.JWTInvalid) return undefined;
    throw thrown;
  }
}
