import { createHash } from "node:crypto";
import { ExodusError } from "../../core/errors.js";
import type { DavClient } from "./client.js";
import { textOf } from "./multistatus.js";
import { below, withoutSlash } from "./paths.js";
import { membersOf, mkcolWith, propfind, proppatch, remove, type PropertyValue } from "./verbs.js";
import { DAV } from "./xml.js";

const DISPLAY_NAME = `{${DAV}}displayname`;

/** How a protocol makes its collections. */
export interface CollectionKind {
  readonly method: "MKCOL" | "MKCALENDAR";
  /** Properties that must be told at creation (resource type, components). */
  readonly fixed: readonly PropertyValue[];
  /** Live properties kept equal to the source's (name, colour); the first is the display name. */
  labels(label: CollectionLabel): readonly PropertyValue[];
}

export interface CollectionLabel {
  readonly name: string;
  /** `#RRGGBB`. */
  readonly color?: string | undefined;
}

/** Name of a collection in its home: made from the source's id alone, so that a rename never changes an address. */
export function collectionSlug(owner: string, id: string): string {
  return `o365-${createHash("sha256").update(`${owner}\n${id}`).digest("hex").slice(0, 32)}`;
}

export interface EnsuredCollection {
  /** Path without final slash. */
  readonly path: string;
  readonly created: boolean;
  /** Labels that the server does not keep. */
  readonly refused: readonly string[];
}

/** Makes the collection, or brings its labels up to date. @throws ExodusError TARGET_CONTAINER_REFUSED and others of `error-table.ts`. */
export async function ensureCollection(client: DavClient, home: string, slug: string, kind: CollectionKind, label: CollectionLabel, signal: AbortSignal): Promise<EnsuredCollection> {
  const path = below(new URL(home, client.access.base).pathname, slug);
  const labels = kind.labels(label);
  const found = await propfind(client, `${path}/`, labels.map(({ name }) => name), signal);
  if (found !== undefined) {
    const changed = labels.filter(({ name, value }) => textOf(found, name) !== value?.trim());
    const refused = changed.length === 0 ? new Map<string, number>() : await proppatch(client, `${path}/`, changed, signal);
    return { path, created: false, refused: [...refused.keys()] };
  }
  const status = await mkcolWith(client, kind.method, `${path}/`, [...kind.fixed, ...labels], signal);
  if (status >= 400 && (await propfind(client, `${path}/`, [DISPLAY_NAME], signal)) === undefined) {
    throw new ExodusError("TARGET_CONTAINER_REFUSED", { params: { target: client.access.target, reason: `${kind.method}: HTTP ${status}` } });
  }
  return { path, created: status < 400, refused: [] };
}

/**
 * Removes a collection that holds nothing; answers whether it is gone. `isSharee`: as `delegate.ts` tells, asked only when there is something to remove.
 * @throws ExodusError TARGET_OWNER_REMOVES where the request would only take the right to it from whoever signed in.
 */
export async function removeEmptyCollection(client: DavClient, path: string, isSharee: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  const bare = withoutSlash(path);
  const members = await membersOf(client, `${bare}/`, signal);
  if (members === undefined) return true;
  if (members.length > 0) return false;
  if (await isSharee()) {
    const { target, account, user } = client.access;
    throw new ExodusError("TARGET_OWNER_REMOVES", { params: { target, account, user, container: bare } });
  }
  await remove(client, `${bare}/`, signal);
  return true;
}
