import { userOf } from "./directory.js";
import { grants } from "./roles.js";
import type { TenantStore } from "./tenant/store.js";

/** What Exchange Online looks after itself (concepts/auth-limit-mailbox-access, "Supported permissions"). */
const OF_MAILBOXES: ReadonlySet<string> = new Set(["Mail.Read", "MailboxSettings.Read", "Calendars.Read", "Contacts.Read"]);

/** Whether an application with these permissions may ask for a user's things; `user` is an id or user principal name. */
export type Access = (held: readonly string[], needed: string, user: string | undefined) => boolean;

/** Permissions as Entra grants them; for mailboxes also as Exchange Online does (`mailboxRoles`), and only where it lets the application in (`mailboxScope`). */
export function accessOf(store: TenantStore): Access {
  const { mailboxScope, mailboxRoles = [] } = store.tenant;
  const scope = mailboxScope === undefined ? undefined : new Set(mailboxScope.map((name) => name.toLowerCase()));
  return (held, needed, user) => {
    if (user === undefined || !OF_MAILBOXES.has(needed)) return grants(held, needed);
    if (!grants(held, needed) && !grants(mailboxRoles, needed)) return false;
    return scope === undefined || scope.has(userOf(store, user).name.toLowerCase());
  };
}
