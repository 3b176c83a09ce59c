import { createdOf, idOf, modifiedOf, type RawMessage } from "./conversation-file.js";
import type { Conversation, TeamsStore } from "./teams-store.js";

/** What places a message: its conversation, the message it answers, and the root of this server for addresses in its text. */
export interface Place {
  readonly store: TeamsStore;
  readonly conversation: Conversation;
  readonly replyTo?: string;
  readonly root: string;
}

/**
 * Graph `chatMessage` (api-reference/v1.0/resources/chatmessage). A line may give people by user principal name (`from: "zoe@…"`) and pictures by
 * `../hostedContents/<id>/$value`, as a message is posted (chatmessage-post, example 5): they are told as Graph tells them.
 */
export function messageJson(raw: RawMessage, place: Place): Record<string, unknown> {
  const { store, conversation, replyTo } = place;
  const { team } = conversation;
  const [id, modified] = [idOf(raw), modifiedOf(raw)];
  const { replies: _replies, ...given } = raw;
  return {
    replyToId: replyTo ?? null, etag: String(Date.parse(modified)), messageType: "message", createdDateTime: createdOf(raw), lastModifiedDateTime: modified,
    lastEditedDateTime: null, deletedDateTime: null, subject: null, summary: null, importance: "normal", locale: "fr-fr", policyViolation: null, eventDetail: null, messageHistory: [],
    ...given, id, chatId: team === undefined ? conversation.id : null,
    webUrl: team === undefined ? null : `https://teams.sandbox.invalid/l/message/${encodeURIComponent(conversation.id)}/${id}?groupId=${team.id}&parentMessageId=${replyTo ?? id}`,
    from: authorOf(store, raw["from"]), body: bodyOf(raw, place, id), channelIdentity: team === undefined ? null : { teamId: team.id, channelId: conversation.id },
    attachments: list(raw["attachments"]).map((one) => ({ id: "", contentType: "reference", contentUrl: null, content: null, name: null, thumbnailUrl: null, teamsAppId: null, ...one })),
    mentions: list(raw["mentions"]).map((one) => ({ ...one, mentioned: typeof one["mentioned"] === "string" ? { ...EMPTY_SET, conversation: null, user: userOf(store, one["mentioned"]) } : one["mentioned"] })),
    reactions: list(raw["reactions"]).map((one) => ({
      reactionType: "like", displayName: null, reactionContentUrl: null, createdDateTime: modified, ...one,
      user: typeof one["user"] === "string" ? { ...EMPTY_SET, user: { ...userOf(store, one["user"]), displayName: null } } : one["user"],
    })),
  };
}

/** Address below the version of a message's resources. */
export function messagePath({ conversation, replyTo }: Place, id: string): string {
  const base = conversation.team === undefined ? `/chats/${conversation.id}/messages` : `/teams/${conversation.team.id}/channels/${conversation.id}/messages`;
  return replyTo === undefined ? `${base}/${id}` : `${base}/${replyTo}/replies/${id}`;
}

const EMPTY_SET = { application: null, device: null };

function userOf(store: TeamsStore, name: string): Record<string, unknown> {
  const person = store.person(name);
  return { "@odata.type": "#microsoft.graph.teamworkUserIdentity", id: person.id, displayName: person.displayName, userIdentityType: "aadUser", tenantId: person.tenantId };
}

function authorOf(store: TeamsStore, from: unknown): unknown {
  return typeof from === "string" ? { ...EMPTY_SET, user: userOf(store, from) } : (from ?? null);
}

function bodyOf(raw: RawMessage, place: Place, id: string): object {
  const told = raw["body"];
  const body = typeof told === "string" ? { contentType: "text", content: told } : { contentType: "html", content: "", ...(told as object | undefined) };
  const content = body.content.replaceAll("../hostedContents/", `${place.root}/v1.0${messagePath(place, id)}/hostedContents/`);
  return { ...body, content };
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
