import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { lookup } from "mime-types";
import { changeKey } from "../mail/message.js";
import type { Entry } from "../tenant/entry.js";
import { decodeName } from "../tenant/names.js";
import { jsonOf } from "../tenant/scan.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { quickXorHashOf } from "./xor-hash.js";

export interface DriveRef {
  readonly owner: OwnerFile;
  readonly id: string;
  readonly rootId: string;
}

export function driveOf(store: TenantStore, owner: OwnerFile): DriveRef {
  return { owner, id: `b!${store.idOf(owner.name, "drive")}`, rootId: store.idOf(owner.name, "root", "drive") };
}

/** What `drive.json` of the owner tells about a path: dates, people, facets. */
interface Told {
  readonly createdDateTime?: string;
  readonly lastModifiedDateTime?: string;
  readonly createdBy?: string;
  readonly lastModifiedBy?: string;
  readonly malware?: boolean;
  readonly package?: boolean;
  readonly remoteItem?: boolean;
}

/** Hashes are counted once per content. */
const hashes = new Map<string, string>();
const HASHES_KEPT = 10_000;

/** Graph `driveItem` of a file or folder. `downloadUrl` is pre-authenticated. */
export async function itemJson(store: TenantStore, drive: DriveRef, entry: Entry, downloadUrl: (entry: Entry) => string): Promise<Record<string, unknown>> {
  const told = await toldOf(store, drive, relativePath(entry));
  const modified = told.lastModifiedDateTime ?? new Date(entry.mtimeMs).toISOString().replace(/\.\d+Z$/, "Z");
  const created = told.createdDateTime ?? modified;
  const name = decodeName(path.basename(entry.file));
  const folder = entry.kind === "folder";
  const facet = folder ? { folder: { childCount: store.children(entry.id).length } } : await fileFacet(store, entry, name, downloadUrl);
  return {
    id: entry.id, name, size: folder ? 0 : entry.size, eTag: `"{${entry.id}},${changeKey(entry)}"`, cTag: `"c:{${entry.id}},${Buffer.from(entry.contentMark).toString("base64")}"`,
    createdDateTime: created, lastModifiedDateTime: modified, fileSystemInfo: { createdDateTime: created, lastModifiedDateTime: modified },
    createdBy: person(store, told.createdBy ?? drive.owner.name), lastModifiedBy: person(store, told.lastModifiedBy ?? drive.owner.name),
    webUrl: `https://sandbox.invalid/personal/${encodeURIComponent(drive.owner.name)}/Documents/${encodeURIComponent(name)}`,
    parentReference: { driveType: "business", driveId: drive.id, id: entry.container, path: `/drives/${drive.id}/root:` },
    ...facet, ...(told.malware === true ? { malware: { description: "EICAR" } } : {}), ...(told.package === true ? { package: { type: "oneNote" } } : {}),
    ...(told.remoteItem === true ? { remoteItem: { id: `${entry.id}-remote`, name } } : {}),
  };
}

export function rootJson(store: TenantStore, drive: DriveRef): Record<string, unknown> {
  const created = "2024-01-01T00:00:00Z";
  return {
    id: drive.rootId, name: "root", size: 0, root: {}, folder: { childCount: store.children(drive.rootId).length }, createdDateTime: created, lastModifiedDateTime: created,
    fileSystemInfo: { createdDateTime: created, lastModifiedDateTime: created }, parentReference: { driveType: "business", driveId: drive.id },
    webUrl: `https://sandbox.invalid/personal/${encodeURIComponent(drive.owner.name)}/Documents`,
  };
}

export interface StoredVersion {
  readonly id: string;
  readonly file: string;
  readonly size: number;
  readonly modified: string;
}

/** The present content first, then `<file>.versions/<n>`, newest first, as the API lists them. */
export async function versionsOf(store: TenantStore, drive: DriveRef, entry: Entry): Promise<readonly StoredVersion[]> {
  const dir = path.join(store.dir, `${entry.file}.versions`);
  const numbers = (await readdir(dir).catch((): string[] => [])).map(Number).filter(Number.isInteger).sort((a, b) => b - a);
  const present = await toldOf(store, drive, relativePath(entry));
  const versions: StoredVersion[] = [{
    id: `${(numbers[0] ?? 0) + 1}.0`, file: path.join(store.dir, entry.file), size: entry.size, modified: present.lastModifiedDateTime ?? new Date(entry.mtimeMs).toISOString(),
  }];
  for (const number of numbers) {
    const file = path.join(dir, String(number));
    const info = await stat(file);
    const told = await toldOf(store, drive, `${relativePath(entry)}#${number}`);
    versions.push({ id: `${number}.0`, file, size: info.size, modified: told.lastModifiedDateTime ?? info.mtime.toISOString() });
  }
  return versions;
}

/** Path of an entry inside its drive, as `drive.json` writes it. */
export function relativePath(entry: Entry): string {
  return entry.file.split(path.sep).slice(3).map(decodeName).join("/");
}

async function toldOf(store: TenantStore, drive: DriveRef, file: string): Promise<Told> {
  const first = store.children(drive.rootId)[0]?.file.split(path.sep).slice(0, 2) ?? ["users", drive.owner.name];
  const sheet = await jsonOf(path.join(store.dir, ...first, "drive.json"));
  return (sheet[file] ?? {}) as Told;
}

async function fileFacet(store: TenantStore, entry: Entry, name: string, downloadUrl: (entry: Entry) => string): Promise<object> {
  const key = `${entry.id} ${entry.contentMark}`;
  const hash = hashes.get(key) ?? (await quickXorHashOf(path.join(store.dir, entry.file), entry.size));
  if (hashes.size >= HASHES_KEPT) hashes.clear();
  hashes.set(key, hash);
  return { file: { mimeType: lookup(name) || "application/octet-stream", hashes: { quickXorHash: hash } }, "@microsoft.graph.downloadUrl": downloadUrl(entry) };
}

function person(store: TenantStore, name: string): object {
  const owner = store.owners.get(name.toLowerCase());
  const display = owner?.profile["displayName"];
  return { user: { displayName: typeof display === "string" ? display : name, ...(owner === undefined ? {} : { id: owner.id }) } };
}
