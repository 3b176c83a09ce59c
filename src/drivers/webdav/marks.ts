import type { DavClient } from "../dav/client.js";
import { textOf, type Member } from "../dav/multistatus.js";
import { propfind, type PropertyValue } from "../dav/verbs.js";
import { DAV } from "../dav/xml.js";

/** Namespace of the dead properties (RFC 4918 section 4) by which we know our own; MOVE takes them along (section 9.9.1). */
const OURS = "urn:x-o365-exodus:dav";
/** Properties that Windows' own WebDAV client sets ([MS-WDV], PROPPATCH by the client); many servers set the file's dates by them. */
const WINDOWS = "urn:schemas-microsoft-com:";

const KEY = `{${OURS}}key`;
const HASH = `{${OURS}}sha256`;
const CONTAINER = `{${OURS}}container`;
const MADE = `{${OURS}}made`;
const MODIFIED = `{${WINDOWS}}Win32LastModifiedTime`;
const CREATED = `{${WINDOWS}}Win32CreationTime`;
const LAST_MODIFIED = `{${DAV}}getlastmodified`;
const LENGTH = `{${DAV}}getcontentlength`;
const ETAG = `{${DAV}}getetag`;
const TYPE = `{${DAV}}resourcetype`;

/** What stands at a path, as the server tells it. */
export interface Standing {
  readonly folder: boolean;
  readonly size: number | undefined;
  readonly etag: string | undefined;
  /** Idempotency key and content that we wrote; a user's later PUT may leave them in place. */
  readonly key: string | undefined;
  readonly sha256: string | undefined;
  /** Mark of the source's container, and whether we made the folder. */
  readonly container: string | undefined;
  readonly made: boolean;
  /** Instants, in milliseconds: the server's own date, and the two that we set. */
  readonly lastModified: number | undefined;
  readonly modified: number | undefined;
  readonly created: number | undefined;
}

export async function standing(client: DavClient, path: string, signal: AbortSignal): Promise<Standing | undefined> {
  const found = await propfind(client, path, [TYPE, LENGTH, ETAG, LAST_MODIFIED, KEY, HASH, CONTAINER, MADE, MODIFIED, CREATED], signal);
  return found === undefined ? undefined : standingOf(found);
}

function standingOf(found: Member): Standing {
  const instant = (name: string): number | undefined => {
    const time = Date.parse(textOf(found, name) ?? "");
    return Number.isNaN(time) ? undefined : time;
  };
  const some = (name: string): string | undefined => textOf(found, name) || undefined;
  const length = some(LENGTH);
  return {
    folder: found.properties.get(TYPE)?.children.some(({ name }) => name === `{${DAV}}collection`) === true,
    size: length === undefined ? undefined : Number(length), etag: some(ETAG), key: some(KEY), sha256: some(HASH),
    container: some(CONTAINER), made: textOf(found, MADE) === "1",
    lastModified: instant(LAST_MODIFIED), modified: instant(MODIFIED), created: instant(CREATED),
  };
}

/** Dates of a file, ISO 8601. */
export interface FileDates {
  readonly modifiedAt?: string | undefined;
  readonly createdAt?: string | undefined;
}

export function fileMarks(key: string, sha256: string): readonly PropertyValue[] {
  return [{ name: KEY, value: key }, { name: HASH, value: sha256 }];
}

export function dateMarks({ modifiedAt, createdAt }: FileDates): readonly PropertyValue[] {
  return [[MODIFIED, modifiedAt] as const, [CREATED, createdAt] as const].flatMap(([name, at]) => (at === undefined ? [] : [{ name, value: new Date(at).toUTCString() }]));
}

export function folderMarks(container: string, made: boolean): readonly PropertyValue[] {
  return [{ name: CONTAINER, value: container }, { name: MADE, value: made ? "1" : "0" }];
}
