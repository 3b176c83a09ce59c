import type { Manifest } from "../../src/core/adapter.js";

export const manifest: Manifest = {
  name: "caldav",
  title: "Any calendar server (CalDAV)",
  docs: "https://www.rfc-editor.org/rfc/rfc4791",
  workloads: {
    calendar: {
      support: "native", via: "caldav", evidence: "own-server", keepsDates: true, keepsAuthors: true,
      canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
      gaps: [],
    },
  },
  concurrency: 4,
  skips: [],
};
