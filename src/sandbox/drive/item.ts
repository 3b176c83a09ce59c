import path from "node:path";
import { lookup } from "mime-types";
import { changeKey } from "../mail/message.js";
import { asRead } from "../tenant/as-read.js";
import type { Entry } from "../tenant/entry.js";
import { rememberContent } from "../tenant/fingerprint.js";
import { decodeName } from "../tenant/names.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { sharedFacet } from "./permissions.js";
import { isShortcut, toldOf } from "./told.js";
import { quickXorHashOf } from "./xor-hash.js";

export interface DriveRef {
  readonly owner: OwnerFile;
  readonly id: string;
  readonly rootId: string;
  /** Its folder in the owner's. */
  readonly area: string;
}

/** All drives of an owner, the main one first. */
export function drivesOf(store: TenantStore, owner: OwnerFile): readonly [DriveRef, ...DriveRef[]] {
  const drive = (area: string): DriveRef => ({ owner, area, id: `b!${store.idOf(owner.name, area)}`, rootId: store.idOf(owner.name, "root", area) });
  const [, ...further] = owner.drives;
  return [drive("drive"), ...further.map(drive)];
}

/** What people call the drive. */
export function driveName({ owner, area }: DriveRef): string {
  if (area !== "drive") return decodeName(area.slice("drive.".length));
  return owner.kind === "user" ? "OneDrive" : "Documents";
}

export function driveUrl(drive: DriveRef): string {
  return `https://sandbox.invalid/personal/${encodeURIComponent(drive.owner.name)}/${encodeURIComponent(driveName(drive))}`;
}

/** True for what lies in the drive's folder. */
export function isInDrive({ owner, area }: DriveRef, file: string): boolean {
  return file.startsWith(path.join(owner.base, area) + path.sep);
}

/** Properties that `$select` may name: those of `driveItem` in the metadata of August 2026, and the two names of the download address. */
export const ITEM_PROPERTIES: ReadonlySet<string> = new Set([
  "id", "audio", "bundle", "content", "createdBy", "createdDateTime", "cTag", "deleted", "description", "eTag", "file", "fileSystemInfo", "folder", "image", "lastModifiedBy",
  "lastModifiedDateTime", "location", "malware", "name", "package", "parentReference", "pendingOperations", "photo", "publication", "remoteItem", "root", "searchResult", "shared",
  "sharepointIds", "size", "specialFolder", "video", "webDavUrl", "webUrl", "children", "permissions", "versions", "thumbnails", "listItem", "analytics", "createdByUser", "lastModifiedByUser",
  "retentionLabel", "subscriptions", "workbook", "@microsoft.graph.downloadUrl", "content.downloadUrl",
]);

export interface ItemView {
  /** Properties of `$select`; undefined = all. */
  readonly wanted: ReadonlySet<string> | undefined;
  /** A delta leaves paths out: a renamed folder changes those of items that it does not tell (api-reference/v1.0/api/driveitem-delta, remarks). */
  readonly withPath: boolean;
  /** The `shared` facet only where rights begin (`Prefer: hierarchicalsharing`). */
  readonly hierarchical: boolean;
  /** Pre-authenticated address of an item's content. */
  address(entry: Entry, infected: boolean): string;
}

/** Graph `driveItem` of a file or folder. */
export async function itemJson(store: TenantStore, drive: DriveRef, entry: Entry, view: ItemView): Promise<Record<string, unknown>> {
  const told = await toldOf(store, drive, relativePath(drive, entry));
  const modified = told.lastModifiedDateTime ?? new Date(entry.mtimeMs).toISOString().replace(/\.\d+Z$/, "Z");
  const created = told.createdDateTime ?? modified;
  const name = decodeName(path.basename(entry.file));
  const folder = entry.kind === "folder";
  const facets = {
    ...(told.malware === true ? { malware: { description: "EICAR" } } : {}), ...(told.package === true ? { package: { type: "oneNote" } } : {}),
    ...(isShortcut(told) ? { remoteItem: { id: `${entry.id}-remote`, name, ...(typeof told.remoteItem === "object" ? told.remoteItem : {}) } } : {}),
  };
  const hasBytes = !folder && told.package !== true && !isShortcut(told);
  return {
    id: entry.id, name, size: folder ? sizeOf(store, entry.id) : entry.size, eTag: `"{${entry.id}},${changeKey(entry)}"`,
    ...(folder ? {} : { cTag: `"c:{${entry.id}},${Buffer.from(entry.contentMark).toString("base64")}"` }),
    createdDateTime: created, lastModifiedDateTime: modified, fileSystemInfo: { createdDateTime: created, lastModifiedDateTime: modified },
    createdBy: person(store, told.createdBy ?? drive.owner.name), lastModifiedBy: person(store, told.lastModifiedBy ?? drive.owner.name),
    webUrl: `${driveUrl(drive)}${encodedPath(drive, entry)}`,
    parentReference: { driveType: "business", driveId: drive.id, id: entry.container, ...(view.withPath ? { path: `/drives/${drive.id}/root:${encodedPath(drive, entry).replace(/\/[^/]*$/, "")}` } : {}) },
    ...(hasBytes ? await fileFacet(store, entry, name, view, told.malware === true) : folder && !isShortcut(told) && told.package !== true ? { folder: { childCount: store.children(entry.id).length } } : {}), ...facets,
    ...(await sharedFacet(store, drive, entry, view.hierarchical)),
  };
}

/** `hierarchical`: an empty `shared` facet tells that a hierarchy of rights begins here (driveitem-delta, "Scanning permissions hierarchies"). */
export function rootJson(store: TenantStore, drive: DriveRef, hierarchical = false): Record<string, unknown> {
  const created = "2024-01-01T00:00:00Z";
  return {
    id: drive.rootId, name: "root", size: sizeOf(store, drive.rootId), root: {}, folder: { childCount: store.children(drive.rootId).length }, createdDateTime: created, lastModifiedDateTime: created,
    fileSystemInfo: { createdDateTime: created, lastModifiedDateTime: created }, parentReference: { driveType: "business", driveId: drive.id },
    eTag: `"{${drive.rootId}},1"`, cTag: `"c:{${drive.rootId}},0"`, createdBy: person(store, drive.owner.name), lastModifiedBy: person(store, drive.owner.name), webUrl: driveUrl(drive), ...(hierarchical ? { shared: {} } : {}),
  };
}

/** Path of an entry inside its drive, as `drive.json` writes it. */
export function relativePath(drive: DriveRef, entry: Entry): string {
  return namesOf(drive, entry).join("/");
}

function namesOf(drive: DriveRef, entry: Entry): readonly string[] {
  return entry.file.slice(path.join(drive.owner.base, drive.area).length + 1).split(path.sep).map(decodeName);
}

/** Percent-encoded, as `itemReference.path` is. */
function encodedPath(drive: DriveRef, entry: Entry): string {
  return namesOf(drive, entry).map((name) => `/${encodeURIComponent(name)}`).join("");
}

/** Sizes of folders. */
const sizes = asRead(() => new Map<string, number>());

/** Bytes of all that lies below a folder. */
export function sizeOf(store: TenantStore, container: string): number {
  const known = sizes(store);
  const size = known.get(container) ?? store.children(container).reduce((sum, entry) => sum + (entry.kind === "folder" ? sizeOf(store, entry.id) : entry.size), 0);
  known.set(container, size);
  return size;
}

/** Hashes are counted once per content, even when it is asked for by several at once. */
const hashes = new Map<string, Promise<string>>();
const HASHES_KEPT = 10_000;

async function fileFacet(store: TenantStore, entry: Entry, name: string, { wanted, address }: ItemView, infected: boolean): Promise<object> {
  const asks = (...names: readonly string[]): boolean => wanted === undefined || names.some((one) => wanted.has(one));
  return {
    ...(asks("file") ? { file: { mimeType: lookup(name) || "application/octet-stream", hashes: { quickXorHash: await hashOf(store, entry) } } } : {}),
    ...(asks("@microsoft.graph.downloadUrl", "content.downloadUrl") ? { "@microsoft.graph.downloadUrl": address(entry, infected) } : {}),
  };
}

async function hashOf(store: TenantStore, entry: Entry): Promise<string> {
  await rememberContent(store, entry);
  const key = `${entry.id} ${entry.contentMark}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  if (hashes.size >= HASHES_KEPT) hashes.delete(hashes.keys().next().value ?? "");
  const hash = quickXorHashOf(store.disk(entry.file), entry.size);
  hashes.set(key, hash);
  return hash.catch((cause: unknown) => {
    hashes.delete(key);
    throw cause;
  });
}

/** Graph `identitySet` of a person of the tenant, or of somebody by a plain name. */
export function person(store: TenantStore, name: string): object {
  const owner = store.owners.get(name.toLowerCase());
  const display = owner?.profile["displayName"];
  return { user: { displayName: typeof display === "string" ? display : name, ...(owner === undefined ? {} : { id: owner.id }) } };
}
