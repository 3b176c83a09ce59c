import type { FolderRef } from "../../src/format/settings.js";
import { mailboxName } from "../../src/drivers/imap/mailbox-names.js";
import type { Mailboxes } from "../../src/drivers/imap/mailboxes.js";

/** Names of mail folders at the target, with their hierarchy; undefined where the source did not name the folder. */
export interface TargetFolders {
  name(folder: FolderRef, signal: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The folder for deleted messages, as a rule would name it. */
export const TRASH: FolderRef = { id: "", path: ["Trash"], role: "trash" };

/** As the target `imap` names them, without looking: a folder that it files by its role keeps the source's own name here. */
export function computedFolders(separator: string, prefix: readonly string[]): TargetFolders {
  return {
    name: (folder) => {
      const { path, role } = placed(folder);
      if (path === undefined) return Promise.resolve(undefined);
      const names = role === "inbox" && prefix.length === 0 ? ["INBOX", ...path.slice(1).map(written)] : [...prefix, ...path].map(written);
      return Promise.resolve(names.join(separator));
    },
    close: () => Promise.resolve(),
  };

  function written(name: string): string {
    return mailboxName(name, separator, 0).name;
  }
}

/** As they stand at the target, or as `imap` would make them there. */
export function standingFolders(mailboxes: Mailboxes, close: () => Promise<void>): TargetFolders {
  return {
    name: async (folder, signal) => {
      const { path, role, id } = placed(folder);
      return path === undefined ? undefined : mailboxes.find({ id, path, role }, signal);
    },
    close,
  };
}

/** A vault that does not tell roles still has the inbox by the name that IMAP gives it. */
function placed(folder: FolderRef): FolderRef {
  return folder.role === undefined && folder.path?.[0]?.toUpperCase() === "INBOX" ? { ...folder, role: "inbox" } : folder;
}
