import { asExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import type { GraphClient } from "./client.js";

/** Application permission that lists groups without their content (permission table of group-list). */
export const GROUPS_PERMISSION = "GroupMember.Read.All";
/** Application permission of site-getallsites, site-get and site-list-subsites. */
export const SITES_PERMISSION = "Sites.Read.All";

interface GraphUser {
  readonly id: string;
  readonly userPrincipalName?: string | null;
  readonly displayName?: string | null;
  readonly mail?: string | null;
  readonly userType?: string | null;
}

/** Members, shared mailboxes among them; guests have no content of their own in the tenant. */
export async function* users(client: GraphClient, signal: AbortSignal): AsyncIterable<Owner> {
  const query = { $select: "id,userPrincipalName,displayName,mail,userType", $top: 999 };
  for await (const page of client.pages<GraphUser>("/users", { signal, query, permission: "User.Read.All" })) {
    for (const user of page.value) {
      if (user.userType === "Guest") continue;
      const name = user.userPrincipalName ?? user.id;
      yield { id: user.id, name, kind: "user", displayName: user.displayName ?? name, ...(user.mail === null || user.mail === undefined ? {} : { mail: user.mail }) };
    }
  }
}

interface GraphGroup {
  readonly id: string;
  readonly displayName?: string | null;
  readonly mail?: string | null;
  readonly mailNickname?: string | null;
  readonly groupTypes?: readonly string[] | null;
}

/** Microsoft 365 groups, which have a site and its libraries; security and distribution groups have no content (api-reference/v1.0/resources/groups-overview). */
export async function* groups(client: GraphClient, signal: AbortSignal): AsyncIterable<Owner> {
  const query = { $select: "id,displayName,mail,mailNickname,groupTypes", $top: 999 };
  for await (const page of client.pages<GraphGroup>("/groups", { signal, query, permission: GROUPS_PERMISSION })) {
    for (const group of page.value) {
      if (group.groupTypes?.includes("Unified") !== true) continue;
      const name = group.mail ?? group.mailNickname ?? group.id;
      yield { id: group.id, name, kind: "group", displayName: group.displayName ?? name, ...(group.mail === null || group.mail === undefined ? {} : { mail: group.mail }) };
    }
  }
}

interface GraphSite {
  readonly id: string;
  readonly displayName?: string | null;
  readonly name?: string | null;
  readonly webUrl?: string | null;
  readonly isPersonalSite?: boolean | null;
}

/**
 * Sites that are neither a person's (OneDrive reads those) nor a group's, subsites included, each once. `getAllSites` is for applications only
 * and tells the tops of site collections (api-reference/v1.0/api/site-getallsites); what is below comes from `/sites/{id}/sites`.
 */
export async function* sites(client: GraphClient, signal: AbortSignal): AsyncIterable<Owner> {
  const ofGroups = new Set<string>();
  for await (const group of groups(client, signal)) ofGroups.add(await siteOfGroup(client, group, signal));
  yield* sitesOf(client, "/sites/getAllSites", { ofGroups, told: new Set() }, signal);
}

async function* sitesOf(client: GraphClient, path: string, known: { readonly ofGroups: ReadonlySet<string>; readonly told: Set<string> }, signal: AbortSignal): AsyncIterable<Owner> {
  for await (const page of client.pages<GraphSite>(path, { signal, permission: SITES_PERMISSION })) {
    for (const site of page.value) {
      if (site.isPersonalSite === true || known.told.has(site.id)) continue;
      known.told.add(site.id);
      const name = site.webUrl?.replace(/^https:\/\//, "") ?? site.id;
      // A group's site is read with the group; sites below it are not.
      if (!known.ofGroups.has(site.id)) yield { id: site.id, name, kind: "site", displayName: site.displayName ?? site.name ?? name };
      yield* sitesOf(client, `/sites/${site.id}/sites`, known, signal);
    }
  }
}

/** A group without a site (made by mail alone, or deleted) has none to leave out. */
async function siteOfGroup(client: GraphClient, group: Owner, signal: AbortSignal): Promise<string> {
  try {
    return (await client.get<GraphSite>(`/groups/${group.id}/sites/root`, { signal, permission: SITES_PERMISSION, query: { $select: "id" } })).id;
  } catch (thrown) {
    if (!["GRAPH_NOT_FOUND", "GRAPH_NO_MAILBOX"].includes(asExodusError(thrown).code)) throw thrown;
    return "";
  }
}
