import path from "node:path";
import { GraphRefusal, notFound } from "../answers.js";
import { asRead } from "../tenant/as-read.js";
import type { Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import { sidecarState } from "../tenant/read.js";
import { sidecarOf } from "../tenant/scan.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { folderFacts } from "./folder-facts.js";

/** Well-known name, and the names under which a top-level folder of a tenant folder is taken for it: English first, French second. */
const WELL_KNOWN: readonly (readonly [string, string, string, ...string[]])[] = [
  ["inbox", "Inbox", "Boîte de réception"], ["drafts", "Drafts", "Brouillons"], ["sentitems", "Sent Items", "Éléments envoyés"],
  ["deleteditems", "Deleted Items", "Éléments supprimés"], ["junkemail", "Junk Email", "Courrier indésirable"], ["outbox", "Outbox", "Boîte d'envoi", "Boîte d’envoi"],
  ["archive", "Archive", "Archives"],
];
/** Folders that every mailbox has, even where the tenant folder shows none. */
const ALWAYS = new Set(["inbox", "drafts", "sentitems", "deleteditems", "junkemail", "outbox"]);
const ROOT = "msgfolderroot";
/** Holds what was deleted for good and can still be recovered; no list of folders has it (api-reference/v1.0/resources/mailfolder). */
const RECOVERABLE = "recoverableitemsdeletions";

export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly parentId: string;
  readonly wellKnown: string | undefined;
  /** Number of the last change of its name or place; 0 for a folder that is not on the disk. */
  readonly seq: number;
  /** Listed only where hidden folders are asked for. */
  readonly hidden?: boolean;
  /** A search folder, and what it finds: everything in these folders (the condition itself is told, not carried out). */
  readonly search?: { readonly sources: readonly string[]; readonly filterQuery: string };
}

/** @throws GraphRefusal 404 for an account without mailbox. */
export function requireMailbox(owner: OwnerFile): void {
  if (owner.profile["mailboxEnabled"] === false) throw new GraphRefusal(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.");
}

/** All mail folders of a mailbox: those on the disk and the ordinary ones that are missing there. The root is not among them. */
export function mailFolders(store: TenantStore, owner: OwnerFile): readonly Folder[] {
  requireMailbox(owner);
  const root = store.idOf(owner.name, "root", "mail");
  const folders: Folder[] = [];
  const taken = new Set<string>();
  const { hidden = [], search = [] } = folderFacts(store, owner);
  const byPath = new Map([["", root]]);
  const visit = (container: string, above: string): void => {
    for (const entry of foldersIn(store, container)) {
      const name = decodeName(path.basename(entry.file));
      const below = path.posix.join(above, path.basename(entry.file));
      byPath.set(below, entry.id);
      const told = container === root ? wellKnownOf(name) : undefined;
      // Two folders may bear names of one role: the first has it.
      const wellKnown = told === undefined || taken.has(told) ? undefined : told;
      if (wellKnown !== undefined) taken.add(wellKnown);
      folders.push({ id: entry.id, name, parentId: container, wellKnown, seq: entry.seq, ...(hidden.includes(below) ? { hidden: true } : {}) });
      visit(entry.id, below);
    }
  };
  visit(root, "");
  for (const { displayName, in: sources, parent = "", filterQuery = "" } of search) {
    const found = sources.flatMap((source) => byPath.get(source) ?? []);
    folders.push({ id: store.idOf(owner.name, "search", displayName), name: displayName, parentId: byPath.get(parent) ?? root, wellKnown: undefined, seq: 0, search: { sources: found, filterQuery } });
  }
  for (const [wellKnown, english, french] of WELL_KNOWN) {
    if (!ALWAYS.has(wellKnown) || taken.has(wellKnown)) continue;
    const name = store.tenant.language === "fr" ? french : english;
    // The id that the folder would have on the disk: it stays the same when the first message makes the folder appear.
    folders.push({ id: store.idOf(owner.name, "folder", path.join(owner.base, "mail", name)), name, parentId: root, wellKnown, seq: 0 });
  }
  return folders;
}

/** A folder by its id or well-known name. */
export function folderOf(store: TenantStore, owner: OwnerFile, key: string): Folder {
  const folders = mailFolders(store, owner);
  const root = rootFolder(store, owner);
  if (key === root.id || key.toLowerCase() === ROOT) return root;
  const recoverable: Folder = { id: store.idOf(owner.name, "root", "recoverable"), name: "Deletions", parentId: root.parentId, wellKnown: RECOVERABLE, seq: 0 };
  if (key === recoverable.id || key.toLowerCase() === RECOVERABLE) return recoverable;
  const folder = folders.find(({ id, wellKnown }) => id === key || wellKnown === key.toLowerCase());
  if (folder === undefined) throw notFound("ErrorItemNotFound", "");
  return folder;
}

/** The folder that holds the top level: reached by its well-known name, never listed. */
export function rootFolder(store: TenantStore, owner: OwnerFile): Folder {
  return { id: store.idOf(owner.name, "root", "mail"), name: store.tenant.language === "fr" ? "Racine de la banque d'informations" : "Top of Information Store", parentId: store.idOf(owner.name, "root", ""), wellKnown: ROOT, seq: 0 };
}

export function messagesIn(store: TenantStore, folder: string): readonly Entry[] {
  return itemsOf(store, folder).messages;
}

/** What a folder shows: a search folder what lies in others. */
export function messagesOf(store: TenantStore, { id, search }: Folder): readonly Entry[] {
  return search === undefined ? messagesIn(store, id) : search.sources.flatMap((source) => messagesIn(store, source)).sort((a, b) => a.order - b.order);
}

/** Graph `mailFolder`, or `mailSearchFolder` (api-reference/v1.0/resources/mailsearchfolder). */
export async function folderJson(store: TenantStore, folder: Folder, all: readonly Folder[]): Promise<Record<string, unknown>> {
  const { search } = folder;
  return {
    // Told of derived types (OData JSON Format 4.01 section 4.6.3).
    ...(search === undefined ? {} : { "@odata.type": "#microsoft.graph.mailSearchFolder" }),
    id: folder.id, displayName: folder.name, parentFolderId: folder.parentId, childFolderCount: all.filter(({ parentId }) => parentId === folder.id).length,
    unreadItemCount: await unread(store, folder.id), totalItemCount: messagesOf(store, folder).length, isHidden: folder.hidden === true,
    ...(search === undefined ? {} : { isSupported: true, includeNestedFolders: false, sourceFolderIds: search.sources, filterQuery: search.filterQuery }),
  };
}

interface Items {
  readonly folders: readonly Entry[];
  readonly messages: readonly Entry[];
  unread?: Promise<number>;
}

/** By folder: a mailbox of 50,000 messages is asked thousands of times for its folders. */
const split = asRead(() => new Map<string, Items>());

function itemsOf(store: TenantStore, container: string): Items {
  const known = split(store);
  const items = known.get(container);
  if (items !== undefined) return items;
  const children = store.children(container);
  const fresh: Items = { folders: children.filter(({ kind }) => kind === "folder"), messages: children.filter(({ kind }) => kind === "message") };
  known.set(container, fresh);
  return fresh;
}

function foldersIn(store: TenantStore, container: string): readonly Entry[] {
  return itemsOf(store, container).folders;
}

/** A message without sidecar is read. */
function unread(store: TenantStore, container: string): Promise<number> {
  const items = itemsOf(store, container);
  items.unread ??= (async () => {
    let count = 0;
    for (const entry of items.messages) {
      if (entry.mark.endsWith(":")) continue;
      const state = await sidecarState(store.disk(sidecarOf(entry.file)));
      if (state["isRead"] === false) count += 1;
    }
    return count;
  })();
  return items.unread;
}

function wellKnownOf(name: string): string | undefined {
  const wanted = name.normalize("NFC").toLowerCase();
  return WELL_KNOWN.find(([, ...names]) => names.some((known) => known.toLowerCase() === wanted))?.[0];
}
