import type { Grantee, Permission, Permissions } from "../../format/permissions.js";

export type Role = "read" | "write" | "owner" | "other";

/** Somebody who has a right, and who that is at the target. */
export interface Holder {
  readonly kind: Grantee["kind"] | "organization";
  readonly name?: string;
  /** Address at the source. */
  readonly address?: string;
  /** Account at the target; absent when nobody knows one. */
  readonly account?: string;
  /** Not of the organisation. */
  readonly external: boolean;
}

export interface Link {
  /** "everybody": whoever has the address; "organisation": who signs in there; "named": those to whom the right is given. */
  readonly scope: "everybody" | "organisation" | "named" | "unknown";
  readonly preventsDownload: boolean;
  /** Absent: not told. */
  readonly hasPassword?: boolean;
}

/** One right in words that any target may understand. */
export interface Right {
  readonly role: Role;
  /** The source's own words, where `role` says "other" or less than they do. */
  readonly said: readonly string[];
  /** Empty for a link that is for all in its scope. */
  readonly holders: readonly Holder[];
  readonly link?: Link;
  /** ISO 8601 instant. */
  readonly expiresAt?: string;
}

export interface People {
  /** Account at the target of an address at the source, by the identity map. */
  account(address: string): string | undefined;
  /** Mail domains of the organisation, in lower case. */
  readonly domains: ReadonlySet<string>;
}

/** Roles as Graph documents them (resources/permission, "roles property values"), and SharePoint's by their names, without regard to case. */
const ROLES: Readonly<Record<string, Role>> = { read: "read", write: "write", owner: "owner", "sp.full control": "owner" };
/** What a link allows (resources/sharinglink, "type options"). */
const LINK_ROLES: Readonly<Record<string, Role>> = { view: "read", edit: "write" };
const SCOPES: Readonly<Record<string, Link["scope"]>> = { anonymous: "everybody", organization: "organisation", users: "named", existingAccess: "named" };
const STRENGTH: readonly Role[] = ["other", "read", "write", "owner"];

/** The rights of a file or folder, one for each that the source tells. Whether those of the folder above hold as well is for `inherits` to say. */
export function rightsOf({ granted }: Permissions, people: People): readonly Right[] {
  return granted.map((permission) => rightOf(permission, people));
}

function rightOf({ roles, to, link, invited, expiresAt, hasPassword }: Permission, people: People): Right {
  const told = [...roles.map((role) => lookUp(ROLES, role.toLowerCase()) ?? "other"), ...(link?.type === undefined ? [] : [lookUp(LINK_ROLES, link.type) ?? "other"])];
  const role = told.reduce<Role>((best, one) => (STRENGTH.indexOf(one) > STRENGTH.indexOf(best) ? one : best), "other");
  const words = [...roles, ...(link?.type === undefined ? [] : [link.type])];
  const holders = to.map((grantee) => holderOf(grantee, people));
  const guest = invited === undefined || holders.some(({ address }) => same(address, invited)) ? [] : [holderOf({ kind: "user", address: invited }, people)];
  return {
    role, said: told.every((one) => one === role) && role !== "other" ? [] : words, holders: [...holders, ...guest],
    ...(link === undefined ? {} : { link: { scope: lookUp(SCOPES, link.scope ?? "") ?? "unknown", preventsDownload: link.preventsDownload, ...(hasPassword === undefined ? {} : { hasPassword }) } }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function holderOf({ kind, name, address, login }: Grantee, people: People): Holder {
  const own = address === undefined ? undefined : people.account(address);
  return {
    kind, ...(name === undefined ? {} : { name }), ...(address === undefined ? {} : { address }), ...(own === undefined ? {} : { account: own }),
    external: isGuest(login) || isOutside(address, own, people),
  };
}

/** `account`: at the target, where somebody knows one. */
export function isOutside(address: string | undefined, account: string | undefined, { domains }: Pick<People, "domains">): boolean {
  return isGuest(address) || (address !== undefined && account === undefined && !domains.has(domainOf(address)));
}

/** Names of guests hold "#EXT#" (Microsoft Entra, "Properties of a Microsoft Entra B2B collaboration user"). */
function isGuest(name: string | undefined): boolean {
  return name?.toLowerCase().includes("#ext#") === true;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

function same(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** Words of the source name no member that every object has. */
function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
