import path from "node:path";
import { GraphRefusal, notFound } from "../answers.js";
import { decodeName } from "../tenant/names.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";

/** Well-known name, and the names under which a top-level folder of a tenant folder is taken for it: English first, French second. */
const WELL_KNOWN: readonly (readonly [string, string, string, ...string[]])[] = [
  ["inbox", "Inbox", "Boîte de réception"], ["drafts", "Drafts", "Brouillons"], ["sentitems", "Sent Items", "Éléments envoyés"],
  ["deleteditems", "Deleted Items", "Éléments supprimés"], ["junkemail", "Junk Email", "Courrier indésirable"], ["outbox", "Outbox", "Boîte d'envoi"],
  ["archive", "Archive", "Archives", "Archive"],
];
/** Folders that every mailbox has, even where the tenant folder shows none. */
const ALWAYS = new Set(["inbox", "drafts", "sentitems", "deleteditems", "junkemail", "outbox"]);

export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly parentId: string;
  readonly wellKnown: string | undefined;
}

/** All mail folders of a mailbox: those on the disk and the ordinary ones that are missing there. */
export function mailFolders(store: TenantStore, owner: OwnerFile): readonly Folder[] {
  if (owner.profile["mailboxEnabled"] === false) throw new GraphRefusal(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.");
  const root = store.idOf(owner.name, "root", "mail");
  const folders: Folder[] = [];
  const visit = (container: string): void => {
    for (const entry of store.children(container)) {
      if (entry.kind !== "folder") continue;
      const name = decodeName(path.basename(entry.file));
      folders.push({ id: entry.id, name, parentId: container, wellKnown: container === root ? wellKnownOf(name) : undefined });
      visit(entry.id);
    }
  };
  visit(root);
  for (const [wellKnown, english, french] of WELL_KNOWN) {
    if (!ALWAYS.has(wellKnown) || folders.some((folder) => folder.wellKnown === wellKnown)) continue;
    folders.push({ id: store.idOf(owner.name, "folder", wellKnown), name: store.tenant.language === "fr" ? french : english, parentId: root, wellKnown });
  }
  return folders;
}

export function folderOf(store: TenantStore, owner: OwnerFile, key: string): Folder {
  const folders = mailFolders(store, owner);
  const folder = folders.find(({ id, wellKnown }) => id === key || wellKnown === key.toLowerCase());
  if (folder === undefined) throw notFound("ErrorItemNotFound", "");
  return folder;
}

export function folderJson(store: TenantStore, folder: Folder, all: readonly Folder[]): Record<string, unknown> {
  const messages = store.children(folder.id).filter(({ kind }) => kind === "message");
  return {
    id: folder.id, displayName: folder.name, parentFolderId: folder.parentId, childFolderCount: all.filter(({ parentId }) => parentId === folder.id).length,
    unreadItemCount: 0, totalItemCount: messages.length, sizeInBytes: messages.reduce((sum, { size }) => sum + size, 0), isHidden: false,
  };
}

function wellKnownOf(name: string): string | undefined {
  const wanted = name.normalize("NFC").toLowerCase();
  return WELL_KNOWN.find(([, ...names]) => names.some((known) => known.toLowerCase() === wanted))?.[0];
}
