import type { ContainerChanges } from "../../core/adapter.js";
import { ExodusError } from "../../core/errors.js";
import type { DavClient } from "./client.js";
import { membersIn, textOf } from "./multistatus.js";
import { nameOf, samePath } from "./paths.js";
import { propfind } from "./verbs.js";
import { child, DAV, parseXml, tag, xmlDocument, xmlText } from "./xml.js";

const TOKEN = `{${DAV}}sync-token`;
/** More names than these are not kept: so much has changed that all may be read. */
const MOST = 10_000;
const ANSWER_LIMIT = 8 * 1024 * 1024;
/** The server does not know the report, or the token (RFC 6578 section 3.2: `valid-sync-token`), or has another reason not to tell. */
const UNTOLD = [400, 403, 404, 405, 409, 410, 412, 415, 422, 501, 507];

/**
 * What became of a collection's objects, by `sync-collection` (RFC 6578). Undefined where the server has no token for it. A `getctag` is not gone by: no document says
 * that it is another one after two changes in one second.
 */
export async function collectionChanges(client: DavClient, collection: string, since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined> {
  const start = `dav ${client.access.base.origin} `;
  const told = since?.startsWith(start) === true ? await report(client, collection, since.slice(start.length), signal) : undefined;
  if (told !== undefined) return { state: `${start}${told.token}`, changed: told.changed };
  const token = textOf(await propfind(client, `${collection}/`, [TOKEN], signal), TOKEN) ?? "";
  return token === "" ? undefined : { state: `${start}${token}`, changed: "all" };
}

interface Report {
  readonly token: string;
  readonly changed: ContainerChanges["changed"];
}

/** Undefined where a new token is to be asked for, and all to be read. */
async function report(client: DavClient, collection: string, token: string, signal: AbortSignal): Promise<Report | undefined> {
  const { base, target } = client.access;
  const body = xmlDocument(tag(`{${DAV}}sync-collection`, tag(TOKEN, xmlText(token)) + tag(`{${DAV}}sync-level`, "1") + tag(`{${DAV}}prop`, tag(`{${DAV}}getetag`))));
  try {
    return await client.request("REPORT", `${collection}/`, { headers: { "content-type": "application/xml; charset=utf-8", depth: "0" }, body, expect: UNTOLD, signal }, async (answer) => {
      if (answer.status !== 207) return undefined;
      const root = parseXml(await answer.text(ANSWER_LIMIT), target);
      const next = child(root, TOKEN)?.text.trim() ?? "";
      const members = membersIn(root, base);
      // An answer that is not whole has the collection itself in it, with 507 (RFC 6578 section 3.6).
      if (root.name !== `{${DAV}}multistatus` || next === "" || members.length > MOST || members.some(({ href, status }) => status === 507 && samePath(href, collection))) return undefined;
      const names = new Set(members.map(({ href }) => folded(nameOf(href))));
      return { token: next, changed: { has: (ref: string) => names.has(folded(ref)) } };
    });
  } catch (thrown) {
    // Too long to hold.
    if (thrown instanceof ExodusError && thrown.code === "TARGET_REFUSED_ITEM") return undefined;
    throw thrown;
  }
}

/** Letters of one kind: a server that spells names in its own way hides none. */
function folded(name: string): string {
  return name.toLowerCase();
}
