import { ADDRESSBOOK_COLLECTION, CARDDAV, takesVersion4 } from "../../src/drivers/carddav/addressbook-collection.js";
import { compareCards } from "../../src/drivers/carddav/compare-cards.js";
import type { ResourceKind } from "../../src/drivers/dav/resource-session.js";
import { uidOf, withUid } from "../../src/drivers/dav/uid.js";
import { toVersion3 } from "./vcard3.js";

/** Version of vCard to send: "auto" asks the address book (RFC 6352 section 6.2.2). */
export type CardVersion = "auto" | "3.0" | "4.0";

/** Address books and cards for a `ResourceSession`; one a session, since it remembers what the server takes. */
export function cardKind(version: CardVersion): ResourceKind {
  let older = version === "3.0";
  let asked = version !== "auto";
  return {
    ...ADDRESSBOOK_COLLECTION,
    extension: ".vcf",
    contentType: "text/vcard; charset=utf-8",
    multiget: () => ({ name: `{${CARDDAV}}addressbook-multiget`, data: `{${CARDDAV}}address-data`, attributes: { "content-type": "text/vcard", version: older ? "3.0" : "4.0" } }),
    // RFC 6352 section 6.2.3.
    maxSize: `{${CARDDAV}}max-resource-size`,
    uidConflict: `{${CARDDAV}}no-uid-conflict`,
    uidLoss: { field: "UID", change: "approximated", side: "target", reason: "contact.uid-changed" },
    // sabre/dav answers a card of 4.0 as 3.0 unless 4.0 is asked for (lib/CardDAV/Plugin.php, httpAfterGet).
    accept: () => `text/vcard; version=${older ? "3.0" : "4.0"}`,
    render: (text) => (older ? toVersion3(text) : { text, losses: [] }),
    async prepared(client, path, signal) {
      if (asked) return;
      older = !(await takesVersion4(client, path, signal));
      asked = true;
    },
    withUid, uidOf, compare: compareCards,
  };
}
