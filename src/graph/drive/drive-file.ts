import { lookup } from "mime-types";
import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { BlobRef, Change, Loss, Owner } from "../../core/item.js";
import type { ReadContext } from "../../core/source.js";
import { FileRecord } from "../../format/records.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { contentBytes, type Content } from "./drive-content.js";
import type { Library, LibraryFacts } from "./library.js";
import { markOf, NO_PERMISSIONS, readPermissions } from "./permissions.js";
import { personOf, type DriveItem, type DriveItemVersion } from "./drive-item.js";
import { OF_ONE_ITEM } from "../reading/read-errors.js";
import { QuickXorHash } from "./quick-xor-hash.js";

export interface FileReader {
  readonly client: GraphClient;
  readonly driveId: string;
  readonly request: RequestOptions;
  readonly context: ReadContext;
  readonly versions: number;
  /** What the drive tells of a file as a library. */
  readonly library: Library;
}

/** Readings of a file whose bytes come differently each time. */
const MOST_READS = 4;

/**
 * Reads one file with its older versions and rights. The version mark holds eTag (anything changed), a mark of rights of its own, which change
 * without the eTag, and cTag (content changed), which a delta leaves out: after a rename or a sharing alone the content that the vault holds is kept.
 */
export async function readFile(reader: FileReader, owner: Owner, item: DriveItem, container: string): Promise<Change> {
  const { context } = reader;
  const known = await context.known(item.id);
  const before = known?.version.split(";") ?? [];
  // Told with each change of a shared item; one that was shared may be so no more.
  const asks = item.shared !== undefined || before.length > 2;
  const sharing = asks ? await readPermissions(reader.client, reader.driveId, item.id, reader.request) : NO_PERMISSIONS;
  const mark = markOf(sharing);
  const version = [item.eTag ?? "", ...(mark === "" ? [] : [mark]), item.cTag ?? ""].join(";");
  if (known !== undefined && item.eTag !== undefined && known.version === version) return { kind: "unchanged", id: item.id, container };
  const sameContent = isSame(before[0], item.eTag) || isSame(before.at(-1), item.cTag);
  const library = await reader.library(item.id);
  const losses: Loss[] = [...sharing.losses, ...library.losses];
  const body = sameContent && known?.body !== undefined && known.body.size === item.size ? known.body : await readContent(reader, item, losses);
  const { parts, versions } = await readVersions(reader, item, losses);
  const record = recordOf(item, body, versions, sharing.permissions, library.told);
  return {
    kind: "item", key: { workload: "files", owner: owner.id, id: item.id }, container, version, title: item.name ?? "", record, body, parts,
    digest: itemDigest(record, body, parts), losses,
  };
}

function isSame(before: string | undefined, now: string | null | undefined): boolean {
  return before !== undefined && before !== "" && before === now;
}

async function readContent(reader: FileReader, item: DriveItem, losses: Loss[]): Promise<BlobRef> {
  const { blobs } = reader.context;
  // Some drives answer an empty file with no body or refuse the range: there is nothing to ask for.
  if (item.size === 0) return blobs.write(nothing(), ".bin");
  const expected = item.file?.hashes?.quickXorHash ?? undefined;
  let before: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const hash = new QuickXorHash();
    const body = await blobs.write(hashing(contentBytes(reader.client, contentOf(reader, item), reader.request), hash), ".bin");
    const found = hash.digest();
    if (expected === undefined || found === expected) return body;
    // Read twice with the same result: the source's hash is stale (SharePoint rewrites some Office files on ingest), the bytes are what it serves.
    if (found === before || attempt === MOST_READS) {
      losses.push({ field: "quickXorHash", change: "approximated", side: "source", reason: "files.hash-mismatch" });
      return body;
    }
    before = found;
  }
}

/**
 * Older versions, oldest first. `/versions` lists the present one first (api-reference/v1.0/api/driveitem-list-versions). Its id may be "current" until the next one takes
 * its place (OneDrive/onedrive-api-docs#1560); that of an older version stays, so that what the vault holds of it, of the same moment, is not asked for again.
 */
async function readVersions(reader: FileReader, item: DriveItem, losses: Loss[]): Promise<{ parts: readonly BlobRef[]; versions: FileRecord["versions"] }> {
  if (reader.versions === 0) return { parts: [], versions: [] };
  const { client, driveId, request, context } = reader;
  const older: DriveItemVersion[] = [];
  let index = 0;
  for await (const page of client.pages<DriveItemVersion>(`/drives/${driveId}/items/${item.id}/versions`, request)) {
    for (const version of page.value) {
      if (index > 0 && older.length < reader.versions) older.push(version);
      else if (index > 0 && losses.every(({ reason }) => reason !== "files.versions-limit")) losses.push({ field: "versions", change: "truncated", side: "tool", reason: "files.versions-limit" });
      index += 1;
    }
  }
  const parts: BlobRef[] = [];
  const versions: FileRecord["versions"] = [];
  const held = older.length === 0 ? NONE : await heldVersions(reader, item);
  for (const version of older.reverse()) {
    try {
      const blob = held(version) ?? await context.blobs.write(contentBytes(client, versionContent(reader, item, version), request), ".bin");
      parts.push(blob);
      versions.push({ id: version.id, modifiedAt: instant(version.lastModifiedDateTime), size: blob.size, sha256: blob.sha256 });
    } catch (thrown) {
      // The file is worth keeping without it; that the version is gone does not say that the file is.
      const { errorClass, code } = asExodusError(thrown);
      if (errorClass !== "permanent-item" && !OF_ONE_ITEM.includes(code)) throw thrown;
      losses.push({ field: `versions/${version.id}`, change: "dropped", side: "source", reason: "files.version-unreadable" });
    }
  }
  return { parts, versions };
}

type Held = (version: DriveItemVersion) => BlobRef | undefined;
const NONE: Held = () => undefined;

/** Finds the bytes of a version among those that the vault holds with the file. */
async function heldVersions({ context }: FileReader, { id }: DriveItem): Promise<Held> {
  const stored = await context.stored(id);
  const record = FileRecord.safeParse(stored?.record);
  if (stored === undefined || !record.success) return NONE;
  const blobs = new Map(stored.parts.map((part) => [part.sha256 as string, part]));
  return ({ id: asked, lastModifiedDateTime }) => {
    const at = instant(lastModifiedDateTime);
    const version = at === undefined ? undefined : record.data.versions.find((one) => one.id === asked && one.modifiedAt === at);
    return version === undefined ? undefined : blobs.get(version.sha256);
  };
}

function contentOf({ driveId }: FileReader, item: DriveItem): Content {
  return { path: `/drives/${driveId}/items/${item.id}`, size: item.size ?? undefined, address: item["@microsoft.graph.downloadUrl"] };
}

/** A version's content stands at `/items/{id}/versions/{version}/content` (api-reference/v1.0/api/driveitemversion-get-contents). */
function versionContent({ driveId }: FileReader, item: DriveItem, version: DriveItemVersion): Content {
  return { path: `/drives/${driveId}/items/${item.id}/versions/${version.id}`, size: version.size ?? undefined, address: undefined };
}

function recordOf(item: DriveItem, body: BlobRef, versions: FileRecord["versions"], permissions: FileRecord["permissions"], told: LibraryFacts["told"]): FileRecord {
  const name = item.name ?? "";
  return FileRecord.parse({
    v: 1, type: "file", name, size: body.size, mediaType: item.file?.mimeType ?? (lookup(name) || undefined),
    createdAt: instant(item.fileSystemInfo?.createdDateTime ?? item.createdDateTime), modifiedAt: instant(item.fileSystemInfo?.lastModifiedDateTime ?? item.lastModifiedDateTime),
    createdBy: personOf(item.createdBy), modifiedBy: personOf(item.lastModifiedBy), quickXorHash: item.file?.hashes?.quickXorHash ?? undefined, versions, permissions, ...told,
    // Not told anew of what is below a folder that is renamed: the address is that of the file's last own change.
    url: item.webUrl ?? undefined,
  });
}

/** Graph writes UTC instants with or without fractions; a lower-case or offset form is normalised. */
function instant(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(text)) return text;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

async function* hashing(bytes: AsyncIterable<Uint8Array>, hash: QuickXorHash): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {
  // An empty stream.
}
