import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { Change, Container, Owner } from "../../core/item.js";
import type { Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { folderRound, type OutlookFolder } from "../reading/folder-round.js";
import { contactToVcard, type ContactPhoto } from "../map/contact-to-vcard.js";
import type { GraphContact } from "../map/graph-contact.js";
import type { Maybe } from "../map/graph-event.js";
import { itemTitle } from "../reading/item-title.js";
import { itemFailure } from "../reading/read-errors.js";
import { textBytes } from "../reading/text-bytes.js";

export interface ContactsOptions {
  /** Contacts a page, asked for by `odata.maxpagesize` (contact: delta). */
  readonly pageSize?: number;
  /** Contacts read at once in one mailbox. */
  readonly width?: number;
  /** Items stored at once. */
  readonly batchSize?: number;
}

/** Graph `contactFolder` (api-reference/v1.0/resources/contactfolder). */
interface ContactFolder {
  readonly id: string;
  readonly displayName?: Maybe<string>;
}

/** A row of contact: delta. */
type ContactRow = GraphContact & { readonly "@removed"?: { readonly reason?: string } };

/**
 * Contacts of users: one feed a folder, followed by its delta (api-reference/v1.0/api/contact-delta). `/contactFolders` does not list the
 * default folder (microsoft-graph-docs issue 6273); it answers to its well-known name "contacts" (contactFolder: wellKnownName).
 * Distribution lists of a folder are not contacts, and Graph does not tell them (microsoft-graph-docs issue 11201).
 */
export function createContactsWorkload(client: GraphClient, options: ContactsOptions = {}): Workload {
  const { pageSize = 100, width = 4, batchSize = 50 } = options;

  const folderOf = (owner: Owner, feed: Feed, context: ReadContext): OutlookFolder<ContactRow> => {
    const read = (row: ContactRow): Promise<Change> => readRow(client, owner, row, feed.container.id, context);
    return {
      client, path: `${base(owner)}/contactFolders/${feed.id}/contacts`, request: (prefer) => wanted(owner, context.signal, prefer), select: {}, order: {}, pageSize, width, batchSize, read, readNamed: read,
    };
  };

  return {
    name: "contacts",
    width: 4,
    async *feeds(owner, signal) {
      for await (const container of folders(client, owner, signal)) yield { id: container.id, container, listing: false };
    },
    changes: (owner, feed, since, context) => folderRound(folderOf(owner, feed, context), since),
    async readOne(owner, id, container, context) {
      try {
        const contact = await client.get<GraphContact>(`${base(owner)}/contacts/${id}`, wanted(owner, context.signal));
        return await readContact(client, owner, contact, container, context);
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal): Promise<Inventory> {
      let [containers, items] = [0, 0];
      for await (const folder of folders(client, owner, signal)) {
        containers += 1;
        const request = { ...wanted(owner, signal), query: { $select: "id", $top: 1000 } };
        for await (const page of client.pages<GraphContact>(`${base(owner)}/contactFolders/${folder.id}/contacts`, request)) items += page.value.length;
      }
      return { containers, items };
    },
  };
}

function base(owner: Owner): string {
  return `/users/${owner.id}`;
}

function wanted(owner: Owner, signal: AbortSignal, prefer = ""): RequestOptions {
  return { signal, key: `graph:mailbox:${owner.id}`, permission: "Contacts.Read", headers: { Prefer: `IdType="ImmutableId"${prefer}` } };
}

/** The default folder, then the others with what is below them. A folder's parent is told where it is one of the others. */
async function* folders(client: GraphClient, owner: Owner, signal: AbortSignal): AsyncIterable<Container> {
  const first = await defaultFolder(client, owner, signal);
  if (first !== undefined) yield { ...containerOf(owner, first), name: first.displayName ?? "Contacts", role: "default" };
  for await (const folder of below(client, owner, signal, `${base(owner)}/contactFolders`)) if (folder.id !== first?.id) yield folder;
}

async function* below(client: GraphClient, owner: Owner, signal: AbortSignal, path: string, parentId?: string): AsyncIterable<Container> {
  for await (const page of client.pages<ContactFolder>(path, { ...wanted(owner, signal), query: { $top: 100 } })) {
    for (const folder of page.value) {
      yield { ...containerOf(owner, folder), ...(parentId === undefined ? {} : { parentId }) };
      yield* below(client, owner, signal, `${base(owner)}/contactFolders/${folder.id}/childFolders`, folder.id);
    }
  }
}

function containerOf(owner: Owner, folder: ContactFolder): Container {
  return { workload: "contacts", owner: owner.id, id: folder.id, name: folder.displayName ?? "" };
}

/**
 * The well-known name is documented for the beta root and answered by v1.0 as well; where it is refused, a contact of the default folder
 * names its parent (user: list contacts reads the default folder). An empty one needs no feed then.
 */
async function defaultFolder(client: GraphClient, owner: Owner, signal: AbortSignal): Promise<ContactFolder | undefined> {
  const request = wanted(owner, signal);
  try {
    return await client.get<ContactFolder>(`${base(owner)}/contactFolders/contacts`, request);
  } catch (thrown) {
    const { code } = asExodusError(thrown);
    if (code !== "GRAPH_NOT_FOUND" && code !== "GRAPH_REFUSED") throw thrown;
  }
  const page = await client.get<{ readonly value?: readonly GraphContact[] }>(`${base(owner)}/contacts`, { ...request, query: { $top: 1, $select: "id,parentFolderId" } });
  const id = page.value?.[0]?.parentFolderId;
  return id ? { id } : undefined;
}

/**
 * A changed contact comes "with at least the updated properties" (concepts/delta-query-overview): a row that lacks what every whole
 * contact has is read again.
 */
async function readRow(client: GraphClient, owner: Owner, row: ContactRow, container: string, context: ReadContext): Promise<Change> {
  if (row["@removed"] !== undefined) return { kind: "tombstone", id: row.id, container };
  if (row.changeKey && (await context.known(row.id))?.version === row.changeKey) return { kind: "unchanged", id: row.id, container };
  try {
    const whole = row.changeKey && row.createdDateTime && row.displayName !== undefined && row.emailAddresses !== undefined;
    const contact = whole ? row : await client.get<GraphContact>(`${base(owner)}/contacts/${row.id}`, wanted(owner, context.signal));
    return await readContact(client, owner, contact, container, context);
  } catch (thrown) {
    context.signal.throwIfAborted();
    return itemFailure(thrown, { id: row.id, container, title: itemTitle(row.displayName, row.fileAs, row.companyName) });
  }
}

async function readContact(client: GraphClient, owner: Owner, contact: GraphContact, container: string, context: ReadContext): Promise<Change> {
  const known = await context.known(contact.id);
  const version = contact.changeKey ?? "";
  if (known !== undefined && version !== "" && known.version === version) return { kind: "unchanged", id: contact.id, container };
  const mapped = contactToVcard(contact, await photoOf(client, owner, contact.id, context.signal));
  const body = await context.blobs.write(textBytes(mapped.vcard), ".vcf");
  return {
    kind: "item", key: { workload: "contacts", owner: owner.id, id: contact.id }, container, version, title: mapped.record.displayName, record: mapped.record,
    body, parts: [], digest: itemDigest(mapped.record, body, []), losses: mapped.losses,
  };
}

/** A photo is answered apart; 404 means that there is none (api-reference/v1.0/api/profilephoto-get). */
async function photoOf(client: GraphClient, owner: Owner, id: string, signal: AbortSignal): Promise<ContactPhoto | undefined> {
  try {
    return await client.bytes(`${base(owner)}/contacts/${id}/photo/$value`, wanted(owner, signal), async ({ bytes }) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      return { bytes: Buffer.concat(chunks) };
    });
  } catch (thrown) {
    const error = asExodusError(thrown);
    if (error.code === "GRAPH_NOT_FOUND") return undefined;
    if (error.errorClass === "permanent-item" && !signal.aborted) return { unreadable: true };
    throw error;
  }
}
