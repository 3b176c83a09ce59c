import path from "node:path";
import { asRead } from "../tenant/as-read.js";
import { jsonOf, rowOf } from "../tenant/read.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";

/** What the owner's `drive.json` tells about a path, or about the n-th older version of it ("<path>#<n>"): dates, people, facets. */
export interface Told {
  readonly createdDateTime?: string;
  readonly lastModifiedDateTime?: string;
  /** User principal name, or a plain name for somebody who is not in the directory. */
  readonly createdBy?: string;
  readonly lastModifiedBy?: string;
  readonly malware?: boolean;
  readonly package?: boolean;
  /** A shortcut; or what its `remoteItem` tells beside. */
  readonly remoteItem?: boolean | object;
  /** In a library: values of its columns by name, as in `items.jsonl` of a list. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly contentType?: { readonly id?: string; readonly name?: string };
  /** Whoever has it checked out. */
  readonly checkedOutBy?: string;
}

/** By file. */
const sheets = asRead(() => new Map<string, Promise<Readonly<Record<string, unknown>>>>());

export async function toldOf(store: TenantStore, { owner, area }: { readonly owner: OwnerFile; readonly area: string }, file: string): Promise<Told> {
  const known = sheets(store);
  const at = path.join(store.dir, owner.base, `${area}.json`);
  const rows = known.get(at) ?? jsonOf(at);
  known.set(at, rows);
  return (rowOf(await rows, file) ?? {}) as Told;
}

export function isShortcut({ remoteItem }: Told): boolean {
  return remoteItem !== undefined && remoteItem !== false;
}
