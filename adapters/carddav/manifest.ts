import type { Manifest } from "../../src/core/adapter.js";
import { WHOLE } from "../../src/kit/capability.js";

export const manifest: Manifest = {
  name: "carddav",
  title: "Any address book server (CardDAV)",
  docs: "https://www.rfc-editor.org/rfc/rfc6352",
  workloads: {
    contacts: {
      support: "native", via: "carddav", evidence: "own-server", cite: "RFC 6352 section 6.3.2: PUT makes an address object",
      ...WHOLE, verifiedTogether: 50,
      gaps: [
        { of: "item", field: "*", change: "approximated", reason: "contact.vcard3", cite: "RFC 6352 section 6.2.2: only vCard 3.0 may be assumed unless the server says otherwise" },
        { of: "item", field: "UID", change: "approximated", reason: "contact.uid-changed", cite: "RFC 6352 section 5.1: no two cards of an address book may have one UID" },
        { of: "item", field: "target's own change", change: "dropped", reason: "target.edit-replaced", cite: "RFC 6352 section 6.3.2.3: a card that somebody changed has another ETag" },
        { of: "container", field: "folder", change: "approximated", reason: "container.flattened", cite: "RFC 6352 section 5.2: an address book holds no other address book" },
        { of: "container", field: "displayname", change: "dropped", reason: "container.label-refused", cite: "RFC 4918 section 15.2: displayname may be protected" },
      ],
    },
  },
  concurrency: 4,
  skips: [],
};
