import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ROOT, TRASH, type Document, type Instance } from "./instance.js";
import { allow } from "./tokens.js";
import { Refusal, resource, say, versionResource } from "./wire.js";

export interface Call {
  readonly instance: Instance;
  readonly scope: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Parts of the path after the first, decoded. */
  readonly parts: readonly string[];
  body(): Promise<Buffer>;
}

const METADATA_MS = 10 * 60_000;
const PAGE = 30;

/** Routes under `/files` (docs/files.md). Undefined: the documentation has no such route, or nobody here asks for it. */
export function filesRoute(call: Call): (() => Promise<void> | void) | undefined {
  const { request: { method }, parts: [first = "", second, third] } = call;
  const route = [method, parts(call)].join(" ");
  if (route === "POST upload/metadata") return () => holdMetadata(call);
  if (route === "POST shared-drives") return () => { permit(call, "POST"); tell(call, 200, call.instance.sharedDrives()); };
  if (route === "GET metadata") return () => told(call, call.instance.byPath(call.url.searchParams.get("Path") ?? ""));
  if (route === "GET trash") return () => list(call, call.instance.byId(TRASH), false);
  if (method === "GET" && first === "download" && second !== undefined) return () => (third === undefined ? download(call, second) : downloadVersion(call, `${second}/${third}`));
  if (method === "GET" && second === "relationships" && third === "contents") return () => list(call, call.instance.byId(first), false);
  if (second !== undefined) return undefined;
  if (method === "GET") return () => told(call, call.instance.byId(first));
  if (method === "POST") return () => create(call, first === "" ? ROOT : first);
  if (method === "PUT" && first !== "") return () => overwrite(call, first);
  if (method === "PATCH" && first !== "") return () => patch(call, first);
  if (method === "DELETE" && first !== "" && first !== "trash" && first !== "versions") return () => trash(call, first);
  return undefined;
}

function parts({ parts: all }: Call): string {
  return all.join("/");
}

function permit({ scope }: Call, verb: string): void {
  allow(scope, verb, "io.cozy.files");
}

function tell({ instance, response }: Call, status: number, document: Document, versions = false): void {
  const olds = versions && document.type === "file" ? instance.versions.get(document.id) ?? [] : [];
  say(response, status, { data: resource(document, instance.pathOf(document), olds), ...(olds.length === 0 ? {} : { included: olds.map(versionResource) }) });
}

/** "GET /files/:file-id": a file with its versions, a directory with a page of its content. */
function told(call: Call, document: Document): void {
  permit(call, "GET");
  if (document.type === "directory") list(call, document, true);
  else tell(call, 200, document, true);
}

/** docs/http-api.md, "Pagination"; the trash is not told of the root (web/files/paginated.go). */
function list(call: Call, directory: Document, whole: boolean): void {
  permit(call, "GET");
  const { instance, url, response } = call;
  if (directory.type !== "directory") throw new Refusal(400, `cant read children of file ${directory.id}`);
  const all = instance.children(directory.id).filter(({ id }) => id !== TRASH);
  const limit = Number(url.searchParams.get("page[limit]") ?? PAGE);
  if (!Number.isInteger(limit) || limit < 1) throw new Refusal(400, "page limit is not a number");
  const cursor = url.searchParams.get("page[cursor]");
  const start = cursor === null ? 0 : all.findIndex(({ id }) => id === (JSON.parse(cursor) as [unknown, string])[1]);
  if (start < 0) throw new Refusal(400, "bad json cursor");
  const after = all[start + limit];
  const query = after === undefined ? "" : new URLSearchParams({ "page[limit]": String(limit), "page[cursor]": JSON.stringify([[directory.id, after.type, after.name], after.id]) }).toString();
  const page = all.slice(start, start + limit).map((one) => resource(one, instance.pathOf(one)));
  const next = (path: string): object => (after === undefined ? {} : { next: `${path}?${query}` });
  if (whole) say(response, 200, { data: resource(directory, instance.pathOf(directory)), included: page, links: next(`/files/${directory.id}`) });
  else say(response, 200, { data: page, meta: { count: all.length }, links: next(url.pathname) });
}

/** "POST /files/upload/metadata". */
async function holdMetadata(call: Call): Promise<void> {
  permit(call, "POST");
  const { attributes } = (JSON.parse((await call.body()).toString()) as { data: { attributes: Record<string, unknown> } }).data;
  const id = randomUUID().slice(0, 16);
  call.instance.metadata.set(id, { attributes, at: Date.now() });
  say(call.response, 201, { data: { type: "io.cozy.files.metadata", id, attributes } });
}

/** "POST /files/:dir-id". What CreateFile refuses is told before the body is read. */
async function create(call: Call, parent: string): Promise<void> {
  permit(call, "POST");
  const { instance, url: { searchParams: query } } = call;
  const name = query.get("Name") ?? "";
  const type = query.get("Type");
  const draft = { name, parent, ...dates(call), tags: tagsOf(query), metadata: metadataOf(call) };
  if (type === "directory") return tell(call, 201, instance.makeDirectory(draft));
  if (type !== "file") throw new Refusal(422, "Invalid document type");
  instance.checkUpload(lengthOf(call), { name, parent });
  if (name.endsWith(".cozy-note")) throw new Refusal(422, "notes are not emulated");
  const content = await contentOf(call);
  tell(call, 201, instance.createFile(draft, content));
}

/** "PUT /files/:file-id". */
async function overwrite(call: Call, id: string): Promise<void> {
  const { instance, url: { searchParams: query } } = call;
  const document = instance.byId(id);
  if (document.type !== "file") throw new Refusal(404, "file does not exist");
  matches(call, document);
  permit(call, "PUT");
  const [metadata, { updatedAt }, tags] = [metadataOf(call), dates(call), tagsOf(query)];
  instance.checkUpload(lengthOf(call), undefined);
  const { rev } = document;
  const content = await contentOf(call);
  // CouchDB refuses what was changed meanwhile.
  if (document.rev !== rev) throw new Refusal(409, "Document update conflict.");
  tell(call, 200, instance.overwrite(document, { updatedAt, tags, metadata }, content), true);
}

/** "PATCH /files/:file-id" (model/vfs/vfs.go, DocPatch and normalizeDocPatch). */
async function patch(call: Call, id: string): Promise<void> {
  const { instance } = call;
  const { attributes } = (JSON.parse((await call.body()).toString()) as { data: { attributes: { name?: string; dir_id?: string; tags?: string[]; updated_at?: string; metadata?: Record<string, unknown>; move_to_trash?: boolean } } }).data;
  const document = instance.byId(id);
  matches(call, document);
  permit(call, "PATCH");
  const { updated_at: updatedAt, tags, metadata } = attributes;
  if (updatedAt !== undefined && Date.parse(updatedAt) < Date.parse(document.createdAt)) throw new Refusal(422, "Invalid time given", { parameter: "UpdatedAt" });
  if (attributes.move_to_trash === true) instance.trash(document);
  else {
    if (instance.inTrash(document) && attributes.dir_id !== undefined && attributes.dir_id !== document.parent) throw new Refusal(400, "File or directory is already in the trash");
    instance.move(document, attributes.name ?? document.name, attributes.dir_id ?? document.parent ?? ROOT);
    Object.assign(document, { ...(updatedAt === undefined ? {} : { updatedAt }), ...(tags === undefined ? {} : { tags }), ...(metadata === undefined ? {} : { metadata }) });
  }
  tell(call, 200, instance.touch(document));
}

/** "DELETE /files/:file-id" and "DELETE /files/:dir-id": into the trash. */
function trash(call: Call, id: string): void {
  const document = call.instance.byId(id);
  permit(call, "PATCH");
  matches(call, document);
  call.instance.trash(document);
  tell(call, 200, call.instance.touch(document));
}

/** "GET /files/download/:file-id". */
function download(call: Call, id: string): void {
  permit(call, "GET");
  const document = call.instance.byId(id);
  if (document.type !== "file") throw new Refusal(404, "file does not exist");
  call.response.writeHead(200, { "content-type": document.mime, "content-length": document.size, etag: `"${document.md5}"` }).end(document.content);
}

/** "GET /files/download/:file-id/:version-id". */
function downloadVersion(call: Call, id: string): void {
  permit(call, "GET");
  const version = call.instance.versions.get(id.split("/")[0] ?? "")?.find((one) => one.id === id);
  if (version === undefined) throw new Refusal(404, "file does not exist");
  call.response.writeHead(200, { "content-length": version.size, etag: `"${version.md5}"` }).end(version.content);
}

function matches({ request, url }: Call, { rev }: Document): void {
  const wanted = request.headers["if-match"] ?? url.searchParams.get("rev") ?? "";
  if (wanted !== "" && wanted !== rev) throw new Refusal(412, "Revision does not match", { parameter: "If-Match" });
}

/** web/files/files.go, createFileHandler and FileDocFromReq: the parameter, else the Date header, else now. */
function dates({ request, url: { searchParams: query } }: Call): { readonly createdAt: string; readonly updatedAt: string } {
  const header = Date.parse(request.headers.date ?? "");
  const otherwise = new Date(Number.isNaN(header) ? Date.now() : header).toISOString();
  const at = (name: string): string => (Number.isNaN(Date.parse(query.get(name) ?? "")) ? otherwise : query.get(name) ?? otherwise);
  return { createdAt: at("CreatedAt"), updatedAt: at("UpdatedAt") };
}

function tagsOf(query: URLSearchParams): string[] {
  return [...new Set((query.get("Tags") ?? "").split(",").map((tag) => tag.trim()).filter((tag) => tag !== ""))];
}

function metadataOf({ instance, url: { searchParams: query } }: Call): Record<string, unknown> {
  const id = query.get("MetadataID");
  if (id === null) return {};
  const held = instance.metadata.get(id);
  if (held === undefined || Date.now() - held.at > METADATA_MS) throw new Refusal(422, "Invalid or expired MetadataID", { parameter: "MetadataID" });
  return held.attributes;
}

/** Content-Length, else `Size`; -1 when neither is told. */
function lengthOf({ request, url }: Call): number {
  return Number(request.headers["content-length"] ?? url.searchParams.get("Size") ?? -1);
}

async function contentOf(call: Call): Promise<Buffer> {
  const told = call.request.headers["content-md5"];
  if (typeof told === "string" && Buffer.from(told, "base64").length !== 16) throw new Refusal(422, "Given Content-MD5 is invalid", { parameter: "Content-MD5" });
  const content = await call.body();
  if (lengthOf(call) >= 0 && content.length !== lengthOf(call)) throw new Refusal(412, "Content length does not match", { parameter: "Content-Length" });
  if (typeof told === "string" && createHash("md5").update(content).digest("base64") !== told) throw new Refusal(412, "Invalid hash", { parameter: "Content-MD5" });
  return content;
}

