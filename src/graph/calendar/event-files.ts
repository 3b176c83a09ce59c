import { asExodusError } from "../../core/errors.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { attachmentKind } from "../map/event-attachments.js";
import type { GraphAttachment, GraphEvent } from "../map/graph-event.js";

/**
 * Attachments of the events of one series. Names come first, without bytes; each file within what is left of `limit` (bytes, for
 * all of them) is then read alone, so that one large file is never in memory for nothing. A file over the limit has no
 * `contentBytes`, one that could not be read has null.
 * `hasAttachments` does not count pictures inside the body (Graph message and event resources): a body that shows one is asked too.
 */
export async function readAttachments(
  client: GraphClient, eventsPath: string, events: readonly GraphEvent[], limit: number, wanted: RequestOptions,
): Promise<ReadonlyMap<string, readonly GraphAttachment[]>> {
  const found = new Map<string, readonly GraphAttachment[]>();
  let room = limit;
  for (const event of events) {
    if (event.hasAttachments !== true && !/\bsrc\s*=\s*["']?cid:/i.test(event.body?.content ?? "")) continue;
    const path = `${eventsPath}/${event.id}/attachments`;
    const list: GraphAttachment[] = [];
    for await (const page of client.pages<GraphAttachment>(path, { ...wanted, query: { $select: "id,name,contentType,size,isInline" } })) {
      for (const attachment of page.value) {
        const fits = attachmentKind(attachment) === "file" && (attachment.size ?? 0) <= room;
        if (fits) room -= attachment.size ?? 0;
        list.push(fits ? await readFile(client, path, attachment, wanted) : withoutBytes(attachment));
      }
    }
    found.set(event.id, list);
  }
  return found;
}

async function readFile(client: GraphClient, path: string, attachment: GraphAttachment, wanted: RequestOptions): Promise<GraphAttachment> {
  try {
    return await client.get<GraphAttachment>(`${path}/${attachment.id ?? ""}`, wanted);
  } catch (thrown) {
    if (asExodusError(thrown).errorClass !== "permanent-item" || wanted.signal.aborted) throw thrown;
    return { ...attachment, contentBytes: null };
  }
}

/** A cloud that ignores `$select` sends the bytes all the same. */
function withoutBytes(attachment: GraphAttachment): GraphAttachment {
  return { ...attachment, contentBytes: undefined };
}
