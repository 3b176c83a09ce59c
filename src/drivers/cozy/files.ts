import { z } from "zod";
import { ExodusError } from "../../core/errors.js";
import { bodyHash, UNENCODED, type BodyHash } from "../http/body-hash.js";
import type { StreamBody } from "../http/client.js";
import type { CozyAnswer, CozyClient } from "./client.js";
import { documentOf, pageOf, shaped, type CozyDocument, type FolderPlace } from "./documents.js";
import { METADATA } from "./error-table.js";

/** A request line over it may be refused on the way (nginx: large_client_header_buffers, 8 kB unless configured otherwise). */
const LONGEST_PATH = 4_000;
const PAGE = 200;

/** By its identifier (docs/files.md, "GET /files/:file-id"). Of a folder, its content is not asked for. */
export async function byId(client: CozyClient, id: string, signal: AbortSignal): Promise<CozyDocument | undefined> {
  return found(client, await client.request("GET", `/files/${encodeURIComponent(id)}`, { query: { "page[limit]": "1" }, expect: [404], signal }));
}

/** What stands in a folder under a name, which the stack tells by path ("GET /files/metadata"); over long ones, the folder is listed. */
export async function childOf(client: CozyClient, parent: FolderPlace, name: string, signal: AbortSignal): Promise<CozyDocument | undefined> {
  const path = `${parent.path === "/" ? "" : parent.path ?? ""}/${name}`;
  if (parent.path !== undefined && encodeURIComponent(path).length <= LONGEST_PATH) {
    const document = found(client, await client.request("GET", "/files/metadata", { query: { Path: path, "page[limit]": "1" }, expect: [404], signal }));
    // CouchDB takes "é" in one letter and in two for the same (model/vfs/couchdb_indexer.go, FileByPath).
    if (document === undefined || (document.name === name && document.parent === parent.id)) return document;
  }
  // A listing tells no versions.
  for await (const document of childrenOf(client, parent.id, signal)) if (document.name === name) return byId(client, document.id, signal);
  return undefined;
}

/** Page by page ("GET /files/:file-id/relationships/contents"; docs/http-api.md, "Pagination"). */
export async function* childrenOf(client: CozyClient, id: string, signal: AbortSignal): AsyncGenerator<CozyDocument> {
  let next: string | undefined = `/files/${encodeURIComponent(id)}/relationships/contents?page[limit]=${PAGE}`;
  while (next !== undefined) {
    const { body } = await client.request("GET", next, { signal });
    const page = pageOf(body, client.access.target);
    yield* page.documents;
    next = page.next;
  }
}

export interface NewFolder {
  readonly name: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** "taken": something stands there already; "refused": the name, or a path of more than 512 levels. */
export async function createFolder(client: CozyClient, parent: string, { name, metadata }: NewFolder, signal: AbortSignal): Promise<CozyDocument | "taken" | "refused"> {
  const query = { Type: "directory", Name: name, [METADATA]: await keepMetadata(client, metadata, signal) };
  return made(client, await client.request("POST", `/files/${encodeURIComponent(parent)}`, { query, expect: [409, 422], signal }));
}

export interface Upload {
  readonly body: StreamBody;
  /** Base64, of the body: the stack refuses other bytes. */
  readonly md5: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** ISO 8601; absent: now. */
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
  readonly tags: readonly string[];
}

/** Streams a new file ("POST /files/:dir-id"). What is cut on the way leaves nothing (model/vfs/vfsswift/impl_v3.go, Close). */
export async function createFile(client: CozyClient, parent: string, name: string, upload: Upload, signal: AbortSignal): Promise<CozyDocument | "taken" | "refused"> {
  const query = { Type: "file", Name: name, CreatedAt: upload.createdAt, ...(await queryOf(client, upload, signal)) };
  return made(client, await client.request("POST", `/files/${encodeURIComponent(parent)}`, { query, headers: { "content-md5": upload.md5 }, body: upload.body, expect: [409, 422], signal }));
}

/** Streams another content over a file ("PUT /files/:file-id"): the old one becomes a version. @throws ExodusError TARGET_PASSING when somebody wrote meanwhile. */
export async function overwriteFile(client: CozyClient, { id, rev }: CozyDocument, upload: Upload, signal: AbortSignal): Promise<CozyDocument> {
  const headers = { "content-md5": upload.md5, "if-match": rev };
  const { body } = await client.request("PUT", `/files/${encodeURIComponent(id)}`, { query: await queryOf(client, upload, signal), headers, body: upload.body, signal });
  return documentOf(body, client.access.target);
}

/** Members of a document that can be set without its content; tags replace those that stand ("PATCH /files/:file-id"). */
export interface Change {
  readonly name?: string;
  readonly dir_id?: string;
  readonly updated_at?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** "taken": the new place is; "refused": the name or date, or a folder moved below itself. @throws ExodusError TARGET_PASSING when somebody wrote meanwhile. */
export async function change(client: CozyClient, { id, rev }: Pick<CozyDocument, "id" | "rev">, attributes: Change, signal: AbortSignal): Promise<CozyDocument | "taken" | "refused"> {
  const body = { data: { type: "io.cozy.files", id, attributes } };
  const answer = await client.request("PATCH", `/files/${encodeURIComponent(id)}`, { headers: { "if-match": rev }, body, expect: [400, 409, 412, 422], signal });
  if (answer.status === 409) return "taken";
  // A folder that would stand below itself is refused by the status of a changed revision, but for its parameter (web/files/files.go, wrapVfsError).
  if (answer.status === 412 && answer.parameter === "If-Match") throw new ExodusError("TARGET_PASSING", { params: { target: client.access.target, reason: "PATCH: HTTP 412" } });
  return answer.status >= 400 ? "refused" : documentOf(answer.body, client.access.target);
}

/** Into the trash, from where the account's owner can take it back ("DELETE /files/:file-id"); gone already is done. False when somebody wrote meanwhile. */
export async function trash(client: CozyClient, { id, rev }: CozyDocument, signal: AbortSignal): Promise<boolean> {
  const { status } = await client.request("DELETE", `/files/${encodeURIComponent(id)}`, { headers: { "if-match": rev }, expect: [400, 404, 412], signal });
  return status !== 412;
}

/** Reads the content again, as a stream; undefined when it is gone ("GET /files/download/:file-id"). */
export function contentHash(client: CozyClient, id: string, signal: AbortSignal): Promise<BodyHash | undefined> {
  return client.exchange("GET", `/files/download/${encodeURIComponent(id)}`, { headers: UNENCODED, expect: [404], signal }, async (answer) => (answer.status === 404 ? undefined : bodyHash(answer.body)));
}

const Kept = z.looseObject({ data: z.looseObject({ id: z.string() }) });

/** Holds metadata for the file or folder that is made next; it is kept for ten minutes ("POST /files/upload/metadata"). */
async function keepMetadata(client: CozyClient, attributes: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string> {
  const { body } = await client.request("POST", "/files/upload/metadata", { body: { data: { type: "io.cozy.files.metadata", attributes } }, signal });
  return shaped(Kept, body, client.access.target).data.id;
}

async function queryOf(client: CozyClient, { metadata, updatedAt, tags }: Upload, signal: AbortSignal): Promise<Record<string, string | undefined>> {
  return { UpdatedAt: updatedAt, Tags: tags.length === 0 ? undefined : tags.join(","), [METADATA]: await keepMetadata(client, metadata, signal) };
}

function made(client: CozyClient, { status, body, parameter }: CozyAnswer): CozyDocument | "taken" | "refused" {
  if (status === 409) return "taken";
  if (parameter === METADATA) throw new ExodusError("TARGET_PASSING", { params: { target: client.access.target, reason: `POST: HTTP ${status}, ${METADATA}` } });
  return status === 422 ? "refused" : documentOf(body, client.access.target);
}

function found(client: CozyClient, { status, body }: CozyAnswer): CozyDocument | undefined {
  return status === 404 ? undefined : documentOf(body, client.access.target);
}
