import { ExodusError } from "../../core/errors.js";
import type { DavClient } from "../dav/client.js";
import type { StreamBody } from "../http/client.js";
import { below } from "../dav/paths.js";
import { proppatch, put, transfer } from "../dav/verbs.js";
import { dateMarks, fileMarks, standing, type FileDates, type Standing } from "./marks.js";
import { PART } from "./folders.js";

export interface FileUpload {
  /** Idempotency key of the item. */
  readonly key: string;
  readonly sha256: string;
  /** Of the name on the way. */
  readonly end: string;
  readonly body: StreamBody;
  readonly dates: FileDates;
}

export interface UploadedPart {
  /** Path of the file on its way, whole and with its properties. */
  readonly path: string;
  /** How the dates are kept. */
  readonly dates: "file" | "property" | "none";
  /** The server keeps dead properties. */
  readonly marked: boolean;
}

/**
 * Streams the content to a temporary name in the folder and sets its properties there; `place` then moves it over. The real name so never
 * shows half a file, nor a file without its marks, whatever is cut when: RFC 4918 does not promise that a PUT which breaks off leaves the old
 * content, while MOVE within a collection is a rename (so on mod_dav). A cut upload leaves its part, which the next try overwrites.
 */
export async function uploadPart(client: DavClient, folder: string, upload: FileUpload, signal: AbortSignal): Promise<UploadedPart> {
  const path = partPath(folder, upload.key, upload.end);
  const { modifiedAt } = upload.dates;
  // ownCloud's header, which its family takes and says so in the answer; other servers ignore it.
  const headers = { "content-type": "application/octet-stream", ...(modifiedAt === undefined ? {} : { "x-oc-mtime": String(Math.floor(Date.parse(modifiedAt) / 1000)) }) };
  const { mtime } = await put(client, path, upload.body, { headers, signal });
  const dates = dateMarks(upload.dates);
  const values = [...fileMarks(upload.key, upload.sha256), ...dates];
  let refused = await proppatch(client, path, values, signal);
  // All or nothing (RFC 4918 section 9.2): a server that refuses Windows' properties may still take ours.
  const datesRefused = refused.size > 0;
  if (datesRefused && dates.length > 0) refused = await proppatch(client, path, fileMarks(upload.key, upload.sha256), signal);
  const kept = mtime?.toLowerCase() === "accepted" ? "file" : datesRefused && dates.length > 0 ? "none" : "property";
  return { path, dates: kept, marked: refused.size === 0 };
}

/** Where an item's content stands while it is on its way. */
export function partPath(folder: string, key: string, end: string): string {
  return below(folder, `${PART}${key}${end}`);
}

/** Moves a file to its name; undefined when the server refuses the name. @throws ExodusError TARGET_PASSING when the name was taken meanwhile. */
export async function place(client: DavClient, from: string, to: string, overwrite: boolean, signal: AbortSignal): Promise<{ readonly etag: string | undefined } | undefined> {
  const { status, etag } = await transfer(client, "MOVE", { from, to, overwrite }, signal);
  if (status === 412 || status === 404) throw new ExodusError("TARGET_PASSING", { params: { target: client.access.target, reason: `MOVE: HTTP ${status}` } });
  if (status >= 400) return undefined;
  return { etag: etag ?? (await standing(client, to, signal))?.etag };
}

/**
 * The etag of a file that was moved over another, with its own marks: Alfresco moves the content alone onto what stood there, whose properties
 * stay (remote-api, MoveMethod.java, copyContentOnly), where RFC 4918 section 9.9.1 has them go along.
 */
export async function keepMarks(client: DavClient, path: string, upload: FileUpload, { marked, dates }: UploadedPart, etag: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  const found = marked ? await standing(client, path, signal) : undefined;
  if (found === undefined || carries(found, upload)) return found?.etag ?? etag;
  await proppatch(client, path, [...fileMarks(upload.key, upload.sha256), ...(dates === "none" ? [] : dateMarks(upload.dates))], signal);
  return (await standing(client, path, signal))?.etag;
}

function carries({ key, sha256, modified, created }: Standing, upload: FileUpload): boolean {
  const same = (found: number | undefined, at: string | undefined): boolean => at === undefined || found === undefined || found === Math.floor(Date.parse(at) / 1000) * 1000;
  return key === upload.key && sha256 === upload.sha256 && same(modified, upload.dates.modifiedAt) && same(created, upload.dates.createdAt);
}
