/** Application permissions that the registered application holds unless the tenant folder says otherwise. */
export const ALL_ROLES: readonly string[] = [
  "User.Read.All", "Organization.Read.All", "Group.Read.All", "Mail.Read", "MailboxSettings.Read", "Calendars.Read", "Contacts.Read", "Files.Read.All", "Sites.Read.All",
  "Team.ReadBasic.All", "TeamMember.Read.All", "Channel.ReadBasic.All", "ChannelMember.Read.All", "ChannelMessage.Read.All", "TeamsTab.Read.All", "Chat.Read.All",
  "Tasks.Read.All", "Notes.Read.All",
];

/** Wider permissions that cover a narrower one (permission tables of user-list, group-list, group-list-threads, driveitem-get, "Application", higher privileged). */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  "User.Read.All": ["Directory.Read.All", "Directory.ReadWrite.All"],
  "GroupMember.Read.All": ["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  "Organization.Read.All": ["Directory.Read.All", "Directory.ReadWrite.All"],
  "Group.Read.All": ["Directory.Read.All", "Directory.ReadWrite.All"],
  "Group-Conversation.Read.All": ["Group.Read.All", "Group.ReadWrite.All"],
  "Chat.ReadBasic.All": ["Chat.Read.All", "Chat.ReadWrite.All"],
  "Files.Read.All": ["Sites.Read.All", "Sites.ReadWrite.All"],
};

/** True when the permissions held cover the one needed; writing covers reading. */
export function grants(held: readonly string[], needed: string): boolean {
  return [needed, needed.replace(".Read", ".ReadWrite"), ...(WIDER[needed] ?? [])].some((role) => held.includes(role));
}
