import type { WorkloadName } from "../../core/item.js";

interface DelegatedScope {
  readonly workload: WorkloadName;
  readonly scope: string;
  /** Pages of the API reference whose tables name it, delegated, least privileged of what reads all that is asked for. */
  readonly source: string;
}

/** Asked for whatever is read: `/me` (user-get). OpenID's scopes and `offline_access`, for the refresh token, are added by MSAL. */
export const ME_SCOPE = "User.Read";

/**
 * Least delegated permissions to read what is one's own. To each a person may consent alone, as far as the tenant lets people consent (microsoft-graph-devx-content@6cbd6bb,
 * permissions.json, DelegatedWork, requiresAdminConsent: false). What only an administrator grants is not asked for, since one such permission has the whole
 * sign-in refused: tabs of chats (TeamsTab.Read.All) are then a named loss, the directory is not read (`beyond`).
 */
export const DELEGATED_SCOPES: readonly DelegatedScope[] = [
  { workload: "mail", scope: "Mail.Read", source: "user-list-mailfolders, message-delta, message-get (MIME: outlook-get-mime-message)" },
  { workload: "calendar", scope: "Calendars.Read", source: "user-list-calendars, calendar-list-events, event-get, event-list-attachments" },
  { workload: "contacts", scope: "Contacts.Read", source: "user-list-contactfolders, contact-delta, profilephoto-get" },
  { workload: "files", scope: "Files.Read", source: "drive-list, driveitem-delta, driveitem-list-versions, driveitem-list-permissions" },
  { workload: "chats", scope: "Chat.Read", source: "chat-list, chat-list-messages, chat-list-pinnedmessages, chatmessagehostedcontent-get" },
  { workload: "tasks", scope: "Tasks.Read", source: "todo-list-lists, todotask-delta, todotask-list-attachments" },
  { workload: "notes", scope: "Notes.Read", source: "onenote-list-notebooks, section-list-pages, page-get, resource-get" },
  { workload: "settings", scope: "MailboxSettings.Read", source: "user-get-mailboxsettings, mailfolder-list-messagerules, outlookuser-list-mastercategories" },
  { workload: "settings", scope: "Mail.Read", source: "mailfolder-get, inferenceclassification-list-overrides" },
];

/** What a sign-in asks for to read these workloads. */
export function scopesOf(workloads: ReadonlySet<WorkloadName>): readonly string[] {
  return [...new Set([ME_SCOPE, ...DELEGATED_SCOPES.filter(({ workload }) => workloads.has(workload)).map(({ scope }) => scope)])];
}

/** Where the permission that applications need has another name for people. */
const NAMED_OTHERWISE: Readonly<Record<string, string>> = {
  "User.Read.All": ME_SCOPE, "Files.Read.All": "Files.Read", "Chat.Read.All": "Chat.Read", "Tasks.Read.All": "Tasks.Read", "Notes.Read.All": "Notes.Read",
};

/** The delegated permission that reads of one's own what `application` reads of everybody's. */
export function delegatedName(application: string): string {
  return NAMED_OTHERWISE[application] ?? application;
}
