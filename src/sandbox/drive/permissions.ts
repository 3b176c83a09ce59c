import path from "node:path";
import type { Entry } from "../tenant/entry.js";
import { jsonOf } from "../tenant/read.js";
import { permissionsFileOf } from "../tenant/scan.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";

/** A Graph `permission` as the tenant folder tells it. */
type Told = Readonly<Record<string, unknown>>;

interface Drive {
  readonly owner: OwnerFile;
  readonly area: string;
}

/**
 * Rights of an entry, or of the drive's root. What has no file of its own has those of the nearest folder above that has one, marked as business
 * drives mark them: by an empty `inheritedFrom`.
 */
export async function permissionsOf(store: TenantStore, drive: Drive, entry: Entry | undefined): Promise<readonly object[]> {
  if (entry === undefined) return listed(store, path.join(drive.owner.base, drive.area));
  if (entry.shared) return listed(store, entry.file);
  return (await permissionsOf(store, drive, store.entries.get(entry.container))).map((permission) => ({ ...permission, inheritedFrom: {} }));
}

/** The `shared` facet: how widely, by the widest link (api-reference/v1.0/resources/shared). */
export async function sharedFacet(store: TenantStore, drive: Drive, entry: Entry, hierarchical: boolean): Promise<object> {
  const from = hierarchical ? entry : sharedAbove(store, entry);
  if (from?.shared !== true) return {};
  const permissions = await listed(store, from.file);
  if (permissions.length === 0) return { shared: {} };
  const scopes = permissions.map(({ link }) => (link as { readonly scope?: unknown } | undefined)?.scope);
  const { displayName } = drive.owner.profile;
  return {
    shared: {
      scope: ["anonymous", "organization"].find((scope) => scopes.includes(scope)) ?? "users",
      owner: { user: { id: drive.owner.id, displayName: typeof displayName === "string" ? displayName : drive.owner.name } },
    },
  };
}

function sharedAbove(store: TenantStore, entry: Entry): Entry | undefined {
  let at: Entry | undefined = entry;
  while (at !== undefined && !at.shared) at = store.entries.get(at.container);
  return at;
}

/** `file`: the entry's, or the drive's folder. Identities may be written as user principal names. */
async function listed(store: TenantStore, file: string): Promise<readonly Told[]> {
  const told: unknown = await jsonOf(store.disk(permissionsFileOf(file)));
  return Array.isArray(told) ? (told as readonly Told[]).map((one, index) => whole(store, file, one, index)) : [];
}

function whole(store: TenantStore, file: string, told: Told, index: number): Told {
  const { grantedToV2: one, grantedToIdentitiesV2: several } = told;
  return {
    id: store.idOf("permission", file, String(index)), roles: ["read"], ...told,
    ...(typeof one === "string" ? { grantedToV2: identity(store, one) } : {}),
    ...(Array.isArray(several) ? { grantedToIdentitiesV2: several.map((each: unknown) => (typeof each === "string" ? identity(store, each) : each)) } : {}),
  };
}

/** A user or group of the directory, or somebody from elsewhere. */
function identity(store: TenantStore, name: string): object {
  const owner = store.owners.get(name.toLowerCase());
  const display = owner?.profile["displayName"];
  const displayName = typeof display === "string" ? display : name;
  const told = { displayName, email: name, ...(owner === undefined ? {} : { id: owner.id }) };
  if (owner?.kind === "group") return { group: told };
  return { user: told, siteUser: { id: "11", displayName, loginName: `i:0#.f|membership|${name}` } };
}
