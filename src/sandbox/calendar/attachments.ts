import type { IcsEvent } from "./ics-file.js";

/** One attachment: its JSON, and its bytes where the file holds them. */
export interface EventAttachment {
  readonly id: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer | undefined;
}

/**
 * ATTACH (RFC 5545 section 3.8.1.1): inline bytes are a `fileAttachment`, a link is a `referenceAttachment`; v1.0 shows no more of the latter than
 * the properties common to all attachments (metadata: the type has none of its own). A `cid:` link names a part that an .ics does not have.
 */
export function attachmentsOf(event: IcsEvent, eventId: string, modified: string): readonly EventAttachment[] {
  return event.all("attach").flatMap(({ parameters, type, values }, index): readonly EventAttachment[] => {
    const value = String(values[0] ?? "");
    const inline = type === "binary" || parameters["encoding"]?.toUpperCase() === "BASE64";
    if (!inline && /^cid:/i.test(value)) return [];
    const id = `${eventId}${Buffer.from(`/${index}`).toString("base64url")}`;
    const bytes = inline ? Buffer.from(value, "base64") : undefined;
    const name = parameters["filename"] ?? parameters["x-filename"] ?? parameters["x-apple-filename"] ?? (inline ? "attachment" : (value.split(/[?#]/)[0]?.split("/").filter(Boolean).at(-1) ?? "link"));
    const common = { id, lastModifiedDateTime: modified, name, contentType: parameters["fmttype"] ?? (inline ? "application/octet-stream" : null), size: bytes?.length ?? 0, isInline: parameters["x-inline"]?.toUpperCase() === "TRUE" };
    if (bytes === undefined) return [{ id, bytes, json: { "@odata.type": "#microsoft.graph.referenceAttachment", ...common } }];
    return [{ id, bytes, json: { "@odata.type": "#microsoft.graph.fileAttachment", "@odata.mediaContentType": common.contentType, ...common, contentId: parameters["x-content-id"] ?? null, contentLocation: null, contentBytes: bytes.toString("base64") } }];
  });
}
