import { asExodusError } from "../../core/errors.js";
import type { Owner } from "../../core/item.js";
import type { FolderRef } from "../../format/settings.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { folderRoles, type FolderRole } from "./folder-roles.js";

interface NamedFolder {
  readonly id: string;
  readonly displayName?: string | null;
  readonly parentFolderId?: string | null;
}

/**
 * Names mail folders that something refers to by id, from the top level down ("msgfolderroot", api-reference/v1.0/resources/mailfolder), asking for each
 * folder once. A folder that is gone has no path; `denied` is told of one that may not be asked about (Mail.Read, mailfolder-get).
 */
export class MailFolderNames {
  readonly #known = new Map<string, Promise<NamedFolder | undefined>>();
  #roles: Promise<ReadonlyMap<string, FolderRole>> | undefined;
  denied = false;

  constructor(private readonly client: GraphClient, private readonly owner: Owner, private readonly wanted: RequestOptions) {}

  async ref(id: string): Promise<FolderRef> {
    const placed = await this.#placed(id);
    if (placed === undefined) return { id };
    const role = (await this.#rolesOnce()).get(placed.top);
    return { id, path: placed.path, ...(role === undefined ? {} : { role }) };
  }

  /** Names from the top level down, and the id of the first of them. */
  async #placed(id: string): Promise<{ readonly path: string[]; readonly top: string } | undefined> {
    const top = await this.#folder("msgfolderroot");
    const path: string[] = [];
    let first = id;
    for (let at: string | null | undefined = id; at && at !== top?.id; ) {
      const folder: NamedFolder | undefined = await this.#folder(at);
      // The root of a mailbox is its own parent in some answers.
      if (folder === undefined || folder.parentFolderId === at) return path.length === 0 ? undefined : { path, top: first };
      first = folder.id;
      path.unshift(folder.displayName ?? "");
      at = folder.parentFolderId;
    }
    return { path, top: first };
  }

  #rolesOnce(): Promise<ReadonlyMap<string, FolderRole>> {
    this.#roles ??= folderRoles(this.client, `/users/${this.owner.id}`, { ...this.wanted, permission: "Mail.Read" });
    return this.#roles;
  }

  #folder(key: string): Promise<NamedFolder | undefined> {
    const known = this.#known.get(key) ?? this.#ask(key);
    this.#known.set(key, known);
    return known;
  }

  async #ask(key: string): Promise<NamedFolder | undefined> {
    try {
      return await this.client.get<NamedFolder>(`/users/${this.owner.id}/mailFolders/${encodeURIComponent(key)}`, { ...this.wanted, permission: "Mail.Read", query: { $select: "id,displayName,parentFolderId" } });
    } catch (thrown) {
      const { code } = asExodusError(thrown);
      if (code === "GRAPH_CONSENT") this.denied = true;
      // A rule may name a folder that was deleted; an id that Exchange cannot read is refused as malformed.
      else if (code !== "GRAPH_NOT_FOUND" && code !== "GRAPH_REFUSED") throw thrown;
      return undefined;
    }
  }
}
