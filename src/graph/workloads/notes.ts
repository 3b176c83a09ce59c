import { extension } from "mime-types";
import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { BlobRef, Change, Container, Owner } from "../../core/item.js";
import type { Batch, Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import type { NotePageRecord } from "../../format/note.js";
import { fileExtension } from "../../lib/file-names.js";
import { cardOf } from "../reading/card.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { itemTitle } from "../reading/item-title.js";
import { text } from "../map/chat-message.js";
import { LossLog } from "../map/loss-log.js";
import { notePageRecord, notePartRecord, noteResources, type GraphNotePage, type GraphNotePart, type NoteResource } from "../map/note-page.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { itemFailure } from "../reading/read-errors.js";

export interface NotesOptions {
  /** Pages a request: 100 is the most (concepts/onenote-get-content, "top"). */
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/** What a feed stands for: a notebook with its groups of sections, or a section. */
type Told = { readonly notebook: GraphNotePart; readonly groups: readonly GraphNotePart[] } | { readonly section: GraphNotePart };

/**
 * OneNote of users, groups and sites: a feed a notebook, which tells its groups of sections, and one a section, which lists its pages; both are items too.
 * There is no delta: pages are listed, and read anew when their date of change is another one. The limits are the strictest of Graph (concepts/throttling-limits,
 * "OneNote service limits"): the tree costs three requests an owner, a section one a hundred pages, a page one and one for each picture or file.
 * Since 31 March 2025 the service refuses applications that act for themselves (message center MC1011142), whatever the permission tables of its pages say:
 * it takes a token of somebody who is signed in.
 */
export function createNotesWorkload(client: GraphClient, options: NotesOptions = {}): Workload {
  const { pageSize = 100, width = 2, batchSize = 20 } = options;
  const told = new WeakMap<Feed, Told>();

  async function all(owner: Owner, what: "notebooks" | "sectionGroups" | "sections", signal: AbortSignal): Promise<readonly GraphNotePart[]> {
    const found: GraphNotePart[] = [];
    for await (const page of client.pages<GraphNotePart>(`${base(owner)}/${what}`, { ...wanted(signal), query: { $top: 100 } })) found.push(...page.value);
    return found;
  }

  /** A list that was asked for with `$top` has no link to go on: oldest first, since new pages then come behind what was read. */
  async function* pages(owner: Owner, section: string, signal: AbortSignal): AsyncIterable<readonly GraphNotePage[]> {
    for (let skip = 0; ; skip += pageSize) {
      let seen = 0;
      const query = { $top: pageSize, ...(skip === 0 ? {} : { $skip: skip }), $orderby: "createdDateTime", pagelevel: "true" };
      for await (const { value } of client.pages<GraphNotePage>(`${base(owner)}/sections/${encodeURIComponent(section)}/pages`, { ...wanted(signal), query })) {
        seen += value.length;
        yield value;
      }
      if (seen !== pageSize) return;
    }
  }

  async function* notebookRound(owner: Owner, feed: Feed, { notebook, groups }: Extract<Told, { notebook: unknown }>, context: ReadContext): AsyncIterable<Batch> {
    const containers = groups.map((group) => ({ kind: "container" as const, container: containerOf(owner, group, group.parentSectionGroup?.id ?? notebook.id) }));
    yield { changes: [...containers, await card(owner, feed, "notebook", notebook, context)], done: true };
  }

  async function* sectionRound(owner: Owner, feed: Feed, section: GraphNotePart, context: ReadContext): AsyncIterable<Batch> {
    const places: { id: string; level: number; order: number }[] = [];
    for await (const listed of pages(owner, feed.id, context.signal)) {
      places.push(...listed.map(({ id, level, order }) => ({ id, level: level ?? 0, order: order ?? 0 })));
      const read = ordered(listed, width, (page) => readPage(client, owner, feed.id, page, context));
      for await (const changes of batchesOf(read, batchSize)) yield { changes, done: false };
    }
    const inOrder = places.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)).map(({ id, level }) => ({ id, level }));
    yield { changes: [await card(owner, feed, "section", section, context, inOrder)], done: true };
  }

  return {
    name: "notes",
    async *feeds(owner, signal) {
      const [notebooks, groups, sections] = [await all(owner, "notebooks", signal), await all(owner, "sectionGroups", signal), await all(owner, "sections", signal)];
      for (const notebook of notebooks) {
        const feed: Feed = { id: notebook.id, listing: true, container: { ...containerOf(owner, notebook), ...(notebook.isDefault === true ? { role: "default" as const } : {}) } };
        told.set(feed, { notebook, groups: groups.filter(({ parentNotebook }) => parentNotebook?.id === notebook.id) });
        yield feed;
      }
      for (const section of sections) {
        const feed: Feed = { id: section.id, listing: true, container: containerOf(owner, section, section.parentSectionGroup?.id ?? section.parentNotebook?.id ?? undefined) };
        told.set(feed, { section });
        yield feed;
      }
    },
    changes(owner, feed, _since, context) {
      const known = told.get(feed) ?? { section: { id: feed.id, displayName: feed.container.name } };
      return "notebook" in known ? notebookRound(owner, feed, known, context) : sectionRound(owner, feed, known.section, context);
    },
    async readOne(owner, id, container, context) {
      try {
        return await readPage(client, owner, container, await client.get<GraphNotePage>(`${base(owner)}/pages/${encodeURIComponent(id)}`, wanted(context.signal)), context);
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal): Promise<Inventory> {
      return { containers: (await all(owner, "sections", signal)).length };
    },
  };
}

function base(owner: Owner): string {
  return `/${owner.kind}s/${owner.id}/onenote`;
}

function wanted(signal: AbortSignal): RequestOptions {
  return { signal, permission: "Notes.Read.All" };
}

function containerOf(owner: Owner, { id, displayName }: GraphNotePart, parentId?: string): Container {
  return { workload: "notes", owner: owner.id, id, name: text(displayName) ?? id, ...(parentId === undefined ? {} : { parentId }) };
}

function card(owner: Owner, { id }: Feed, form: "notebook" | "section", part: GraphNotePart, context: ReadContext, pages?: readonly { readonly id: string; readonly level: number }[]): Promise<Change> {
  const record = notePartRecord(form, part, pages === undefined ? undefined : [...pages]);
  return cardOf({ key: { workload: "notes", owner: owner.id, id: `${id}/card` }, container: id, title: record.name, record, losses: [] }, context);
}

/** Its date of change is all that tells a page from what it was. */
async function readPage(client: GraphClient, owner: Owner, section: string, page: GraphNotePage, context: ReadContext): Promise<Change> {
  const version = page.lastModifiedDateTime ?? "";
  const title = itemTitle(page.title, page.createdDateTime);
  if (version !== "" && (await context.known(page.id))?.version === version) return { kind: "unchanged", id: page.id, container: section };
  try {
    const chunks: Uint8Array[] = [];
    const path = `${base(owner)}/pages/${encodeURIComponent(page.id)}/content`;
    const body = await client.bytes(path, { ...wanted(context.signal), headers: { Accept: "text/html" } }, ({ bytes }) => {
      chunks.length = 0;
      return context.blobs.write(kept(bytes, chunks), ".html");
    });
    const log = new LossLog();
    const { resources, parts } = await readResources(client, owner, noteResources(Buffer.concat(chunks).toString("utf8")), log, context);
    const record = notePageRecord(page, resources);
    return { kind: "item", key: { workload: "notes", owner: owner.id, id: page.id }, container: section, version, title, record, body, parts, digest: itemDigest(record, body, parts), losses: log.losses };
  } catch (thrown) {
    context.signal.throwIfAborted();
    return itemFailure(thrown, { id: page.id, container: section, title });
  }
}

/** A page's text is read for the names in it while it is stored; its pictures and files never stand in memory. */
async function* kept(bytes: AsyncIterable<Uint8Array>, chunks: Uint8Array[]): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    chunks.push(chunk);
    yield chunk;
  }
}

async function readResources(client: GraphClient, owner: Owner, named: readonly NoteResource[], log: LossLog, { blobs, signal }: ReadContext): Promise<{ readonly resources: NotePageRecord["resources"]; readonly parts: readonly BlobRef[] }> {
  const [resources, parts]: [NotePageRecord["resources"], BlobRef[]] = [[], []];
  for (const { id, copies, name, mediaType } of named) {
    try {
      const blob = await client.bytes(`${base(owner)}/resources/${encodeURIComponent(id)}/content`, wanted(signal), ({ bytes }) => blobs.write(bytes, extensionOf(name, mediaType)));
      resources.push({ id, copies: [...copies], name, mediaType, size: blob.size, sha256: blob.sha256 });
      parts.push(blob);
    } catch (thrown) {
      if (asExodusError(thrown).errorClass !== "permanent-item" || signal.aborted) throw thrown;
      log.add(`resources/${name ?? id}`, "dropped", "note.resource-unreadable", "source");
    }
  }
  return { resources, parts };
}

function extensionOf(name: string | undefined, mediaType: string | undefined): string {
  if (name !== undefined) return fileExtension(name);
  const known = mediaType === undefined ? false : extension(mediaType);
  return known === false ? ".bin" : `.${known}`;
}
