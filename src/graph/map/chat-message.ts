import { ChatMessageRecord, type Person } from "../../format/records.js";
import { percentDecoded } from "../../lib/percent.js";
import type { GraphChatMessage, GraphIdentitySet } from "./graph-conversation.js";

/** Mail addresses by object id, of those who belong to the conversation. */
export type Addresses = ReadonlyMap<string, string>;

export type Hosted = ChatMessageRecord["hosted"];

/** The neutral record of a message; its text and pictures are blobs beside it. */
export function chatMessageRecord(message: GraphChatMessage, hosted: Hosted, addresses: Addresses): ChatMessageRecord {
  return ChatMessageRecord.parse({
    v: 1, type: "chat-message", messageId: message.id, replyTo: message.replyToId ?? undefined,
    // Newer kinds of system messages answer as unknownFutureValue (chatmessage, "messageType"); they carry an eventDetail.
    kind: message.eventDetail !== undefined && message.eventDetail !== null ? "event" : (message.messageType ?? "message") === "message" ? "message" : "event",
    author: personOf(message.from, addresses),
    createdAt: instant(message.createdDateTime) ?? new Date(Number(message.id) || 0).toISOString(), modifiedAt: instant(message.lastModifiedDateTime), editedAt: instant(message.lastEditedDateTime),
    deletedAt: instant(message.deletedDateTime), subject: text(message.subject), importance: importanceOf(message.importance), locale: text(message.locale),
    format: message.body?.contentType === "text" ? "text" : "html",
    mentions: (message.mentions ?? []).map(({ id, mentionText, mentioned }) => ({
      index: id ?? -1, text: mentionText ?? "", person: personOf(mentioned, addresses), conversation: text(mentioned?.conversation?.displayName) ?? text(mentioned?.conversation?.id),
    })),
    reactions: (message.reactions ?? []).map(({ reactionType, createdDateTime, user }) => ({ reaction: reactionType ?? "", at: instant(createdDateTime), person: personOf(user, addresses) })),
    attachments: (message.attachments ?? []).map(({ id, contentType, contentUrl, content, name }) => ({
      id: id ?? "", mediaType: contentType ?? "", name: text(name), url: text(contentUrl), content: content ?? undefined,
    })),
    hosted: [...hosted], event: message.eventDetail ?? undefined, url: text(message.webUrl),
  });
}

/** Absent authors are the service itself, or somebody who is gone (chatmessage, "from"). */
export function personOf(identities: GraphIdentitySet | null | undefined, addresses: Addresses): Person | undefined {
  for (const kind of ["user", "application", "device"] as const) {
    const identity = identities?.[kind];
    if (identity === null || identity === undefined) continue;
    const [id, name, address] = [text(identity.id), text(identity.displayName), addresses.get(identity.id ?? "")];
    return { kind, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), ...(address === undefined ? {} : { address }) };
  }
  return undefined;
}

/**
 * Ids of the contents that a message hosts. Their addresses stand in its text, in a snippet's `contentUrl`, in a card's content and in a picture used as
 * a reaction; only the id is taken from there, so that no address of a message is ever followed.
 */
export function hostedIds({ body, attachments, reactions }: GraphChatMessage): readonly string[] {
  const places = [body?.content, ...(attachments ?? []).flatMap(({ contentUrl, content }) => [contentUrl, content]), ...(reactions ?? []).map(({ reactionContentUrl }) => reactionContentUrl)];
  const ids = places.flatMap((place) => [...(place ?? "").matchAll(/\/hostedContents\/([^/"'\\\s?#]+)/g)].map(([, id = ""]) => percentDecoded(id)));
  return [...new Set(ids)].sort();
}

function importanceOf(told: string | null | undefined): ChatMessageRecord["importance"] {
  return told === "high" || told === "urgent" ? told : "normal";
}

/** UTC instants as the neutral format writes them; what is no date is left out. */
export function instant(told: string | null | undefined): string | undefined {
  const at = Date.parse(told ?? "");
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

export function text(told: string | null | undefined): string | undefined {
  return told === null || told === undefined || told === "" ? undefined : told;
}
