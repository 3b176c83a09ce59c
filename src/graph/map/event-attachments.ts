import type ICAL from "ical.js";
import type { GraphAttachment } from "./graph-event.js";
import { addProperty, addX } from "./ics-text.js";
import type { LossLog } from "./loss-log.js";

export type AttachmentKind = "file" | "item" | "reference" | "other";

/** Graph tells the kind in `@odata.type` (attachment resource: fileAttachment, itemAttachment, referenceAttachment). */
export function attachmentKind(attachment: GraphAttachment): AttachmentKind {
  const type = attachment["@odata.type"] ?? "";
  if (type.endsWith(".fileAttachment")) return "file";
  if (type.endsWith(".itemAttachment")) return "item";
  if (type.endsWith(".referenceAttachment")) return "reference";
  return typeof attachment.contentBytes === "string" ? "file" : "other";
}

/**
 * ATTACH (RFC 5545 section 3.8.1.1), bytes inline in base64. A file without `contentBytes` is one that the reader left out for its
 * size, one with null could not be read. What has no bytes leaves its name in the event and a loss.
 */
export function addAttachments(component: ICAL.Component, attachments: readonly GraphAttachment[], log: LossLog): void {
  for (const attachment of attachments) {
    const name = attachment.name ?? "";
    const kind = attachmentKind(attachment);
    if (kind === "file" && typeof attachment.contentBytes === "string") {
      addProperty(component, "attach", attachment.contentBytes.replace(/\s+/g, ""), {
        value: "BINARY", encoding: "BASE64", fmttype: attachment.contentType ?? undefined, filename: name, "x-filename": name,
        "x-content-id": attachment.contentId ?? undefined, "x-inline": attachment.isInline === true ? "TRUE" : undefined,
      });
      continue;
    }
    if (kind === "reference" && attachment.sourceUrl) addProperty(component, "attach", attachment.sourceUrl, { filename: name, fmttype: attachment.contentType ?? undefined });
    else addX(component, "x-o365-attachment-name", name, { "x-size": String(attachment.size ?? 0) });
    const field = `attachments[${name}]`;
    if (kind === "reference") log.add(field, "approximated", "calendar.reference-attachment");
    else if (kind === "item") log.add(field, "dropped", "calendar.item-attachment");
    else log.add(field, "dropped", attachment.contentBytes === null || kind === "other" ? "calendar.attachment-unreadable" : "calendar.attachment-too-large");
  }
}
