import type { Manifest, WorkloadCapability } from "../../src/core/adapter.js";

/** The target is the disk of this machine itself: what the tests write and read is the real thing, hence "live". */
const onDisk: WorkloadCapability = {
  support: "native", via: "disk", evidence: "live", keepsDates: true, keepsAuthors: true, canFind: true, canReadBack: true, canUpdate: true, canRemove: true, gaps: [],
};

export const manifest: Manifest = {
  name: "archive",
  title: "Archive on disk",
  docs: "adapters/archive/README.md",
  workloads: {
    mail: onDisk, calendar: onDisk, contacts: onDisk, files: onDisk, channels: onDisk, chats: onDisk,
    settings: onDisk, lists: onDisk, tasks: onDisk, notes: onDisk, directory: onDisk,
  },
  concurrency: 8,
  skips: [],
};
