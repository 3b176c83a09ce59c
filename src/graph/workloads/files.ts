import { asExodusError } from "../../core/errors.js";
import type { Change, Owner } from "../../core/item.js";
import type { SkipCode } from "../../core/skips.js";
import type { Batch, Cursor, Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { lastOfEach, resetWhenExpired } from "../reading/delta-round.js";
import { readFile, type FileReader } from "../drive/drive-file.js";
import { folderContainer, folderOfCard, readFolderCard } from "../drive/drive-folder.js";
import type { Drive, DriveItem } from "../drive/drive-item.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { libraryOf, NO_LIBRARY } from "../drive/library.js";
import { SITES_PERMISSION } from "../owners.js";
import { TELL_SHARING } from "../drive/permissions.js";
import { itemFailure, OF_ONE_ITEM } from "../reading/read-errors.js";

export interface FilesOptions {
  /** Older versions of a file to keep, newest first; 0 = none. */
  readonly versions?: number;
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/**
 * OneDrive of users and document libraries of groups: one feed a drive (its whole delta), containers = folders. A folder's rename or move names only the folder
 * (api-reference/v1.0/api/driveitem-delta): paths are therefore made from parents, not stored with files. Rights are asked for where the delta says that
 * they begin: of a file in its record, of a folder as an item in it.
 */
export function createFilesWorkload(client: GraphClient, options: FilesOptions = {}): Workload {
  const { versions = 100, pageSize = 200, width = 4, batchSize = 20 } = options;
  const wanted = (driveId: string, signal: AbortSignal): RequestOptions => ({ signal, key: `graph:drive:${driveId}`, permission: "Files.Read.All" });

  /** Drives that are document libraries, of those that were listed (resources/drive, `driveType`). */
  const libraries = new Set<string>();

  async function* drives(owner: Owner, signal: AbortSignal): AsyncIterable<Drive> {
    for await (const page of client.pages<Drive>(`${homeOf(owner)}/drives`, { signal, key: `graph:drives-of:${owner.id}`, permission: "Files.Read.All" })) {
      for (const drive of page.value) {
        if (drive.driveType === "documentLibrary") libraries.add(drive.id);
        yield drive;
      }
    }
  }

  /** Users have one drive, with few exceptions; of a group's libraries one is the main one (api-reference/v1.0/api/drive-get). */
  async function mainDrive(owner: Owner, first: Drive, signal: AbortSignal): Promise<string> {
    if (owner.kind === "user") return first.id;
    return (await client.get<Drive>(`${homeOf(owner)}/drive`, { ...wanted(first.id, signal), query: { $select: "id" } })).id;
  }

  const readerOf = (driveId: string, context: ReadContext): FileReader => {
    const request = wanted(driveId, context.signal);
    return { client, driveId, request, context, versions, library: libraries.has(driveId) ? libraryOf(client, driveId, { ...request, permission: SITES_PERMISSION }) : NO_LIBRARY };
  };

  async function readItem(owner: Owner, reader: FileReader, item: DriveItem): Promise<Change> {
    const [container, title] = [item.parentReference?.id ?? "", item.name ?? ""];
    const skipped = (code: SkipCode, detail?: string): Change => ({ kind: "skipped", id: item.id, container, title, code, ...(detail === undefined ? {} : { detail }) });
    const code = skipCode(item);
    if (code !== undefined) return skipped(code, targetOf(item));
    try {
      return await readFile(reader, owner, item, container);
    } catch (thrown) {
      reader.context.signal.throwIfAborted();
      return asExodusError(thrown).code === "GRAPH_INFECTED" ? skipped("MALWARE") : itemFailure(thrown, { id: item.id, container, title }, OF_ONE_ITEM);
    }
  }

  /** `whole`: the drive is being listed, not followed. */
  async function readChange(owner: Owner, reader: FileReader, item: DriveItem, whole: boolean): Promise<readonly Change[]> {
    // The root is told in every round: asking for its rights each time would cost five times the round itself.
    if (item.root !== undefined) return whole || item["@microsoft.graph.sharedChanged"] !== undefined ? readFolderCard(reader, owner, item, true) : [];
    if (item.deleted !== undefined) {
      // A deleted entry may come without its facets: it is then buried as whatever we know it to be.
      const isFile = item.folder === undefined && item.file !== undefined;
      return isFile ? [{ kind: "tombstone", id: item.id }] : [{ kind: "container-gone", id: item.id }, { kind: "tombstone", id: item.id }];
    }
    if (!isFolder(item)) return [await readItem(owner, reader, item)];
    return [{ kind: "container", container: folderContainer(owner, item) }, ...(await readFolderCard(reader, owner, item))];
  }

  /** An item by its id, or the card of a folder. */
  async function readById(owner: Owner, driveId: string, id: string, context: ReadContext): Promise<Change> {
    const folder = folderOfCard(id);
    const item = await client.get<DriveItem>(`/drives/${driveId}/items/${folder ?? id}`, wanted(driveId, context.signal));
    const reader = readerOf(driveId, context);
    if (folder !== undefined) return (await readFolderCard(reader, owner, item, item.root !== undefined))[0] ?? { kind: "tombstone", id };
    return item.root !== undefined || isFolder(item) || item.deleted !== undefined ? { kind: "tombstone", id } : readItem(owner, reader, item);
  }

  async function* round(owner: Owner, feed: Feed, since: Cursor | undefined, context: ReadContext): AsyncIterable<Batch> {
    const first = `/drives/${feed.id}/root/delta`;
    const request = { ...wanted(feed.id, context.signal), headers: { Prefer: TELL_SHARING }, ...(since === undefined ? { query: { $top: pageSize } } : {}) };
    const reader = readerOf(feed.id, context);
    for await (const page of client.pages<DriveItem>(since ?? first, request)) {
      const read = ordered(lastOfEach(page.value), width, (item) => readChange(owner, reader, item, since === undefined));
      for await (const changes of batchesOf(read, batchSize)) yield { changes: changes.flat(), done: false };
      const next = (page.nextLink ?? page.deltaLink) as Cursor | undefined;
      yield { changes: [], done: page.deltaLink !== undefined, ...(next === undefined ? {} : { next }) };
    }
  }

  return {
    name: "files",
    width: 4,
    async *feeds(owner, signal) {
      let main: string | undefined;
      for await (const drive of drives(owner, signal)) {
        const root = await client.get<DriveItem>(`/drives/${drive.id}/root`, { ...wanted(drive.id, signal), query: { $select: "id" } });
        main ??= await mainDrive(owner, drive, signal);
        // Further libraries stand as folders beside what is in the main one.
        const place = drive.id === main ? { name: "", role: "root" as const } : { name: drive.name ?? drive.id };
        yield { id: drive.id, container: { workload: "files", owner: owner.id, id: root.id, ...place }, listing: false };
      }
    },
    changes: (owner, feed, since, context) => resetWhenExpired((from) => round(owner, feed, from, context), since),
    async readOne(owner, id, container, context) {
      for await (const drive of drives(owner, context.signal)) {
        try {
          return await readById(owner, drive.id, id, context);
        } catch (thrown) {
          const change = itemFailure(thrown, { id, container, title: "" });
          if (change.kind !== "tombstone") return change;
        }
      }
      return { kind: "tombstone", id };
    },
    async inventory(owner, signal): Promise<Inventory> {
      const total = { containers: 0, items: 0, bytes: 0 };
      for await (const drive of drives(owner, signal)) {
        const select = { $select: "id,size,file,folder,deleted,root", $top: 999 };
        for await (const page of client.pages<DriveItem>(`/drives/${drive.id}/root/delta`, { ...wanted(drive.id, signal), query: select })) {
          for (const item of page.value) {
            if (item.folder !== undefined || item.root !== undefined) total.containers += 1;
            else if (item.file !== undefined) {
              total.items += 1;
              total.bytes += item.size ?? 0;
            }
          }
        }
      }
      return total;
    },
  };
}

function homeOf({ kind, id }: Owner): string {
  return `/${kind}s/${id}`;
}

function isFolder({ folder, remoteItem }: DriveItem): boolean {
  return folder !== undefined && remoteItem === undefined;
}

/** Facets that a migration leaves alone, each a documented rule (api-reference/v1.0/resources/driveitem: malware, package, remoteItem). */
function skipCode(item: DriveItem): SkipCode | undefined {
  if (item.malware !== undefined) return "MALWARE";
  if (item.package !== undefined) return "ONENOTE_PACKAGE";
  return item.remoteItem === undefined ? undefined : "SHORTCUT";
}

/** Where a shortcut leads: an address for people, ids where there is none (resources/remoteitem). */
function targetOf({ remoteItem }: DriveItem): string | undefined {
  if (remoteItem === undefined) return undefined;
  return remoteItem.webUrl ?? [remoteItem.parentReference?.driveId, remoteItem.id].filter((part) => typeof part === "string").join("/");
}
