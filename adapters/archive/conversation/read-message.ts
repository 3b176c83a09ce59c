import { asObject, listOf } from "../../../src/convert/message/json.js";
import { ChatMessageRecord } from "../../../src/format/records.js";
import type { Message } from "./messages-file.js";

/** What `messageJson` wrote, as the record that it was written from. */
export interface ReadMessage {
  readonly record: ChatMessageRecord;
  readonly body: string;
}

/** Undefined for a file that somebody made into something else. */
export function readMessage(message: Message): ReadMessage | undefined {
  const { content, contentType } = asObject(message["body"]);
  const read = ChatMessageRecord.safeParse({
    v: 1, type: "chat-message", messageId: message["id"], replyTo: told(message["replyToId"]), kind: message["messageType"] === "systemEventMessage" ? "event" : "message", author: personIn(message["from"]),
    createdAt: message["createdDateTime"], modifiedAt: told(message["lastModifiedDateTime"]), editedAt: told(message["lastEditedDateTime"]), deletedAt: told(message["deletedDateTime"]),
    subject: told(message["subject"]), importance: message["importance"], locale: told(message["locale"]), format: contentType,
    mentions: listOf(message["mentions"]).map(({ id, mentionText, mentioned }) => ({ index: id, text: mentionText, person: personIn(mentioned), conversation: told(asObject(asObject(mentioned)["conversation"])["displayName"]) })),
    reactions: listOf(message["reactions"]).map(({ reactionType, createdDateTime, user }) => ({ reaction: reactionType, at: told(createdDateTime), person: personIn(user) })),
    attachments: listOf(message["attachments"]).map(({ id, contentType: mediaType, name, contentUrl, content: inside }) => ({ id, mediaType, name: told(name), url: told(contentUrl), content: told(inside) })),
    hosted: [], event: told(message["eventDetail"]), url: told(message["webUrl"]),
  });
  return read.success && typeof content === "string" ? { record: read.data, body: content } : undefined;
}

function personIn(identities: unknown): object | undefined {
  for (const kind of ["user", "application", "device"]) {
    const one = asObject(identities)[kind];
    if (one === undefined || one === null) continue;
    const { id, displayName, email } = asObject(one);
    return { kind, id: told(id), name: told(displayName), address: told(email) };
  }
  return undefined;
}

function told(value: unknown): unknown {
  return value ?? undefined;
}
