import { ExodusError } from "../../core/errors.js";
import { bodyHash, UNENCODED, type BodyHash } from "../http/body-hash.js";
import type { StreamBody } from "../http/client.js";
import type { DavClient } from "./client.js";
import { parseMultistatus, type Member } from "./multistatus.js";
import { samePath } from "./paths.js";
import { DAV, tag, xmlDocument, xmlText } from "./xml.js";

const XML = { "content-type": "application/xml; charset=utf-8" };

/** A property to set: `value` is text, `markup` is XML already. */
export interface PropertyValue {
  readonly name: string;
  readonly value?: string;
  readonly markup?: string;
}

/** Properties of one resource; undefined when there is none at the path. */
export async function propfind(client: DavClient, path: string, names: readonly string[], signal: AbortSignal): Promise<Member | undefined> {
  const members = await propfindAll(client, path, names, "0", signal);
  return members?.find(({ status }) => status === undefined || status < 300);
}

/** Properties of a resource and, with depth 1, of its direct members. Undefined on 404. */
export function propfindAll(
  client: DavClient, path: string, names: readonly string[], depth: "0" | "1", signal: AbortSignal, limit?: number,
): Promise<readonly Member[] | undefined> {
  const body = xmlDocument(tag(`{${DAV}}propfind`, tag(`{${DAV}}prop`, names.map((name) => tag(name)).join(""))));
  return client.request("PROPFIND", path, { headers: { ...XML, depth }, body, expect: [404, 410], signal }, async (answer) =>
    answer.status >= 400 ? undefined : parseMultistatus(await answer.text(limit), client.access.base, client.access.target));
}

const LIST_LIMIT = 8 * 1024 * 1024;

/** Paths of a collection's direct members; undefined when it is gone, "many" when the listing alone is too long to hold. */
export async function membersOf(client: DavClient, path: string, signal: AbortSignal): Promise<readonly string[] | undefined | "many"> {
  try {
    const members = await propfindAll(client, path, [`{${DAV}}resourcetype`], "1", signal, LIST_LIMIT);
    return members?.map(({ href }) => href).filter((href) => !samePath(href, path));
  } catch (thrown) {
    if (thrown instanceof ExodusError && thrown.code === "TARGET_REFUSED_ITEM") return "many";
    throw thrown;
  }
}

/** Sets properties; answers those that the server refused, with the status of each (RFC 4918 section 9.2: all or none are set). */
export function proppatch(client: DavClient, path: string, values: readonly PropertyValue[], signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const body = xmlDocument(tag(`{${DAV}}propertyupdate`, tag(`{${DAV}}set`, propOf(values))));
  return client.request("PROPPATCH", path, { headers: XML, body, expect: [403, 405, 409, 501], signal }, async (answer) => {
    if (answer.status >= 400) return new Map(values.map(({ name }) => [name, answer.status]));
    return parseMultistatus(await answer.text(), client.access.base, client.access.target)[0]?.refused ?? new Map();
  });
}

function propOf(values: readonly PropertyValue[]): string {
  return tag(`{${DAV}}prop`, values.map(({ name, value, markup }) => tag(name, markup ?? xmlText(value ?? ""))).join(""));
}

/** Answers the status: 201, or 405 and 409 for the caller to look into (there already, or no parent). */
export function mkcol(client: DavClient, path: string, signal: AbortSignal): Promise<number> {
  return client.request("MKCOL", path, { expect: [405, 409], signal }, (answer) => Promise.resolve(answer.status));
}

/** MKCOL or MKCALENDAR with properties (RFC 5689 section 3, RFC 4791 section 5.3.1). Answers the status as `mkcol` does. */
export function mkcolWith(client: DavClient, method: "MKCOL" | "MKCALENDAR", path: string, values: readonly PropertyValue[], signal: AbortSignal): Promise<number> {
  const root = method === "MKCOL" ? `{${DAV}}mkcol` : "{urn:ietf:params:xml:ns:caldav}mkcalendar";
  const body = xmlDocument(tag(root, tag(`{${DAV}}set`, propOf(values))));
  return client.request(method, path, { headers: XML, body, expect: [405, 409], signal }, (answer) => Promise.resolve(answer.status));
}

export interface PutAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  /** "accepted" where the server took our `X-OC-Mtime`. */
  readonly mtime: string | undefined;
  readonly conditions: ReadonlyMap<string, string>;
}

/** Sends a resource. Statuses in `expect` are answered with their conditions instead of thrown. */
export function put(
  client: DavClient, path: string, body: string | StreamBody, options: { readonly headers: Readonly<Record<string, string>>; readonly expect?: readonly number[]; readonly signal: AbortSignal },
): Promise<PutAnswer> {
  return client.request("PUT", path, { ...options, body }, async (answer) => ({
    status: answer.status, etag: answer.header("etag") ?? answer.header("oc-etag"), mtime: answer.header("x-oc-mtime"),
    conditions: answer.status >= 400 ? await answer.conditions() : new Map(),
  }));
}

export interface TextResource {
  readonly text: string;
  readonly etag: string | undefined;
}

/** A whole small resource; undefined when it is gone. */
export function getText(client: DavClient, path: string, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<TextResource | undefined> {
  return client.request("GET", path, { headers, expect: [404, 410], signal }, async (answer) =>
    answer.status >= 400 ? undefined : { text: await answer.text(), etag: answer.header("etag") });
}

/** SHA-256 and size of a resource, read as a stream; undefined when it is gone. */
export function getHash(client: DavClient, path: string, signal: AbortSignal): Promise<BodyHash | undefined> {
  return client.request("GET", path, { headers: UNENCODED, expect: [404, 410], signal }, async (answer) => (answer.status >= 400 ? undefined : bodyHash(answer.body)));
}

/** Removes a resource, or a collection with all that it holds; gone already is done. */
export function remove(client: DavClient, path: string, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  return client.request("DELETE", path, { headers, expect: [404, 410], signal }, () => Promise.resolve());
}

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly overwrite: boolean;
}

export interface TransferAnswer {
  /** 201 or 204, 404 when the source is gone, 412 when the destination is taken, 403 and 409 for the caller to look into. */
  readonly status: number;
  readonly etag: string | undefined;
}

/** MOVE or COPY (RFC 4918 sections 9.8, 9.9): dead properties go along; the collection of the destination must exist. */
export function transfer(client: DavClient, method: "MOVE" | "COPY", { from, to, overwrite }: Transfer, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<TransferAnswer> {
  const destination = new URL(to, client.access.base).href;
  return client.request(method, from, { headers: { ...headers, destination, overwrite: overwrite ? "T" : "F" }, expect: [400, 403, 404, 409, 412], signal }, (answer) =>
    Promise.resolve({ status: answer.status, etag: answer.header("etag") ?? answer.header("oc-etag") }));
}
