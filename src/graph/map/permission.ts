import type { Grantee, Permission, Permissions } from "../../format/permissions.js";
import type { Maybe } from "./graph-event.js";

/** Graph `identity`, open: an address comes for people, a login name for what the site knows (resources/identity, resources/sharepointidentity). */
export interface GraphIdentity {
  readonly id?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly email?: Maybe<string>;
  readonly loginName?: Maybe<string>;
  /** Of a group of a container (resources/sharepointgroupidentity). */
  readonly title?: Maybe<string>;
}

/** Graph `sharePointIdentitySet` (resources/sharepointidentityset): `siteUser` repeats `user` or `group` as the site knows it. */
export type GraphIdentitySet = Readonly<Partial<Record<"user" | "group" | "application" | "device" | "siteUser" | "siteGroup" | "sharePointGroup", GraphIdentity | null>>>;

/** Graph `permission` (api-reference/v1.0/resources/permission). The properties without V2 are deprecated and still come alone from older clouds. */
export interface GraphPermission {
  readonly id?: Maybe<string>;
  readonly roles?: Maybe<readonly string[]>;
  readonly grantedToV2?: Maybe<GraphIdentitySet>;
  readonly grantedTo?: Maybe<GraphIdentitySet>;
  readonly grantedToIdentitiesV2?: Maybe<readonly GraphIdentitySet[]>;
  readonly grantedToIdentities?: Maybe<readonly GraphIdentitySet[]>;
  readonly invitation?: Maybe<{ readonly email?: Maybe<string> }>;
  readonly inheritedFrom?: Maybe<object>;
  readonly link?: Maybe<{
    readonly type?: Maybe<string>; readonly scope?: Maybe<string>; readonly webUrl?: Maybe<string>; readonly preventsDownload?: Maybe<boolean>; readonly application?: Maybe<GraphIdentity>;
  }>;
  readonly expirationDateTime?: Maybe<string>;
  readonly hasPassword?: Maybe<boolean>;
}

/**
 * Rights of a file's or folder's own; undefined when it has only those of the folder above. An inherited one carries `inheritedFrom`, on business
 * drives an empty one (seen by others: learn.microsoft.com/answers/questions/1656607). `top`: nothing in the drive stands above, so what a library
 * inherits from its site is kept as well. In the order of ids, since Graph promises none.
 */
export function permissionsOf(listed: readonly GraphPermission[], top: boolean): Permissions | undefined {
  const isInherited = ({ inheritedFrom }: GraphPermission): boolean => !top && inheritedFrom !== undefined && inheritedFrom !== null;
  // The link that anybody with access already can copy grants nothing (resources/permission, "Existing access link").
  const own = listed.filter((one) => !isInherited(one) && one.link?.scope !== "existingAccess");
  if (own.length === 0) return undefined;
  return { inherits: listed.some(isInherited), granted: own.map(permissionOf).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)) };
}

function permissionOf(told: GraphPermission): Permission {
  const { link } = told;
  const sets = link === undefined || link === null ? [told.grantedToV2 ?? told.grantedTo] : (told.grantedToIdentitiesV2 ?? told.grantedToIdentities ?? []);
  const to = sets.flatMap((set) => (set === undefined || set === null ? [] : [granteeOf(set)])).sort((a, b) => (sortText(a) < sortText(b) ? -1 : 1));
  return {
    id: told.id ?? "", roles: [...(told.roles ?? [])].sort(), to,
    ...(link === undefined || link === null ? {} : {
      link: {
        ...given("type", link.type), ...given("scope", link.scope), ...given("url", link.webUrl), preventsDownload: link.preventsDownload === true,
        ...given("application", link.application?.displayName ?? link.application?.id),
      },
    }),
    ...given("invited", told.invitation?.email), ...given("expiresAt", expiry(told.expirationDateTime)),
    ...(typeof told.hasPassword === "boolean" ? { hasPassword: told.hasPassword } : {}),
  };
}

const KINDS = [["user", "user"], ["group", "group"], ["application", "application"], ["device", "device"], ["siteGroup", "site-group"], ["sharePointGroup", "site-group"], ["siteUser", "unknown"]] as const;

/** The directory's word before the site's. */
function granteeOf(set: GraphIdentitySet): Grantee {
  const [name, kind] = KINDS.find(([one]) => set[one] !== undefined && set[one] !== null) ?? ["siteUser", "unknown"];
  const identity = set[name] ?? {};
  return {
    kind, ...given("id", identity.id), ...given("name", identity.displayName ?? identity.title), ...given("address", identity.email ?? set.siteUser?.email),
    ...given("login", set.siteUser?.loginName ?? identity.loginName),
  };
}

/** DateTime.MinValue stands for none (resources/permission, expirationDateTime). */
function expiry(text: Maybe<string>): string | undefined {
  if (text === undefined || text === null || text.startsWith("0001-")) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function given<K extends string>(name: K, value: string | null | undefined): { readonly [key in K]?: string } {
  return (value === undefined || value === null || value === "" ? {} : { [name]: value }) as { readonly [key in K]?: string };
}

function sortText({ id, login, address, name }: Grantee): string {
  return id ?? login ?? address ?? name ?? "";
}
