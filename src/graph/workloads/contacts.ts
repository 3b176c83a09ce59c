import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { Change, Container, Owner } from "../../core/item.js";
import type { Batch, Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client.js";
import { contactToVcard, type ContactPhoto } from "../map/contact-to-vcard.js";
import type { GraphContact } from "../map/graph-contact.js";
import type { Maybe } from "../map/graph-event.js";
import { batchesOf, ordered } from "../ordered.js";
import { itemFailure } from "../read-errors.js";

export interface ContactsOptions {
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/** Graph `contactFolder` (api-reference/v1.0/resources/contactfolder). */
interface ContactFolder {
  readonly id: string;
  readonly displayName?: Maybe<string>;
}

/** Stands for the default folder, which `/contactFolders` does not list and whose id Graph tells only through a contact in it. */
const DEFAULT_FOLDER = "default";

/**
 * Contacts of users: one listing feed a folder, compared by change marks. A delta exists for named folders only: that of the default one
 * is not documented (api-reference/v1.0/api/contact-delta), and address books are small.
 */
export function createContactsWorkload(client: GraphClient, options: ContactsOptions = {}): Workload {
  const { pageSize = 200, width = 4, batchSize = 50 } = options;
  const wanted = (owner: Owner, signal: AbortSignal): RequestOptions => ({
    signal, key: `graph:mailbox:${owner.id}`, permission: "Contacts.Read", headers: { Prefer: 'IdType="ImmutableId"' },
  });
  const base = (owner: Owner): string => `/users/${owner.id}`;
  const listPath = (owner: Owner, folder: string): string => (folder === DEFAULT_FOLDER ? `${base(owner)}/contacts` : `${base(owner)}/contactFolders/${folder}/contacts`);

  async function* folders(owner: Owner, signal: AbortSignal, path = `${base(owner)}/contactFolders`, parentId?: string): AsyncIterable<Container> {
    for await (const page of client.pages<ContactFolder>(path, { ...wanted(owner, signal), query: { $top: 100 } })) {
      for (const folder of page.value) {
        yield { workload: "contacts", owner: owner.id, id: folder.id, name: folder.displayName ?? "", ...(parentId === undefined ? {} : { parentId }) };
        yield* folders(owner, signal, `${base(owner)}/contactFolders/${folder.id}/childFolders`, folder.id);
      }
    }
  }

  async function* allFolders(owner: Owner, signal: AbortSignal): AsyncIterable<Container> {
    yield { workload: "contacts", owner: owner.id, id: DEFAULT_FOLDER, name: "Contacts", role: "default" };
    yield* folders(owner, signal);
  }

  /** A photo is answered apart; 404 means that there is none (api-reference/v1.0/api/profilephoto-get). */
  async function photoOf(owner: Owner, id: string, context: ReadContext): Promise<ContactPhoto | undefined> {
    try {
      return await client.bytes(`${base(owner)}/contacts/${id}/photo/$value`, wanted(owner, context.signal), async ({ bytes }) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of bytes) chunks.push(chunk);
        return { bytes: Buffer.concat(chunks) };
      });
    } catch (thrown) {
      const error = asExodusError(thrown);
      if (error.code === "GRAPH_NOT_FOUND") return undefined;
      if (error.errorClass === "permanent-item") return { unreadable: true };
      throw error;
    }
  }

  async function readContact(owner: Owner, contact: GraphContact, container: string, context: ReadContext): Promise<Change> {
    const title = contact.displayName ?? "";
    try {
      const known = await context.known(contact.id);
      const version = contact.changeKey ?? "";
      if (known !== undefined && version !== "" && known.version === version) return { kind: "unchanged", id: contact.id, container };
      const mapped = contactToVcard(contact, await photoOf(owner, contact.id, context));
      const body = await context.blobs.write(bytesOf(mapped.vcard), ".vcf");
      return {
        kind: "item", key: { workload: "contacts", owner: owner.id, id: contact.id }, container, version, title: mapped.record.displayName, record: mapped.record, body,
        parts: [], digest: itemDigest(mapped.record, body, []), losses: mapped.losses,
      };
    } catch (thrown) {
      return itemFailure(thrown, { id: contact.id, container, title });
    }
  }

  return {
    name: "contacts",
    async *feeds(owner, signal) {
      for await (const container of allFolders(owner, signal)) yield { id: container.id, container, listing: true };
    },
    async *changes(owner: Owner, feed: Feed, _since, context): AsyncIterable<Batch> {
      for await (const page of client.pages<GraphContact>(listPath(owner, feed.id), { ...wanted(owner, context.signal), query: { $top: pageSize } })) {
        const read = ordered(page.value, width, (contact) => readContact(owner, contact, feed.container.id, context));
        for await (const changes of batchesOf(read, batchSize)) yield { changes, done: false };
      }
      yield { changes: [], done: true };
    },
    async readOne(owner, id, container, context) {
      try {
        const contact = await client.get<GraphContact>(`${base(owner)}/contacts/${id}`, wanted(owner, context.signal));
        return await readContact(owner, contact, container, context);
      } catch (thrown) {
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal): Promise<Inventory> {
      let [containers, items] = [0, 0];
      for await (const folder of allFolders(owner, signal)) {
        containers += 1;
        const request = { ...wanted(owner, signal), query: { $select: "id", $top: 1000 } };
        for await (const page of client.pages<GraphContact>(listPath(owner, folder.id), request)) items += page.value.length;
      }
      return { containers, items };
    },
  };
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text, "utf8");
}
