import { ExodusError } from "../../core/errors.js";
import type { WorkloadName } from "../../core/item.js";
import type { MemoryBlobs } from "./harness.js";
import { calendarSamples } from "./sample-calendar.js";
import { contactSamples } from "./sample-contacts.js";
import { fileSamples } from "./sample-files.js";
import type { Samples } from "./sample-item.js";
import { mailSamples } from "./sample-mail.js";

/** @throws ExodusError WORKLOAD_UNSUPPORTED for conversations, which have no samples yet. */
export function samplesOf(workload: WorkloadName, blobs: MemoryBlobs): Samples {
  if (workload === "mail") return mailSamples(blobs);
  if (workload === "calendar") return calendarSamples(blobs);
  if (workload === "contacts") return contactSamples(blobs);
  if (workload === "files") return fileSamples(blobs);
  throw new ExodusError("WORKLOAD_UNSUPPORTED", { params: { source: "conformance", workload } });
}
