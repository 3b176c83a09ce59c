import type { DavClient } from "../dav/client.js";
import type { CollectionKind } from "../dav/collections.js";
import type { HomeKind } from "../dav/discover.js";
import { cyrusVersion, traitsOf } from "../dav/traits.js";
import { propfind } from "../dav/verbs.js";
import { DAV, tag } from "../dav/xml.js";

export const CARDDAV = "urn:ietf:params:xml:ns:carddav";
const SUPPORTED = `{${CARDDAV}}supported-address-data`;

/** RFC 6764 section 5, RFC 6352 section 7.1.1. */
export const ADDRESSBOOK_HOME: HomeKind = { wellKnown: "/.well-known/carddav", homeSet: `{${CARDDAV}}addressbook-home-set` };

/** Extended MKCOL (RFC 5689) of an address book, as RFC 6352 section 6.3.1 shows. */
export const ADDRESSBOOK_COLLECTION: CollectionKind = {
  method: "MKCOL",
  fixed: [{ name: `{${DAV}}resourcetype`, markup: tag(`{${DAV}}collection`) + tag(`{${CARDDAV}}addressbook`) }],
  labels: ({ name }) => [{ name: `{${DAV}}displayname`, value: name }],
};

/**
 * Whether the address book says that it takes vCard 4.0; without the property only 3.0 may be assumed (RFC 6352 section 6.2.2). Cyrus 3.6 says so
 * and cuts a photo of 4.0 (`data:image/jpeg;base64,…`) at its semicolon (test/integration/dav/cards.test.ts).
 */
export async function takesVersion4(client: DavClient, path: string, signal: AbortSignal): Promise<boolean> {
  if (cyrusVersion(await traitsOf(client, `${path}/`, signal)) !== undefined) return false;
  const supported = (await propfind(client, `${path}/`, [SUPPORTED], signal))?.properties.get(SUPPORTED);
  return supported?.children.some(({ attributes }) => attributes["version"] === "4.0") === true;
}
