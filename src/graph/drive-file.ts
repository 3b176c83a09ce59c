import { lookup } from "mime-types";
import { itemDigest } from "../core/digest.js";
import { asExodusError, ExodusError } from "../core/errors.js";
import type { BlobRef, Change, Loss, Owner } from "../core/item.js";
import type { ReadContext } from "../core/source.js";
import { FileRecord } from "../format/records.js";
import type { GraphClient, RequestOptions } from "./client.js";
import { backoffMs, pause } from "../lib/backoff.js";
import { markOf, NO_PERMISSIONS, readPermissions } from "./permissions.js";
import { personOf, type DriveItem, type DriveItemVersion } from "./drive-item.js";
import { OF_ONE_ITEM } from "./read-errors.js";
import { QuickXorHash } from "./quick-xor-hash.js";

export interface FileReader {
  readonly client: GraphClient;
  readonly driveId: string;
  readonly request: RequestOptions;
  readonly context: ReadContext;
  readonly versions: number;
}

/** Times that one file's download address is asked for again after its transfer was cut. */
const RESUMES = 8;
/** Refusals by fresh addresses before the file itself is taken for refused: an expired address and a forbidden file are answered alike. */
const REFUSALS = 2;

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
  const losses: Loss[] = [...sharing.losses];
  const body = sameContent && known?.body !== undefined && known.body.size === item.size ? known.body : await readContent(reader, item, losses);
  const { parts, versions } = await readVersions(reader, item, losses);
  const record = recordOf(item, body, versions, sharing.permissions);
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
  for (let attempt = 0; ; attempt += 1) {
    const hash = new QuickXorHash();
    const body = await blobs.write(hashing(contentOf(reader, item), hash), ".bin");
    if (expected === undefined || hash.digest() === expected) return body;
    // Read twice with the same result: the source's hash is stale (SharePoint rewrites some Office files on ingest), the bytes are what it serves.
    if (attempt > 0) {
      losses.push({ field: "quickXorHash", change: "approximated", side: "source", reason: "files.hash-mismatch" });
      return body;
    }
  }
}

/**
 * Content by the pre-authenticated address, asked for again when it expires, resumed where a transfer was cut. An answer that ends well is whole: the size that
 * an item tells may differ from what is served (OneDrive/onedrive-api-docs#492 and #927, rclone/rclone#2036).
 */
async function* contentOf(reader: FileReader, item: DriveItem): AsyncIterable<Uint8Array> {
  const { client, driveId, request } = reader;
  let url = item["@microsoft.graph.downloadUrl"];
  let at = 0;
  for (let [resumes, refusals] = [0, 0]; ; resumes += 1) {
    url ??= await freshAddress(reader, `/drives/${driveId}/items/${item.id}/content`);
    try {
      for await (const chunk of client.download(url, { ...request, from: at })) {
        at += chunk.length;
        refusals = 0;
        yield chunk;
      }
      return;
    } catch (thrown) {
      const error = asExodusError(thrown);
      const refused = ["GRAPH_TOKEN", "GRAPH_CONSENT", "GRAPH_NOT_FOUND"].includes(error.code);
      if (refused) refusals += 1;
      if (refusals > REFUSALS) throw new ExodusError("GRAPH_REFUSED", { params: error.params, cause: error });
      const again = refused || error.errorClass === "retryable" || error.errorClass === "throttled";
      if (!again || error.code === "INTERRUPTED" || resumes >= RESUMES) throw thrown;
      url = undefined;
      await pause(error.retryAfterMs ?? backoffMs(resumes), request.signal);
    }
  }
}

async function freshAddress({ client, request }: FileReader, path: string): Promise<string> {
  const address = await client.location(path, request);
  if (address === undefined) throw new ExodusError("GRAPH_SHAPE", { params: { path: "content", reason: "no redirect to a download address" } });
  return address;
}

/** Older versions, oldest first. `/versions` lists the present one first (api-reference/v1.0/api/driveitem-list-versions). */
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
  for (const version of older.reverse()) {
    try {
      const blob = await context.blobs.write(contentOf(reader, versionAsItem(item, version)), ".bin");
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

/** A version's content stands at `/items/{id}/versions/{version}/content` (api-reference/v1.0/api/driveitemversion-get-contents). */
function versionAsItem(item: DriveItem, version: DriveItemVersion): DriveItem {
  return { id: `${item.id}/versions/${version.id}`, ...(version.size === undefined ? {} : { size: version.size }) };
}

function recordOf(item: DriveItem, body: BlobRef, versions: FileRecord["versions"], permissions: FileRecord["permissions"]): FileRecord {
  const name = item.name ?? "";
  return FileRecord.parse({
    v: 1, type: "file", name, size: body.size, mediaType: item.file?.mimeType ?? (lookup(name) || undefined),
    createdAt: instant(item.fileSystemInfo?.createdDateTime ?? item.createdDateTime), modifiedAt: instant(item.fileSystemInfo?.lastModifiedDateTime ?? item.lastModifiedDateTime),
    createdBy: personOf(item.createdBy), modifiedBy: personOf(item.lastModifiedBy), quickXorHash: item.file?.hashes?.quickXorHash ?? undefined, versions, permissions,
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
