import type { ChatMessageRecord, ConversationRecord, Person } from "../../../src/format/records.js";

/** Files that tell about a conversation itself, in the tenant-folder layout. */
export const CARDS: Readonly<Record<ConversationRecord["form"], string>> = {
  team: "team.json", channel: "channel.json", "one-on-one": "chat.json", group: "chat.json", meeting: "chat.json",
};

const CHAT_TYPES: Readonly<Partial<Record<ConversationRecord["form"], string>>> = { "one-on-one": "oneOnOne", group: "group", meeting: "meeting" };

/** A team, channel or chat as the layout's card tells it. Members are named by address, so that they are known again in another directory. */
export function cardJson(record: ConversationRecord): object {
  const chatType = CHAT_TYPES[record.form];
  return {
    ...(chatType === undefined ? { displayName: record.name } : { chatType, topic: record.name }),
    ...(record.description === undefined ? {} : { description: record.description }), ...(record.membership === undefined ? {} : { membershipType: record.membership }),
    ...(record.createdAt === undefined ? {} : { createdDateTime: record.createdAt }), ...(record.archived ? { isArchived: true } : {}),
    ...(record.members === undefined ? {} : { members: record.members.map(({ address, id, name, owner, guest }) => ({ user: address ?? id ?? "", name, roles: [...(owner ? ["owner"] : []), ...(guest ? ["guest"] : [])] })) }),
    ...(record.files === undefined ? {} : { filesFolder: { driveId: record.files.drive, id: record.files.item, ...told("webUrl", record.files.url) } }),
    ...(record.meeting === undefined ? {} : { onlineMeetingInfo: { ...told("joinWebUrl", record.meeting.url), ...told("calendarEventId", record.meeting.eventId), organizer: person(record.meeting.organizer) } }),
    ...(record.pinned === undefined ? {} : { pinnedMessages: record.pinned }),
    ...(record.tabs.length === 0 ? {} : { tabs: record.tabs.map(({ name, url }) => ({ displayName: name, url: url ?? null })) }),
  };
}

/** A message in Graph's words (api-reference/v1.0/resources/chatmessage), with pictures by the relative address under which they are posted. */
export function messageJson(record: ChatMessageRecord, content: string): object {
  return {
    id: record.messageId, ...(record.replyTo === undefined ? {} : { replyToId: record.replyTo }), messageType: record.kind === "event" ? "systemEventMessage" : "message",
    createdDateTime: record.createdAt, ...told("lastModifiedDateTime", record.modifiedAt), ...told("lastEditedDateTime", record.editedAt), ...told("deletedDateTime", record.deletedAt),
    ...told("subject", record.subject), importance: record.importance, ...told("locale", record.locale), from: identities(record.author),
    body: { contentType: record.format, content: content.replace(/https?:\/\/(?:(?!https?:)[^\s"'<>])*?\/hostedContents\//g, "../hostedContents/") },
    attachments: record.attachments.map(({ id, mediaType, name, url, content: inside }) => ({ id, contentType: mediaType, ...told("contentUrl", url), ...told("name", name), ...told("content", inside) })),
    mentions: record.mentions.map(({ index, text, person, conversation }) => ({ id: index, mentionText: text, mentioned: person === undefined ? { conversation: { displayName: conversation ?? text } } : identities(person) })),
    reactions: record.reactions.map(({ reaction, at, person }) => ({ reactionType: reaction, ...told("createdDateTime", at), user: identities(person) })),
    ...(record.event === undefined ? {} : { eventDetail: record.event }), ...told("webUrl", record.url),
  };
}

function identities(one: Person | undefined): object | null {
  return one === undefined ? null : { [one.kind === "unknown" ? "user" : one.kind]: person(one) };
}

function person(one: Person | undefined): object | null {
  return one === undefined ? null : { ...told("id", one.id), ...told("displayName", one.name), ...told("email", one.address) };
}

function told(name: string, value: string | undefined): object {
  return value === undefined ? {} : { [name]: value };
}
