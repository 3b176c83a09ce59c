import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { BlobRef, Change, Container, Loss, Owner } from "../../core/item.js";
import type { Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import { MailRecord } from "../../format/records.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { folderRound, type OutlookFolder } from "../reading/folder-round.js";
import { itemTitle } from "../reading/item-title.js";
import { itemFailure } from "../reading/read-errors.js";
import { folderRoles } from "../mail/folder-roles.js";
import { cannotBeMime, rebuiltMessage } from "../mail/rebuilt-message.js";

/** Graph `mailFolder` (api-reference/v1.0/resources/mailfolder), the properties that are read. */
interface MailFolder {
  readonly id: string;
  readonly displayName: string | null;
  readonly parentFolderId?: string | null;
  readonly childFolderCount?: number | null;
  readonly totalItemCount?: number | null;
  readonly isHidden?: boolean | null;
  readonly "@odata.type"?: string;
}

/** Graph `message` (api-reference/v1.0/resources/message), the properties that are read. */
interface Message {
  readonly id: string;
  readonly changeKey?: string | null;
  readonly subject?: string | null;
  readonly from?: { readonly emailAddress?: { readonly address?: string | null } | null } | null;
  readonly internetMessageId?: string | null;
  readonly receivedDateTime?: string | null;
  readonly sentDateTime?: string | null;
  readonly isRead?: boolean | null;
  readonly isDraft?: boolean | null;
  readonly flag?: { readonly flagStatus?: string | null } | null;
  readonly importance?: string | null;
  readonly categories?: readonly string[] | null;
  readonly hasAttachments?: boolean | null;
  readonly parentFolderId?: string | null;
  readonly "@removed"?: { readonly reason?: string };
}

const PROPERTIES = "id,changeKey,subject,from,internetMessageId,receivedDateTime,sentDateTime,isRead,isDraft,flag,importance,categories,hasAttachments,parentFolderId";

export interface MailOptions {
  /** Messages a page at the most (`odata.maxpagesize`, concepts/delta-query-messages); no maximum is published, and the service may give fewer. */
  readonly pageSize?: number;
  /** Downloads at once in one mailbox. */
  readonly width?: number;
  /** Items stored at once. */
  readonly batchSize?: number;
  /** Whether what its owner deleted for good, and can still recover, is read too. */
  readonly recoverable?: boolean;
}

/**
 * Mail of users: one feed a folder, hidden and nested ones included, search folders left out (they are views). MIME comes from `/messages/{id}/$value`
 * (concepts/outlook-get-mime-message); state comes from the JSON. Ids are immutable ones (concepts/outlook-immutable-id): a move keeps them.
 */
export function createMailWorkload(client: GraphClient, options: MailOptions = {}): Workload {
  const { pageSize = 500, width = 4, batchSize = 20, recoverable = false } = options;
  const wanted = (owner: Owner, signal: AbortSignal, prefer = ""): RequestOptions => ({
    signal, type: "message", key: `graph:mailbox:${owner.id}`, permission: "Mail.Read", headers: { Prefer: `IdType="ImmutableId"${prefer}` },
  });
  const base = (owner: Owner): string => `/users/${owner.id}`;

  async function* folders(owner: Owner, signal: AbortSignal, path = `${base(owner)}/mailFolders`, parentId?: string): AsyncIterable<Container> {
    const query = { includeHiddenFolders: "true", $top: 100 };
    for await (const page of client.pages<MailFolder>(path, { ...wanted(owner, signal), query })) {
      for (const folder of page.value) {
        if (folder["@odata.type"] === "#microsoft.graph.mailSearchFolder") continue;
        yield {
          workload: "mail", owner: owner.id, id: folder.id, name: folder.displayName ?? "", ...(parentId === undefined ? {} : { parentId }),
          ...(folder.isHidden === true ? { hidden: true } : {}), count: folder.totalItemCount ?? 0,
        };
        if ((folder.childFolderCount ?? 0) > 0) yield* folders(owner, signal, `${base(owner)}/mailFolders/${folder.id}/childFolders`, folder.id);
      }
    }
  }

  /**
   * Recoverable items as far as the mail interface goes: "recoverableitemsdeletions" (api-reference/v1.0/resources/mailfolder, "Well-known folder names"). It stands
   * beside the top level and is in no list of folders. Purges, versions and holds have no well-known name, and the archive mailbox is another mailbox.
   */
  async function deletions(owner: Owner, signal: AbortSignal): Promise<MailFolder | undefined> {
    try {
      return await client.get<MailFolder>(`${base(owner)}/mailFolders/recoverableitemsdeletions`, wanted(owner, signal));
    } catch (thrown) {
      const { code } = asExodusError(thrown);
      if (code !== "GRAPH_NOT_FOUND" && code !== "GRAPH_REFUSED") throw thrown;
      return undefined;
    }
  }

  async function* allFolders(owner: Owner, signal: AbortSignal): AsyncIterable<Container> {
    yield* folders(owner, signal);
    const deleted = recoverable ? await deletions(owner, signal) : undefined;
    if (deleted !== undefined) yield { workload: "mail", owner: owner.id, id: deleted.id, name: deleted.displayName ?? "Deletions", hidden: true, count: deleted.totalItemCount ?? 0 };
  }

  /**
   * A changed message may be told by its id, its folder and `isRead` alone, whatever was selected in the first call (microsoftgraph/microsoft-graph-docs#7776): such
   * a row is no message, and the message itself is asked for.
   */
  async function readRow(owner: Owner, row: Message, container: string, context: ReadContext): Promise<Change> {
    if (row["@removed"] !== undefined || typeof row.changeKey === "string") return readMessage(owner, row, container, context);
    try {
      return await readMessage(owner, await wholeMessage(owner, row.id, context), container, context);
    } catch (thrown) {
      return itemFailure(thrown, { id: row.id, container, title: "" });
    }
  }

  function wholeMessage(owner: Owner, id: string, { signal }: ReadContext): Promise<Message> {
    return client.get<Message>(`${base(owner)}/messages/${id}`, { ...wanted(owner, signal), query: { $select: PROPERTIES } });
  }

  async function readMessage(owner: Owner, message: Message, container: string, context: ReadContext): Promise<Change> {
    const title = itemTitle(message.subject, `${message.receivedDateTime ?? message.sentDateTime ?? ""} ${message.from?.emailAddress?.address ?? ""}`.trim());
    if (message["@removed"] !== undefined) return { kind: "tombstone", id: message.id, container };
    const version = message.changeKey ?? "";
    const known = await context.known(message.id);
    if (known !== undefined && version !== "" && known.version === version) return { kind: "unchanged", id: message.id, container };
    try {
      const { body, losses } = await contentOf(`${base(owner)}/messages/${message.id}`, wanted(owner, context.signal), context);
      const record = recordOf(message);
      return {
        kind: "item", key: { workload: "mail", owner: owner.id, id: message.id }, container, version, title, record, body, parts: [],
        digest: itemDigest(record, body, []), losses,
      };
    } catch (thrown) {
      return itemFailure(thrown, { id: message.id, container, title });
    }
  }

  /** A message of which a list told the name alone: what is known already costs no request. */
  async function readNamed(owner: Owner, { id, changeKey }: Message, container: string, context: ReadContext): Promise<Change> {
    const version = changeKey ?? "";
    if (version !== "" && (await context.known(id))?.version === version) return { kind: "unchanged", id, container };
    return readRow(owner, { id }, container, context);
  }

  /** The message as Exchange writes it, or rebuilt where Exchange says that it cannot. */
  async function contentOf(path: string, request: RequestOptions, { blobs }: ReadContext): Promise<{ body: BlobRef; losses: readonly Loss[] }> {
    try {
      return { body: await client.bytes(`${path}/$value`, request, ({ bytes }) => blobs.write(bytes, ".eml")), losses: [] };
    } catch (thrown) {
      if (!cannotBeMime(thrown)) throw thrown;
      const { bytes, losses } = await rebuiltMessage(client, path, request);
      return { body: await blobs.write(bytes, ".eml"), losses };
    }
  }

  const folderOf = (owner: Owner, feed: Feed, context: ReadContext): OutlookFolder<Message> => ({
    client, path: `${base(owner)}/mailFolders/${feed.id}/messages`, request: (prefer) => wanted(owner, context.signal, prefer),
    select: { $select: PROPERTIES }, order: { $orderby: "receivedDateTime asc" }, pageSize, width, batchSize,
    read: (row) => readRow(owner, row, feed.container.id, context), readNamed: (row) => readNamed(owner, row, feed.container.id, context),
  });

  return {
    name: "mail",
    // Four requests at once are a mailbox's share: folders that have little to tell leave them to the next.
    width: 4,
    async *feeds(owner, signal) {
      const known = await folderRoles(client, base(owner), wanted(owner, signal));
      for await (const container of allFolders(owner, signal)) {
        const role = known.get(container.id);
        yield { id: container.id, container: role === undefined ? container : { ...container, role }, listing: false };
      }
    },
    changes: (owner, feed, since, context) => folderRound(folderOf(owner, feed, context), since),
    async readOne(owner, id, container, context) {
      try {
        const message = await wholeMessage(owner, id, context);
        return await readMessage(owner, message, message.parentFolderId ?? container, context);
      } catch (thrown) {
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal): Promise<Inventory> {
      let [containers, items] = [0, 0];
      for await (const folder of allFolders(owner, signal)) {
        containers += 1;
        items += folder.count ?? 0;
      }
      const left = recoverable ? 0 : (await deletions(owner, signal))?.totalItemCount ?? 0;
      const loss = (field: string, reason: string): Loss => ({ field, change: "dropped", side: "source", reason });
      return { containers, items, losses: [...(left > 0 ? [loss("recoverable items", "mail.recoverable-left")] : []), loss("archive mailbox", "mail.archive-mailbox")] };
    },
  };
}

const FLAGS: Readonly<Record<string, MailRecord["flag"]>> = { flagged: "flagged", complete: "complete" };

function recordOf(message: Message): MailRecord {
  const importance = message.importance ?? "normal";
  return MailRecord.parse({
    v: 1, type: "mail",
    subject: message.subject ?? undefined, from: message.from?.emailAddress?.address ?? undefined, internetMessageId: message.internetMessageId ?? undefined,
    receivedAt: message.receivedDateTime ?? undefined, sentAt: message.sentDateTime ?? undefined,
    isRead: message.isRead ?? false, isDraft: message.isDraft ?? false, flag: FLAGS[message.flag?.flagStatus ?? ""] ?? "none",
    importance: importance === "low" || importance === "high" ? importance : "normal",
    categories: [...(message.categories ?? [])], hasAttachments: message.hasAttachments ?? false,
  });
}
