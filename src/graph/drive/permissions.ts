import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { Loss } from "../../core/item.js";
import type { Permissions } from "../../format/permissions.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { permissionsOf, type GraphPermission } from "../map/permission.js";

/**
 * What a drive's delta is asked to tell of sharing (api-reference/v1.0/api/driveitem-delta, "Scanning permissions hierarchies"): the `shared` facet
 * only where a hierarchy of rights begins, and items whose rights alone changed, which need the two preferences before it.
 */
export const TELL_SHARING = "deltashowremovedasdeleted, deltatraversepermissiongaps, deltashowsharingchanges, hierarchicalsharing";

/** Rights that were read, with what could not be. */
export interface ReadPermissions {
  readonly permissions?: Permissions;
  readonly losses: readonly Loss[];
}

export const NO_PERMISSIONS: ReadPermissions = { losses: [] };

/**
 * Rights of one item of a drive (api-reference/v1.0/api/driveitem-list-permissions): one request of five resource units, where a download costs one
 * (SharePoint, "Avoid getting throttled", "Resource units"); they cannot be expanded in a list. `top`: of the drive's root.
 */
export async function readPermissions(client: GraphClient, driveId: string, item: string, request: RequestOptions, top = false): Promise<ReadPermissions> {
  const listed: GraphPermission[] = [];
  try {
    for await (const page of client.pages<GraphPermission>(`/drives/${driveId}/items/${item}/permissions`, request)) listed.push(...page.value);
  } catch (thrown) {
    const { code } = asExodusError(thrown);
    if (code !== "GRAPH_CONSENT" && code !== "GRAPH_LOCKED") throw thrown;
    return { losses: [loss("dropped", "files.permissions-unreadable")] };
  }
  const permissions = permissionsOf(listed, top);
  if (permissions === undefined) return NO_PERMISSIONS;
  // Addresses of links are secrets, told only to those who may make such links (driveitem-list-permissions, "Access to sharing permissions").
  const secret = permissions.granted.some(({ link }) => link !== undefined && link.url === undefined);
  return { permissions, losses: secret ? [loss("truncated", "files.link-address")] : [] };
}

/** Mark of rights in an item's version; empty when there are none. */
export function markOf({ permissions, losses }: ReadPermissions): string {
  return permissions === undefined && losses.length === 0 ? "" : createHash("sha256").update(canonicalJson([permissions ?? null, losses])).digest("base64url").slice(0, 16);
}

function loss(change: Loss["change"], reason: string): Loss {
  return { field: "permissions", change, side: "source", reason };
}
