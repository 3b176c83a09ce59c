import type { Gap, Manifest, WorkloadCapability } from "../../src/core/adapter.js";
import { WHOLE } from "../../src/kit/capability.js";

const NAME_MAX = "adapters/archive/README.md, \"Names\": 255 bytes are the most that common file systems keep (Linux: NAME_MAX, limits.h)";
const CONTAINERS: readonly Gap[] = [
  { of: "container", field: "folder", change: "approximated", reason: "files.name-shortened", cite: NAME_MAX },
  { of: "container", field: "folder", change: "approximated", reason: "container.marked", cite: "adapters/archive/README.md, \"Names\": two containers of one name stay two" },
];
const FILES: readonly Gap[] = [
  { of: "item", field: "name", change: "approximated", reason: "files.name-shortened", cite: NAME_MAX },
  { of: "item", field: "name", change: "approximated", reason: "files.renamed-conflict", cite: "adapters/archive/README.md, \"Names\": file systems that fold case or Unicode forms take one name for another" },
];

/** The target is the disk of this machine itself: what the tests write and read is the real thing, hence "live". */
const onDisk: WorkloadCapability = {
  support: "native", via: "disk", evidence: "live", cite: "adapters/archive/README.md, \"What stands where\"",
  ...WHOLE, gaps: CONTAINERS,
};

export const manifest: Manifest = {
  name: "archive",
  title: "Archive on disk",
  docs: "adapters/archive/README.md",
  workloads: {
    mail: onDisk, calendar: onDisk, contacts: onDisk, files: { ...onDisk, gaps: [...FILES, ...CONTAINERS] }, channels: onDisk, chats: onDisk,
    settings: onDisk, lists: onDisk, pages: onDisk, tasks: onDisk, notes: onDisk, directory: onDisk,
  },
  concurrency: 8,
  skips: [],
};
