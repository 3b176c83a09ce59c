import type { Manifest, WorkloadCapability } from "../../src/core/adapter.js";

const CITE = "adapters/archive/README.md";

/** The target is the disk of this machine itself: what the tests write and read is the real thing, hence "live". */
function onDisk(gaps: WorkloadCapability["gaps"] = []): WorkloadCapability {
  return {
    support: "native", via: "disk", evidence: "live", keepsDates: true, keepsAuthors: true, canFind: true, canReadBack: true, canUpdate: true, canRemove: true, gaps,
  };
}

export const manifest: Manifest = {
  name: "archive",
  title: "Archive on disk",
  docs: CITE,
  workloads: {
    mail: onDisk(),
    calendar: onDisk(),
    contacts: onDisk(),
    files: { ...onDisk([{ field: "createdBy, modifiedBy", reason: "files.authors", cite: CITE }]), keepsAuthors: false },
  },
  concurrency: 8,
  skips: [],
};
