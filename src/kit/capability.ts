import type { WorkloadCapability } from "../core/adapter.js";

/** Of a target that keeps dates and authors, and finds, reads, changes and removes again what it was given: all that the contract knows. */
export const WHOLE = {
  keepsDates: true, keepsAuthors: true, canFind: true, canReadBack: true, canUpdate: true, canRemove: true,
} as const satisfies Partial<WorkloadCapability>;
