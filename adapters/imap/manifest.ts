import type { Manifest } from "../../src/core/adapter.js";

export const manifest: Manifest = {
  name: "imap",
  title: "Any mail server (IMAP)",
  docs: "https://www.rfc-editor.org/rfc/rfc3501",
  workloads: {
    mail: {
      support: "native",
      via: "imap",
      evidence: "own-server",
      keepsDates: true,
      keepsAuthors: true,
      canFind: true,
      canReadBack: true,
      canUpdate: true,
      canRemove: true,
      gaps: [
        { field: "low importance", reason: "mail.low-importance", cite: "RFC 8457 defines the keyword $Important and none for the opposite" },
      ],
    },
  },
  concurrency: 4,
  skips: [],
};
