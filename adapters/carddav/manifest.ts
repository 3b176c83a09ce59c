import type { Manifest } from "../../src/core/adapter.js";

export const manifest: Manifest = {
  name: "carddav",
  title: "Any address book server (CardDAV)",
  docs: "https://www.rfc-editor.org/rfc/rfc6352",
  workloads: {
    contacts: {
      support: "native", via: "carddav", evidence: "own-server", keepsDates: true, keepsAuthors: true,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      gaps: [
        { field: "folder", reason: "container.flattened", cite: "RFC 6352 section 5.2: an address book holds no other address book" },
        { field: "vCard 4.0", reason: "contact.vcard3", cite: "RFC 6352 section 6.2.2: only vCard 3.0 may be assumed unless the server says otherwise" },
      ],
    },
  },
  concurrency: 4,
  skips: [],
};
