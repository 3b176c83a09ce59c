import type { DavClient } from "./client.js";
import { hrefOf } from "./multistatus.js";
import { samePath } from "./paths.js";
import { cyrusVersion, traitsOf } from "./traits.js";
import { propfind } from "./verbs.js";
import { DAV } from "./xml.js";

const OWNER = `{${DAV}}owner`;
const SIGNED_IN = `{${DAV}}current-user-principal`;

/**
 * Whether we act as a sharee in somebody else's home, as Cyrus understands it. Names and colours that we give are then our own and not the owner's, and DELETE of
 * a collection answers 200, leaves it where it is, and takes our right to it; with the last one, the right to the home (cyrus-imapd 3.6,
 * imap/http_dav.c `meth_delete_collection` and imap/caldav_db.c `caldav_update_shareacls`; test/integration/dav/calendars.test.ts).
 * Owner: RFC 3744 section 5.1; who signed in: RFC 5397.
 */
export async function isSharee(client: DavClient, home: string, signal: AbortSignal): Promise<boolean> {
  if (cyrusVersion(await traitsOf(client, home, signal)) === undefined) return false;
  const found = await propfind(client, home, [OWNER, SIGNED_IN], signal);
  const [owner, signedIn] = [hrefOf(found, OWNER), hrefOf(found, SIGNED_IN)];
  return owner !== undefined && signedIn !== undefined && !samePath(owner, signedIn);
}
