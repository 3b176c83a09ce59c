import { ExodusError } from "../../core/errors.js";
import type { DavClient } from "./client.js";
import { hrefOf, parseMultistatus } from "./multistatus.js";
import { propfind } from "./verbs.js";
import { DAV, tag, xmlDocument } from "./xml.js";

const PRINCIPAL = `{${DAV}}current-user-principal`;
const REDIRECTS = [301, 302, 303, 307, 308];
const HOPS = 5;

export interface HomeKind {
  /** "/.well-known/caldav" or "/.well-known/carddav" (RFC 6764 section 5). */
  readonly wellKnown: string;
  /** Property of the principal that names the home (RFC 4791 section 6.2.1, RFC 6352 section 7.1.1). */
  readonly homeSet: string;
}

/**
 * Path of the collection that holds the account's calendars or address books: the configured address, then the well-known one, is asked
 * for the signed-in principal, and the principal for its home (RFC 6764 section 6, RFC 5397).
 * @throws ExodusError TARGET_NO_HOME.
 */
export async function discoverHome(client: DavClient, kind: HomeKind, signal: AbortSignal): Promise<string> {
  const start = client.access.base.pathname;
  const given = await propfind(client, start, [PRINCIPAL, kind.homeSet], signal).catch((thrown: unknown) => missing(thrown));
  // Some servers answer the home on the configured address itself.
  const direct = hrefOf(given, kind.homeSet);
  if (direct !== undefined && direct !== "") return direct;
  const principal = hrefOf(given, PRINCIPAL) ?? (await principalAt(client, kind.wellKnown, signal));
  const home = principal === undefined ? undefined : hrefOf(await propfind(client, principal, [kind.homeSet], signal), kind.homeSet);
  if (home === undefined || home === "") throw new ExodusError("TARGET_NO_HOME", { params: { target: client.access.target, account: client.access.account } });
  return home;
}

/** Follows redirects by hand, on the same host only: the password goes nowhere else. */
async function principalAt(client: DavClient, start: string, signal: AbortSignal): Promise<string | undefined> {
  const body = xmlDocument(tag(`{${DAV}}propfind`, tag(`{${DAV}}prop`, tag(PRINCIPAL))));
  let path = start;
  for (let hop = 0; hop < HOPS; hop += 1) {
    const answer = await client.request("PROPFIND", path, {
      headers: { "content-type": "application/xml; charset=utf-8", depth: "0" }, body, expect: [404, 405, 501, ...REDIRECTS], signal,
    }, async (got) => ({ status: got.status, location: got.header("location"), text: got.status === 207 ? await got.text() : "" }));
    if (answer.status === 207) return hrefOf(parseMultistatus(answer.text, client.access.base, client.access.target)[0], PRINCIPAL);
    if (!REDIRECTS.includes(answer.status) || answer.location === undefined) return undefined;
    path = new URL(answer.location, new URL(path, client.access.base)).href;
  }
  return undefined;
}

/** The configured address need not be a DAV resource: only the well-known one then tells. A refused sign-in stays one. */
function missing(thrown: unknown): undefined {
  if (thrown instanceof ExodusError && (thrown.code === "TARGET_CONTAINER_MISSING" || thrown.code === "TARGET_REFUSED_ITEM")) return undefined;
  throw thrown;
}
