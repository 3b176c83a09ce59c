import type { ServerResponse } from "node:http";
import type { Document, Version } from "./instance.js";

/** A refusal in JSON:API's form (pkg/jsonapi/errors.go), or as the plain sentence of echo.NewHTTPError (web/errors/errors.go). */
export class Refusal extends Error {
  constructor(readonly status: number, readonly detail: string, readonly more: { readonly parameter?: string; readonly plain?: boolean; readonly headers?: Record<string, string> } = {}) {
    super(detail);
  }
}

const TITLES: Readonly<Record<number, string>> = { 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 412: "Precondition Failed", 413: "Request Entity Too Large", 422: "Invalid Parameter", 500: "Internal Server Error" };

export function refuse(response: ServerResponse, { status, detail, more: { parameter, plain, headers } }: Refusal): void {
  if (plain === true) response.writeHead(status, { "content-type": "text/plain; charset=UTF-8", ...headers }).end(detail);
  else say(response, status, { errors: [{ status: String(status), title: TITLES[status] ?? "", detail, source: parameter === undefined ? {} : { parameter } }] });
}

export function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/vnd.api+json" }).end(JSON.stringify(body));
}

/** docs/files.md, "POST /files/:dir-id", "Response": of a directory, or of a file with its versions when they are told. */
export function resource(document: Document, path: string, versions: readonly Version[] = []): object {
  const { id, rev, type, name, parent, createdAt, updatedAt, tags, metadata, restorePath } = document;
  const shared = {
    type, ...(name === "" ? {} : { name }), ...(parent === undefined ? {} : { dir_id: parent }), created_at: createdAt, updated_at: updatedAt,
    ...(tags.length === 0 ? {} : { tags }), ...(Object.keys(metadata).length === 0 ? {} : { metadata }), ...(restorePath === undefined ? {} : { restore_path: restorePath }),
  };
  const attributes = type === "directory" ? { ...shared, path } : { ...shared, size: String(document.size), md5sum: document.md5, mime: document.mime, class: document.mime.split("/")[0], executable: false, trashed: document.trashed, encrypted: false };
  const old = versions.length === 0 ? {} : { old_versions: { data: versions.map(({ id: version }) => ({ id: version, type: "io.cozy.files.versions" })) } };
  return { type: "io.cozy.files", id, attributes, meta: { rev }, links: { self: `/files/${id}` }, relationships: { ...old, ...(parent === undefined ? {} : { parent: { data: { id: parent, type: "io.cozy.files" } } }) } };
}

export function versionResource({ id, updatedAt, size, md5, tags, metadata }: Version): object {
  return { type: "io.cozy.files.versions", id, attributes: { updated_at: updatedAt, size: String(size), md5sum: md5, tags, metadata }, meta: { rev: "1-0" } };
}
