import path from "node:path";
import { jsonOf } from "../tenant/read.js";
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

interface Sheet {
  readonly seq: number;
  readonly rows: Promise<Readonly<Record<string, unknown>>>;
}

/** Read once per reading of the tenant folder. */
const sheets = new WeakMap<TenantStore, Map<string, Sheet>>();

export async function toldOf(store: TenantStore, { owner, area }: { readonly owner: OwnerFile; readonly area: string }, file: string): Promise<Told> {
  const known = sheets.get(store) ?? new Map<string, Sheet>();
  sheets.set(store, known);
  const at = path.join(owner.base, `${area}.json`);
  let sheet = known.get(at);
  if (sheet?.seq !== store.seq) {
    sheet = { seq: store.seq, rows: jsonOf(path.join(store.dir, at)) };
    known.set(at, sheet);
  }
  return ((await sheet.rows)[file] ?? {}) as Told;
}

export function isShortcut({ remoteItem }: Told): boolean {
  return remoteItem !== undefined && remoteItem !== false;
}
