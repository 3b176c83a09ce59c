import { asExodusError } from "../core/errors.js";
import type { Owner } from "../core/item.js";
import type { AskedFacts, FoundOwner, OwnerAttribute } from "../core/source.js";
import type { GraphClient } from "./client/client.js";
import { attributesOf, GROUPS_PERMISSION, propertiesOf, withFacts, type GraphAttributes } from "./owner-facts.js";

/** Application permission of site-getallsites, site-get and site-list-subsites. */
export const SITES_PERMISSION = "Sites.Read.All";
/** Opens sites granted to the application one by one (concepts/permissions-selected-overview): enough to read sites that the configuration names. */
export const SELECTED_PERMISSION = "Sites.Selected";

/** What users, groups and sites have in common. */
interface Named {
  readonly id: string;
  readonly displayName?: string | null;
  readonly mail?: string | null;
}

interface GraphUser extends Named, GraphAttributes {
  readonly userPrincipalName?: string | null;
  readonly userType?: string | null;
}

export interface Kinds {
  /** Whether Microsoft 365 groups are owners too. */
  readonly groups: boolean;
  /** Whether those are owners too who have an entry in the directory and nothing else: guests, and groups without content where groups are read. */
  readonly entries: boolean;
  /** Whether SharePoint sites that belong to no group are owners too: all, none, or those at these addresses (without https://). */
  readonly sites: boolean | readonly string[];
  /** What is to be told of each owner beside its name. */
  readonly asked?: AskedFacts;
}

/** Everybody whose content is read, or those of some kinds: users first, then groups, then sites. Groups are listed for the sites' sake too: a group's own site is read with the group. */
export function owners(client: GraphClient, kinds: Kinds, signal: AbortSignal, only?: readonly Owner["kind"][]): AsyncIterable<FoundOwner> {
  const wanted = (kind: Owner["kind"]): boolean => only?.includes(kind) !== false;
  const found = ownersOf(client, { ...kinds, users: wanted("user"), groups: kinds.groups && wanted("group"), sites: wanted("site") && kinds.sites }, signal);
  return kinds.asked === undefined ? found : withFacts(client, kinds.asked, found, signal);
}

async function* ownersOf(client: GraphClient, kinds: Kinds & { readonly users: boolean }, signal: AbortSignal): AsyncIterable<FoundOwner> {
  if (kinds.users) yield* users(client, signal, kinds.entries, kinds.asked?.attributes);
  const named = namedSites(kinds);
  const ofGroups = new Set<string>();
  if (kinds.groups || kinds.sites === true) {
    for await (const group of groups(client, signal, kinds.groups && kinds.entries)) {
      if (kinds.groups) yield group;
      if (kinds.sites !== false && group.entryOnly !== true) ofGroups.add(await siteOfGroup(client, group, signal));
    }
  }
  for (const address of named) yield* siteAt(client, address, ofGroups, signal);
  if (kinds.sites === true) yield* sites(client, "/sites/getAllSites", { ofGroups, told: new Set() }, signal);
}

/** Members, shared mailboxes among them; guests, who have no content of their own in the tenant, where they are wanted. */
export async function* users(client: GraphClient, signal: AbortSignal, guests = false, attributes: readonly OwnerAttribute[] = []): AsyncIterable<FoundOwner> {
  const query = { $select: ["id,userPrincipalName,displayName,mail,userType", ...propertiesOf(attributes)].join(","), $top: 999 };
  for await (const page of client.pages<GraphUser>("/users", { signal, query, permission: "User.Read.All" })) {
    for (const user of page.value) {
      const guest = user.userType === "Guest";
      if (guest && !guests) continue;
      const name = user.userPrincipalName ?? user.id;
      const told = attributes.length === 0 ? {} : { facts: { groups: {}, attributes: attributesOf(user, attributes) } };
      yield { ...owner("user", user, name), ...(guest ? { guest } : {}), ...told };
    }
  }
}

/** Whoever is signed in (user-get, "/me"): the only owner whose content a person's sign-in reads. */
export async function* me(client: GraphClient, signal: AbortSignal): AsyncIterable<Owner> {
  const user = await client.get<GraphUser>("/me", { signal, query: { $select: "id,userPrincipalName,displayName,mail" }, permission: "User.Read.All" });
  yield owner("user", user, user.userPrincipalName ?? user.id);
}

interface GraphGroup extends Named {
  readonly mailNickname?: string | null;
  readonly groupTypes?: readonly string[] | null;
}

/**
 * Microsoft 365 groups, which have a site and its libraries; `all`: security and distribution groups too, which have no content (api-reference/v1.0/resources/groups-overview).
 * Nicknames are unique among Microsoft 365 groups only (resources/group, "mailNickname"): one without an address of its own is told apart by its id.
 */
export async function* groups(client: GraphClient, signal: AbortSignal, all = false): AsyncIterable<Owner> {
  const query = { $select: "id,displayName,mail,mailNickname,groupTypes", $top: 999 };
  for await (const page of client.pages<GraphGroup>("/groups", { signal, query, permission: GROUPS_PERMISSION })) {
    for (const group of page.value) {
      const entryOnly = group.groupTypes?.includes("Unified") !== true;
      if (entryOnly && !all) continue;
      const name = group.mail ?? (entryOnly ? `${group.displayName ?? ""} (${group.id.slice(0, 8)})`.trim() : group.mailNickname ?? group.id);
      yield { ...owner("group", group, name), ...(entryOnly ? { entryOnly } : {}) };
    }
  }
}

interface GraphSite extends Named {
  readonly name?: string | null;
  readonly webUrl?: string | null;
  readonly isPersonalSite?: boolean | null;
}

/**
 * Sites that are neither a person's (OneDrive reads those) nor a group's, subsites included, each once. `getAllSites` is for applications only
 * and tells the tops of site collections (api-reference/v1.0/api/site-getallsites); what is below comes from `/sites/{id}/sites`.
 */
async function* sites(client: GraphClient, path: string, known: { readonly ofGroups: ReadonlySet<string>; readonly told: Set<string> }, signal: AbortSignal): AsyncIterable<Owner> {
  for await (const page of client.pages<GraphSite>(path, { signal, permission: SITES_PERMISSION })) {
    for (const site of page.value) {
      if (site.isPersonalSite === true || known.told.has(site.id)) continue;
      known.told.add(site.id);
      const name = site.webUrl?.replace(/^https:\/\//, "") ?? site.id;
      // A group's site is read with the group; sites below it are owners of their own, and so are those below any other.
      if (!known.ofGroups.has(site.id)) yield owner("site", { ...site, displayName: site.displayName ?? site.name ?? null }, name);
      yield* sites(client, `/sites/${site.id}/sites`, known, signal);
    }
  }
}

/** Addresses of the sites that the configuration names. */
export function namedSites({ sites: told }: Kinds): readonly string[] {
  return typeof told === "boolean" ? [] : told;
}

/** Path of a site by its address, "host/path" (api-reference/v1.0/api/site-getbypath); the host alone is its root site (site-get). */
export function sitePath(address: string): string {
  const [host = "", ...names] = address.replace(/^https:\/\//, "").split("/").filter((name) => name !== "");
  const path = names.map((name) => encodeURIComponent(decoded(name))).join("/");
  return path === "" ? `/sites/${host}` : `/sites/${host}:/${path}`;
}

/** Addresses are copied from browsers, which may have encoded them. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (thrown) {
    if (thrown instanceof URIError) return name;
    throw thrown;
  }
}

/** One site by its address; none where there is no such site, which the configuration's owners are then told of. */
async function* siteAt(client: GraphClient, address: string, ofGroups: ReadonlySet<string>, signal: AbortSignal): AsyncIterable<Owner> {
  try {
    const site = await client.get<GraphSite>(sitePath(address), { signal, permission: SELECTED_PERMISSION });
    if (!ofGroups.has(site.id)) yield owner("site", { ...site, displayName: site.displayName ?? site.name ?? null }, address.replace(/^https:\/\/|\/$/g, ""));
  } catch (thrown) {
    if (asExodusError(thrown).code !== "GRAPH_NOT_FOUND") throw thrown;
  }
}

/** A group without a site (made by mail alone, or deleted) has none to leave out. */
export async function siteOfGroup(client: GraphClient, group: Owner, signal: AbortSignal): Promise<string> {
  try {
    return (await client.get<GraphSite>(`/groups/${group.id}/sites/root`, { signal, permission: SITES_PERMISSION, query: { $select: "id" } })).id;
  } catch (thrown) {
    if (!["GRAPH_NOT_FOUND", "GRAPH_NO_MAILBOX"].includes(asExodusError(thrown).code)) throw thrown;
    return "";
  }
}

function owner(kind: Owner["kind"], { id, displayName, mail }: Named, name: string): Owner {
  return { id, name, kind, displayName: displayName ?? name, ...(mail === null || mail === undefined ? {} : { mail }) };
}
