import { userOf } from "./directory.js";
import { drivesOf } from "./drive/item.js";
import { delegates } from "./scopes.js";
import { TeamsStore } from "./teams/teams-store.js";
import { ownerById } from "./tenant/owner-by-id.js";
import type { OwnerFile, TenantStore } from "./tenant/store.js";

/** Whether somebody who is signed in may ask for a path; `role`: what an application needs for it. */
export type DelegatedAccess = (person: string, scopes: readonly string[], role: string, params: Readonly<Record<string, string>>) => boolean;

/** What of others' the service shows to a colleague who holds the permission: their cards in the directory, and notebooks, as if all were shared. */
const SHOWN_TO_COLLEAGUES: ReadonlySet<string> = new Set(["User.Read.All", "Notes.Read.All"]);

type Reach = "own" | "shared" | "closed";

/**
 * "The least privileged intersection of the delegated permissions the app has been granted and the privileges of the currently signed-in user" (permissions
 * reference, "Effective permissions"): a person has the own mailbox, drive, tasks and notebooks, the chats and groups of which a member, and the sites.
 */
export function delegatedAccess(store: TenantStore): DelegatedAccess {
  const teams = new TeamsStore(store);
  const isMember = (me: OwnerFile, group: OwnerFile): boolean => ["members", "owners"].some((list) => {
    const names = group.profile[list];
    return Array.isArray(names) && names.some((name) => String(name).toLowerCase() === me.name.toLowerCase());
  });
  const reachOf = (me: OwnerFile | undefined, role: string, { user, drive, chat, group, team, plan, bucket, task }: Readonly<Record<string, string>>): Reach => {
    const others: Reach = SHOWN_TO_COLLEAGUES.has(role) ? "shared" : "closed";
    if (user !== undefined) return userOf(store, user) === me ? "own" : others;
    if (group !== undefined || team !== undefined) {
      const found = ownerById(store).get((group ?? team ?? "").toLowerCase());
      return me !== undefined && found !== undefined && isMember(me, found) ? "shared" : others;
    }
    if (me === undefined) return drive === undefined && chat === undefined ? "shared" : "closed";
    if (chat !== undefined) return teams.chatsOf(me).some(({ id }) => id === chat) ? "own" : "closed";
    if (drive !== undefined) {
      const owner = [...store.owners.values()].find((one) => drivesOf(store, one).some(({ id }) => id === drive));
      if (owner === undefined || owner.kind === "site") return "shared";
      return owner === me ? "own" : owner.kind === "group" && isMember(me, owner) ? "shared" : "closed";
    }
    return [plan, bucket, task].some((id) => id !== undefined) ? "closed" : "shared";
  };
  return (person, scopes, role, params) => {
    const me = ownerById(store).get(person);
    const reach = reachOf(me, role, params);
    return reach !== "closed" && delegates(scopes, role, reach === "own");
  };
}
