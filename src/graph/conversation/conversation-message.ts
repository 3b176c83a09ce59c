import { itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { BlobRef, Change, Loss, Owner, WorkloadName } from "../../core/item.js";
import type { ReadContext } from "../../core/source.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { itemTitle } from "../reading/item-title.js";
import { chatMessageRecord, hostedIds, type Addresses, type Hosted } from "../map/chat-message.js";
import type { GraphChatMessage } from "../map/graph-conversation.js";
import { htmlToText } from "../../lib/html-text.js";
import { itemFailure } from "../reading/read-errors.js";
import { textBytes } from "../reading/text-bytes.js";

/** Where messages are read: the conversation and how to ask for its contents. */
export interface MessagePlace {
  readonly client: GraphClient;
  readonly owner: Owner;
  readonly workload: WorkloadName;
  /** Id of the channel or chat. */
  readonly conversation: string;
  /** Path of its messages, for example "/chats/{id}/messages". */
  readonly messages: string;
  readonly addresses: Addresses;
  readonly wanted: (signal: AbortSignal) => RequestOptions;
}

/** Message ids are unique in their conversation only; a reply is asked for below the message that it answers. */
export function messageItemId(conversation: string, { id, replyToId }: GraphChatMessage): string {
  return [conversation, ...(replyToId ? [replyToId] : []), id].join("/");
}

/** Path of a message from its item id. */
export function messagePathOf(messages: string, conversation: string, itemId: string): string {
  return `${messages}/${itemId.slice(conversation.length + 1).split("/").map(encodeURIComponent).join("/replies/")}`;
}

/**
 * A message as an item. One that was deleted keeps its place and loses its text (chatmessage, "deletedDateTime"): if we hold it, that is a removal; if we
 * never saw it, the empty message is what there is.
 */
export async function readChatMessage(place: MessagePlace, message: GraphChatMessage, context: ReadContext): Promise<Change> {
  const { owner, workload, conversation } = place;
  const id = messageItemId(conversation, message);
  const title = titleOf(message);
  const version = message.etag ?? message.lastModifiedDateTime ?? "";
  const known = await context.known(id);
  if (known !== undefined && version !== "" && known.version === version) return { kind: "unchanged", id, container: conversation };
  if (known !== undefined && message.deletedDateTime) return { kind: "tombstone", id, container: conversation };
  try {
    const { hosted, parts, losses } = await hostedContents(place, message, context);
    const record = chatMessageRecord(message, hosted, place.addresses);
    const content = message.body?.content ?? "";
    const body = content === "" ? undefined : await context.blobs.write(textBytes(content), record.format === "text" ? ".txt" : ".html");
    return {
      kind: "item", key: { workload, owner: owner.id, id }, container: conversation, version, title, record, ...(body === undefined ? {} : { body }), parts,
      digest: itemDigest(record, body, parts), losses,
    };
  } catch (thrown) {
    context.signal.throwIfAborted();
    return itemFailure(thrown, { id, container: conversation, title });
  }
}

/** Pictures of old and deleted messages answer 404 or 403: the message is worth keeping without. */
async function hostedContents(place: MessagePlace, message: GraphChatMessage, { blobs, signal }: ReadContext): Promise<{ hosted: Hosted; parts: readonly BlobRef[]; losses: readonly Loss[] }> {
  const [hosted, parts, losses]: [Hosted, BlobRef[], Loss[]] = [[], [], []];
  const base = messagePathOf(place.messages, place.conversation, messageItemId(place.conversation, message));
  for (const id of hostedIds(message)) {
    try {
      const blob = await place.client.bytes(`${base}/hostedContents/${encodeURIComponent(id)}/$value`, place.wanted(signal), ({ bytes }) => blobs.write(bytes, ".bin"));
      hosted.push({ id, sha256: blob.sha256, size: blob.size });
      parts.push(blob);
    } catch (thrown) {
      const error = asExodusError(thrown);
      if (signal.aborted || (error.errorClass !== "permanent-item" && error.code !== "GRAPH_CONSENT")) throw error;
      losses.push({ field: "hosted", change: "dropped", side: "source", reason: "conversation.picture-unreadable" });
    }
  }
  return { hosted, parts, losses };
}

function titleOf({ subject, body, from, createdDateTime, id }: GraphChatMessage): string {
  const start = htmlToText((body?.content ?? "").slice(0, 400)).replace(/\s+/g, " ").trim().slice(0, 80);
  return itemTitle(subject, start, `${createdDateTime ?? id} ${from?.user?.displayName ?? from?.application?.displayName ?? ""}`.trim());
}
