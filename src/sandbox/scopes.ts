import { grants } from "./roles.js";

/** Delegated permissions that the sandbox knows (permissions reference, "Delegated"). */
export const ALL_SCOPES: readonly string[] = [
  "User.Read", "User.ReadBasic.All", "User.Read.All", "Organization.Read.All", "GroupMember.Read.All", "Group.Read.All", "Mail.Read", "MailboxSettings.Read", "Calendars.Read", "Contacts.Read",
  "Files.Read", "Files.Read.All", "Sites.Read.All", "Team.ReadBasic.All", "TeamMember.Read.All", "Channel.ReadBasic.All", "ChannelMember.Read.All", "ChannelMessage.Read.All", "TeamsTab.Read.All",
  "Chat.Read", "Tasks.Read", "Notes.Read", "Notes.Read.All",
];
/** Asked for beside them; they open nothing in Graph ("Scopes and permissions in the Microsoft identity platform", OpenID Connect scopes). */
const OF_OPENID: ReadonlySet<string> = new Set(["openid", "profile", "email", "offline_access"]);

/** Delegated permissions that open what an application permission of another name does: of one's own, and of whatever one may reach. */
const NAMED_OTHERWISE: Readonly<Record<string, { readonly own: readonly string[]; readonly wide: readonly string[] }>> = {
  "User.Read.All": { own: ["User.Read"], wide: ["User.ReadBasic.All", "User.Read.All"] },
  "Files.Read.All": { own: ["Files.Read"], wide: ["Files.Read.All", "Sites.Read.All"] },
  "Chat.ReadBasic.All": { own: ["Chat.Read"], wide: [] },
  "Chat.Read.All": { own: ["Chat.Read"], wide: [] },
  "Tasks.Read.All": { own: ["Tasks.Read"], wide: [] },
  "Notes.Read.All": { own: ["Notes.Read"], wide: ["Notes.Read.All"] },
};

export interface AskedScopes {
  /** Permissions of Graph, without its address. */
  readonly graph: readonly string[];
  readonly openId: readonly string[];
}

/** The `scope` of a request: `{resource}/{permission}`, or the permission alone, which then is Graph's; undefined when one is known to nobody. */
export function askedScopes(root: string, text: string): AskedScopes | undefined {
  const names = text.split(" ").filter((name) => name !== "").map((name) => (name.startsWith(`${root}/`) ? name.slice(root.length + 1) : name));
  const openId = names.filter((name) => OF_OPENID.has(name));
  const graph = names.filter((name) => !OF_OPENID.has(name));
  const known = graph.map((name) => ALL_SCOPES.find((scope) => scope.toLowerCase() === name.toLowerCase()));
  return known.every((name) => name !== undefined) ? { graph: known, openId } : undefined;
}

/** Whether delegated permissions open a path that applications need `role` for. `own`: it leads to what is the person's own. */
export function delegates(held: readonly string[], role: string, own: boolean): boolean {
  const named = NAMED_OTHERWISE[role];
  if (named !== undefined) return [...named.wide, ...(own ? named.own : [])].some((scope) => held.includes(scope));
  // Without "All", it is what belongs to the person who signed in (permissions reference, "Microsoft Graph permission names").
  return (own || role.endsWith(".All")) && grants(held, role);
}
