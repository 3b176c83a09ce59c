import type { WorkloadName } from "../../core/item.js";
import type { MemoryBlobs } from "./harness.js";
import { calendarSamples } from "./sample-calendar.js";
import { contactSamples } from "./sample-contacts.js";
import { conversationSamples } from "./sample-conversations.js";
import { documentSamples } from "./sample-documents.js";
import { fileSamples } from "./sample-files.js";
import type { Samples } from "./sample-item.js";
import { mailSamples } from "./sample-mail.js";
import { settingsSamples } from "./sample-settings.js";

export function samplesOf(workload: WorkloadName, blobs: MemoryBlobs): Samples {
  if (workload === "mail") return mailSamples(blobs);
  if (workload === "calendar") return calendarSamples(blobs);
  if (workload === "contacts") return contactSamples(blobs);
  if (workload === "files") return fileSamples(blobs);
  if (workload === "channels" || workload === "chats") return conversationSamples(workload, blobs);
  if (workload === "settings") return settingsSamples();
  return documentSamples(workload, blobs);
}
