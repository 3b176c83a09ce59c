import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { asExodusError, ExodusError } from "../../core/errors.js";
import type { Loss } from "../../core/item.js";
import type { LossReason } from "../../core/losses.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { attachmentKind } from "../map/event-attachments.js";
import type { GraphAttachment } from "../map/graph-event.js";
import { MESSAGE_FIELDS, messageToMime, type GraphMessage, type MimePart } from "../map/message-to-mime.js";

/** Attachments up to here are read with their properties, so with the name that the body calls them by; larger ones are streamed. Bytes. */
const WITH_PROPERTIES = 3 * 1024 * 1024;

export interface RebuiltMessage {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly losses: readonly Loss[];
}

/** True for the failure of `$value` that asking again does not mend: the store cannot write this message as MIME. */
export function cannotBeMime(thrown: unknown): boolean {
  return thrown instanceof ExodusError && (thrown.code === "GRAPH_NO_MIME" || thrown.code === "GRAPH_REFUSED");
}

/** Makes a message from its fields and attachments, where `/messages/{id}/$value` gives none. `path`: of the message. */
export async function rebuiltMessage(client: GraphClient, path: string, wanted: RequestOptions): Promise<RebuiltMessage> {
  const message = await client.get<GraphMessage>(path, { ...wanted, query: { $select: MESSAGE_FIELDS } });
  return withAttachments(client, { message, path, reason: "mail.rebuilt" }, wanted);
}

/** A message whose fields are known. `path`: of what `/attachments` hangs on; `reason`: the loss that being rebuilt means. */
export async function withAttachments(client: GraphClient, { message, path, reason }: { readonly message: GraphMessage; readonly path: string; readonly reason: LossReason }, wanted: RequestOptions): Promise<RebuiltMessage> {
  const losses: Loss[] = [{ field: "body", change: "approximated", side: "source", reason }];
  const parts: MimePart[] = [];
  if (!mayHaveAttachments(message)) return { bytes: messageToMime(message, parts), losses };
  // `contentId` cannot be selected on the list, whose type is that of all attachments.
  for await (const page of client.pages<GraphAttachment>(`${path}/attachments`, { ...wanted, query: { $select: "id,name,contentType,size,isInline" } })) {
    for (const attachment of page.value) {
      const part = await partOf(client, `${path}/attachments`, attachment, wanted);
      if ("reason" in part) losses.push({ field: `attachments[${attachment.name ?? ""}]`, change: "dropped", side: "source", reason: part.reason });
      else parts.push(part);
    }
  }
  return { bytes: messageToMime(message, parts), losses };
}

/** `hasAttachments` does not count what stands inside the body (Graph message resource): a body that shows something is asked about too. */
function mayHaveAttachments({ hasAttachments, body }: GraphMessage): boolean {
  return hasAttachments !== false || /\bcid:/i.test(body?.content ?? "");
}

async function partOf(client: GraphClient, list: string, attachment: GraphAttachment, wanted: RequestOptions): Promise<MimePart | { readonly reason: string }> {
  const kind = attachmentKind(attachment);
  if (kind === "reference") return { reason: "mail.reference-attachment" };
  const path = `${list}/${attachment.id ?? ""}`;
  const name = attachment.name ?? "attachment";
  const contentType = attachment.contentType ?? "application/octet-stream";
  try {
    if (kind === "item") {
      const { extension, contentType: form } = await itemForm(client, `${path}/$value`, wanted);
      return { name: name.toLowerCase().endsWith(extension) ? name : `${name}${extension}`, contentType: form, bytes: () => streamed(client, `${path}/$value`, wanted) };
    }
    if ((attachment.size ?? 0) > WITH_PROPERTIES) return { name, contentType, bytes: () => streamed(client, `${path}/$value`, wanted) };
    const whole = await client.get<GraphAttachment>(path, wanted);
    const bytes = Buffer.from(whole.contentBytes ?? "", "base64");
    const inBody = whole.isInline === true && typeof whole.contentId === "string" && whole.contentId !== "" ? { contentId: whole.contentId } : {};
    return { name, contentType, ...inBody, bytes: () => Readable.from([bytes]) };
  } catch (thrown) {
    if (asExodusError(thrown).errorClass !== "permanent-item") throw thrown;
    return { reason: "mail.attachment-unreadable" };
  }
}

/** `$value` of an item attachment is MIME, iCalendar or vCard by what the item is (api-reference/v1.0/api/attachment-get); no property says which. */
async function itemForm(client: GraphClient, path: string, wanted: RequestOptions): Promise<{ extension: string; contentType: string }> {
  const start = await client.bytes(path, wanted, async ({ bytes }) => {
    for await (const chunk of bytes) return Buffer.from(chunk.subarray(0, 64)).toString("latin1");
    return "";
  });
  if (/^\s*BEGIN:VCALENDAR/i.test(start)) return { extension: ".ics", contentType: "text/calendar" };
  if (/^\s*BEGIN:VCARD/i.test(start)) return { extension: ".vcf", contentType: "text/vcard" };
  return { extension: ".eml", contentType: "message/rfc822" };
}

/** Bytes of an answer as they are asked for; nothing is requested before. A break in the middle ends the whole message: it is read anew later. */
async function* streamed(client: GraphClient, path: string, wanted: RequestOptions): AsyncIterable<Uint8Array> {
  const pipe = new PassThrough();
  const reading = client.bytes(path, wanted, ({ bytes }) => pipeline(bytes, pipe)).catch((thrown: unknown) => void pipe.destroy(asExodusError(thrown)));
  yield* pipe;
  await reading;
}
