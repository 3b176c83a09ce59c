import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ExodusError } from "../../core/errors.js";
import { asRead } from "../tenant/as-read.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";

/** A search folder: a view of what lies in others. */
interface SearchFolder {
  readonly displayName: string;
  /** Folders that it looks into, by path below `mail/`, in the names of the tenant folder. */
  readonly in: readonly string[];
  /** Folder that it stands in, likewise; the top level when absent. */
  readonly parent?: string;
  readonly filterQuery?: string;
}

/** `users/<upn>/settings/mailFolders.json`: what a folder on the disk does not tell of itself. */
interface FolderFacts {
  /** Hidden folders, by path below `mail/`, in the names of the tenant folder. */
  readonly hidden?: readonly string[];
  readonly search?: readonly SearchFolder[];
}

const read = asRead(() => new Map<string, FolderFacts>());

/** @throws ExodusError SANDBOX_FAILED when it is no JSON. */
export function folderFacts(store: TenantStore, owner: OwnerFile): FolderFacts {
  const known = read(store);
  const file = store.disk(path.join(owner.base, "settings", "mailFolders.json"));
  const facts = known.get(file) ?? factsIn(file);
  known.set(file, facts);
  return facts;
}

function factsIn(file: string): FolderFacts {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as FolderFacts;
  } catch (cause) {
    throw new ExodusError("SANDBOX_FAILED", { params: { tenant: file, reason: String(cause) }, cause });
  }
}
