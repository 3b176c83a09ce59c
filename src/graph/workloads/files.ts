import type { Change, Container, Owner } from "../../core/item.js";
import type { Batch, Cursor, Feed, Inventory, ReadContext, Workload } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client.js";
import { resetWhenExpired } from "../delta-round.js";
import { readFile, type FileReader } from "../drive-file.js";
import type { Drive, DriveItem } from "../drive-item.js";
import { batchesOf, ordered } from "../ordered.js";
import { itemFailure } from "../read-errors.js";

export interface FilesOptions {
  /** Older versions of a file to keep, newest first; 0 = none. */
  readonly versions?: number;
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/**
 * OneDrive of users and document libraries of groups: one feed a drive (its whole delta), containers = folders. A folder's rename or move names only the folder
 * (api-reference/v1.0/api/driveitem-delta): paths are therefore made from parents, not stored with files.
 */
export function createFilesWorkload(client: GraphClient, options: FilesOptions = {}): Workload {
  const { versions = 100, pageSize = 200, width = 4, batchSize = 20 } = options;
  const wanted = (driveId: string, signal: AbortSignal): RequestOptions => ({ signal, key: `graph:drive:${driveId}`, permission: "Files.Read.All" });

  async function* drives(owner: Owner, signal: AbortSignal): AsyncIterable<Drive> {
    for await (const page of client.pages<Drive>(`${homeOf(owner)}/drives`, { signal, key: `graph:drive:${owner.id}`, permission: "Files.Read.All" })) yield* page.value;
  }

  /** Users have one drive, with few exceptions; of a group's libraries one is the main one (api-reference/v1.0/api/drive-get). */
  async function mainDrive(owner: Owner, first: Drive, signal: AbortSignal): Promise<string> {
    if (owner.kind === "user") return first.id;
    return (await client.get<Drive>(`${homeOf(owner)}/drive`, { ...wanted(first.id, signal), query: { $select: "id" } })).id;
  }

  async function readItem(owner: Owner, driveId: string, item: DriveItem, context: ReadContext): Promise<Change | undefined> {
    if (item.root !== undefined) return undefined;
    const container = item.parentReference?.id ?? "";
    if (item.deleted !== undefined) return item.folder === undefined && item.file !== undefined ? { kind: "tombstone", id: item.id } : undefined;
    if (item.folder !== undefined && item.remoteItem === undefined) return { kind: "container", container: folderOf(owner, item) };
    const title = item.name ?? "";
    const code = skipCode(item);
    if (code !== undefined) return { kind: "skipped", id: item.id, container, title, code };
    try {
      const reader: FileReader = { client, driveId, request: wanted(driveId, context.signal), context, versions };
      return await readFile(reader, owner, item, container);
    } catch (thrown) {
      return itemFailure(thrown, { id: item.id, container, title });
    }
  }

  async function readChange(owner: Owner, driveId: string, item: DriveItem, context: ReadContext): Promise<readonly Change[]> {
    // A deleted entry may come without its facets: it is then buried as whatever we know it to be.
    if (item.deleted !== undefined && item.root === undefined && (item.folder !== undefined || item.file === undefined)) {
      return [{ kind: "container-gone", id: item.id }, { kind: "tombstone", id: item.id }];
    }
    const change = await readItem(owner, driveId, item, context);
    return change === undefined ? [] : [change];
  }

  async function* round(owner: Owner, feed: Feed, since: Cursor | undefined, context: ReadContext): AsyncIterable<Batch> {
    const first = `/drives/${feed.id}/root/delta`;
    const request = { ...wanted(feed.id, context.signal), ...(since === undefined ? { query: { $top: pageSize } } : {}) };
    for await (const page of client.pages<DriveItem>(since ?? first, request)) {
      const read = ordered(lastOfEach(page.value), width, (item) => readChange(owner, feed.id, item, context));
      for await (const changes of batchesOf(read, batchSize)) yield { changes: changes.flat(), done: false };
      const next = (page.nextLink ?? page.deltaLink) as Cursor | undefined;
      yield { changes: [], done: page.deltaLink !== undefined, ...(next === undefined ? {} : { next }) };
    }
  }

  return {
    name: "files",
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
          const item = await client.get<DriveItem>(`/drives/${drive.id}/items/${id}`, wanted(drive.id, context.signal));
          return (await readItem(owner, drive.id, item, context)) ?? { kind: "tombstone", id };
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

function folderOf(owner: Owner, item: DriveItem): Container {
  const parentId = item.parentReference?.id;
  return { workload: "files", owner: owner.id, id: item.id, name: item.name ?? "", ...(parentId === undefined || parentId === null ? {} : { parentId }) };
}

/** Facets that a migration leaves alone, each a documented rule (api-reference/v1.0/resources/driveitem: malware, package, remoteItem). */
function skipCode(item: DriveItem): "MALWARE" | "ONENOTE_PACKAGE" | "SHORTCUT" | undefined {
  if (item.malware !== undefined) return "MALWARE";
  if (item.package !== undefined) return "ONENOTE_PACKAGE";
  return item.remoteItem === undefined ? undefined : "SHORTCUT";
}

/** The same id may come several times in a page; the last one holds (driveitem-delta, remarks). */
function lastOfEach(items: readonly DriveItem[]): readonly DriveItem[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
