import type { Gap, Manifest, WorkloadCapability } from "../../src/core/adapter.js";
import { WHOLE } from "../../src/kit/capability.js";
import { formGaps } from "../../src/kit/message-losses.js";

const FORM = "Matrix client-server API, \"m.room.message msgtypes\": the tags and attributes that clients show; docs/conversions.md";
const CLOSED = "Matrix client-server API, \"Common error codes\" and \"Other error codes\": M_USER_LOCKED, M_USER_SUSPENDED, M_USER_DEACTIVATED";
const GAPS: readonly Gap[] = [
  { of: "item", field: "order", change: "approximated", reason: "conversation.appended", cite: "Matrix application service API, \"Timestamp massaging\": the time does not change the order, events are appended at the tip" },
  { of: "item", field: "earlier texts", change: "dropped", reason: "conversation.edits", cite: "Microsoft Graph keeps the last text of a message only (chatMessage, lastEditedDateTime)" },
  { of: "item", field: "importance", change: "dropped", reason: "conversation.importance", cite: "Matrix client-server API, \"m.room.message\": no property says it" },
  { of: "item", field: "tabs", change: "approximated", reason: "conversation.tabs-in-topic", cite: "Matrix client-server API, \"Room events\": a room has a name and a topic, no tabs" },
  { of: "item", field: "meeting", change: "dropped", reason: "conversation.meeting", cite: "Matrix client-server API, \"Room events\": no event says that a room was a meeting's" },
  { of: "item", field: "replyTo", change: "dropped", reason: "conversation.thread-missing", cite: "Matrix client-server API, \"Threading\": a thread hangs on an event of the room" },
  { of: "item", field: "reactions", change: "dropped", reason: "conversation.reaction-unnamed", cite: "Matrix client-server API, \"Event annotations and reactions\": a reaction is its sender's" },
  { of: "item", field: "members", change: "dropped", reason: "conversation.account-closed", cite: CLOSED },
  { of: "item", field: "reactions", change: "dropped", reason: "conversation.account-closed", cite: CLOSED },
  { of: "item", field: "pictures", change: "dropped", reason: "conversation.file-too-large", cite: "Matrix client-server API, GET /_matrix/client/v1/media/config: m.upload.size" },
  { of: "item", field: "body", change: "approximated", reason: "conversation.long-text", cite: "Matrix client-server API, \"Size limits\": 65,536 bytes an event" },
  ...formGaps(FORM),
];

const CONVERSATIONS: WorkloadCapability = {
  support: "partial", via: "matrix", evidence: "own-server", cite: "Matrix application service API, \"Identity assertion\" and \"Timestamp massaging\"",
  ...WHOLE, appends: true, gaps: GAPS,
};

export const manifest: Manifest = {
  name: "matrix",
  title: "Any Matrix home server (application service)",
  docs: "https://spec.matrix.org/latest/application-service-api/",
  workloads: { channels: CONVERSATIONS, chats: CONVERSATIONS },
  concurrency: 1,
  skips: [],
};
