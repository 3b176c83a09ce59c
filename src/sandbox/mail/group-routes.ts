import { bytesAnswer, GraphRefusal, notFound, type Answer } from "../answers.js";
import { groupOf } from "../directory.js";
import { collection, context, refuseOptions, select, type Call, type Route } from "../odata.js";
import type { OwnerFile, TenantStore } from "../tenant/store.js";
import { attachmentJson, attachmentsOf, bytesOf, type PlacedAttachment } from "./message.js";
import { deliveredOf, threadOf, threadsOf, type Post, type Thread } from "./threads.js";

/** Permission tables of group-list-threads, conversationthread-list-posts and post-get ("Application", least privileged). */
const ROLE = "Group-Conversation.Read.All";
/** Posts of a thread that are listed; there is no link to others (microsoft-graph-docs issue 11219). */
const POSTS_LISTED = 100;
const THREAD_DEFAULT = "id,topic,hasAttachments,lastDeliveredDateTime,uniqueSenders,preview,isLocked";
const THREAD_PROPERTIES = new Set([...THREAD_DEFAULT.split(","), "toRecipients", "ccRecipients", "posts"]);
const POST_PROPERTIES = new Set([
  "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime", "hasAttachments", "body", "from", "sender", "conversationId", "conversationThreadId", "newParticipants",
  "attachments", "inReplyTo", "extensions", "singleValueExtendedProperties", "multiValueExtendedProperties",
]);
const NOBODY = { emailAddress: { name: "", address: "" } };

/** Conversations of Microsoft 365 groups: threads and posts, made from the messages of the group's folder. Without MIME and without delta, as Graph has neither. */
export function groupMailRoutes(store: TenantStore): Route[] {
  const get = (pattern: string, handler: (call: Call, owner: OwnerFile) => Promise<Answer>): Route => ({
    method: "GET", pattern, role: ROLE,
    handle: (call) => {
      refuseOptions(call, ["$filter", "$search", "$orderby"]);
      return handler(call, groupOf(store, call.params["group"] ?? ""));
    },
  });
  const thread = (call: Call, owner: OwnerFile): Promise<Thread> => threadOf(store, owner, call.params["thread"] ?? "");
  const conversation = async (call: Call, owner: OwnerFile): Promise<Thread> => {
    const found = (await threadsOf(store, owner)).find((one) => one.conversation === call.params["conversation"]);
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return found;
  };
  const one = (call: Call, what: string, json: object): Answer => ({ json: { "@odata.context": context(call, what), ...json } });
  return [
    get("/groups/:group/conversations", async (call, owner) => collection(call, `groups('${owner.id}')/conversations`, await threadsOf(store, owner), 20, (found) => select(conversationJson(found), call.query))),
    get("/groups/:group/conversations/:conversation", async (call, owner) => one(call, `groups('${owner.id}')/conversations/$entity`, select(conversationJson(await conversation(call, owner)), call.query))),
    get("/groups/:group/conversations/:conversation/threads", async (call, owner) => collection(call, `groups('${owner.id}')/threads`, [await conversation(call, owner)], 20, (found) => shownThread(found, call.query))),
    get("/groups/:group/threads", async (call, owner) => collection(call, `groups('${owner.id}')/threads`, await threadsOf(store, owner), 20, (found) => shownThread(found, call.query))),
    get("/groups/:group/threads/:thread", async (call, owner) => one(call, `groups('${owner.id}')/threads/$entity`, shownThread(await thread(call, owner), call.query))),
    get("/groups/:group/threads/:thread/posts", async (call, owner) => {
      const found = await thread(call, owner);
      return collection(call, `groups('${owner.id}')/threads('${found.id}')/posts`, found.posts.slice(0, POSTS_LISTED), POSTS_LISTED, (post) => shownPost(store, call, owner, found, post));
    }),
    ...postRoutes(store, get, thread),
  ];
}

function postRoutes(store: TenantStore, get: (pattern: string, handler: (call: Call, owner: OwnerFile) => Promise<Answer>) => Route, thread: (call: Call, owner: OwnerFile) => Promise<Thread>): Route[] {
  const base = "/groups/:group/threads/:thread/posts/:post";
  const postIn = (found: Thread, id: string | undefined): Post => {
    const post = found.posts.find(({ entry }) => entry.id === id);
    if (post === undefined) throw notFound("ErrorItemNotFound", "");
    return post;
  };
  const attachment = async (call: Call, owner: OwnerFile): Promise<{ readonly post: Post; readonly found: PlacedAttachment }> => {
    const post = postIn(await thread(call, owner), call.params["post"]);
    const found = (await attachmentsOf(store, post.entry)).find(({ id }) => id === call.params["attachment"]);
    if (found === undefined) throw notFound("ErrorItemNotFound", "");
    return { post, found };
  };
  const single = async (call: Call, owner: OwnerFile, found: Thread, post: Post): Promise<Answer> => ({ json: { "@odata.context": context(call, `groups('${owner.id}')/threads('${found.id}')/posts/$entity`), ...(await shownPost(store, call, owner, found, post)) } });
  return [
    get(base, async (call, owner) => {
      const found = await thread(call, owner);
      return single(call, owner, found, postIn(found, call.params["post"]));
    }),
    get(`${base}/inReplyTo`, async (call, owner) => {
      const found = await thread(call, owner);
      const answered = answeredBy(found, postIn(found, call.params["post"]));
      if (answered === undefined) throw notFound("ErrorItemNotFound", "");
      return single(call, owner, found, answered);
    }),
    get(`${base}/attachments`, async (call, owner) => {
      const post = postIn(await thread(call, owner), call.params["post"]);
      return collection(call, `groups('${owner.id}')/threads/posts/attachments`, await attachmentsOf(store, post.entry), 50, (placed) => select(attachmentJson(post.entry, placed), call.query));
    }),
    get(`${base}/attachments/:attachment`, async (call, owner) => {
      const { post, found } = await attachment(call, owner);
      return { json: { "@odata.context": context(call, "attachments/$entity"), ...select(attachmentJson(post.entry, found), call.query) } };
    }),
    get(`${base}/attachments/:attachment/$value`, async (call, owner) => {
      const { found } = await attachment(call, owner);
      return bytesAnswer(bytesOf(found), found.mimeType);
    }),
  ];
}

/** Graph `conversation` and what a thread shares with it (api-reference/v1.0/resources/conversation, conversationthread). */
function commonJson(thread: Thread): Record<string, unknown> {
  const { posts } = thread;
  const senders = posts.map(({ json }) => (json["sender"] as typeof NOBODY | null)?.emailAddress.name ?? "").filter((name) => name !== "");
  return {
    topic: thread.topic, hasAttachments: posts.some(({ json }) => json["hasAttachments"] === true), lastDeliveredDateTime: deliveredOf(thread), uniqueSenders: [...new Set(senders)],
    preview: String(posts.at(-1)?.json["bodyPreview"] ?? ""),
  };
}

function conversationJson(thread: Thread): Record<string, unknown> {
  return { id: thread.conversation, ...commonJson(thread) };
}

/** Recipients only for those who select them; they are those of the last post, which carries all. */
function shownThread(thread: Thread, query: URLSearchParams): object {
  const last = thread.posts.at(-1)?.json;
  const json = { id: thread.id, ...commonJson(thread), isLocked: false, toRecipients: last?.["toRecipients"] ?? [], ccRecipients: last?.["ccRecipients"] ?? [] };
  return select(json, query.has("$select") ? query : new URLSearchParams({ $select: THREAD_DEFAULT }), THREAD_PROPERTIES);
}

function answeredBy({ posts }: Thread, { inReplyTo }: Post): Post | undefined {
  return inReplyTo === undefined ? undefined : posts.find(({ messageId }) => inReplyTo.includes(messageId));
}

/** Graph `post` (api-reference/v1.0/resources/post): of the headers, only sender and author. */
function postJson(thread: Thread, { json, entry }: Post): Record<string, unknown> {
  const told = (name: string): unknown => json[name];
  return {
    "@odata.etag": told("@odata.etag"), id: entry.id, createdDateTime: told("sentDateTime"), lastModifiedDateTime: told("lastModifiedDateTime"), changeKey: told("changeKey"), categories: told("categories"),
    receivedDateTime: told("receivedDateTime"), hasAttachments: told("hasAttachments"), body: told("body"), from: told("from") ?? NOBODY, sender: told("sender") ?? NOBODY,
    conversationId: thread.conversation, conversationThreadId: thread.id,
  };
}

async function shownPost(store: TenantStore, call: Call, owner: OwnerFile, thread: Thread, post: Post): Promise<object> {
  return { ...select(postJson(thread, post), call.query, POST_PROPERTIES), ...(await expanded(store, call.query.get("$expand"), owner, thread, post)) };
}

/** One relationship a request (conversationthread-list-posts, "Optional query parameters"). Extended properties are refused where `group.json` says `"extendedProperties": false`. */
async function expanded(store: TenantStore, asked: string | null, owner: OwnerFile, thread: Thread, post: Post): Promise<object> {
  if (asked === null) return {};
  const [, name = "", inner = ""] = /^(\w+)(?:\((.*)\))?$/.exec(asked) ?? [];
  switch (name) {
    case "attachments": return { attachments: (await attachmentsOf(store, post.entry)).map((placed) => attachmentJson(post.entry, placed)) };
    case "inReplyTo": {
      const answered = answeredBy(thread, post);
      return { inReplyTo: answered === undefined ? null : postJson(thread, answered) };
    }
    case "singleValueExtendedProperties":
      if (owner.profile["extendedProperties"] === false) break;
      return { singleValueExtendedProperties: [...inner.matchAll(/id eq 'String 0x([0-9a-f]+)'/gi)].flatMap(([, tag = ""]) => headerByTag(post, tag)) };
    default:
  }
  throw new GraphRefusal(400, "ErrorInvalidUrlQuery", `The query parameter '$expand=${asked}' is not supported.`);
}

/** Absent where the message has no such header. */
function headerByTag({ messageId, inReplyTo, references }: Post, tag: string): readonly object[] {
  const value = { "1035": messageId, "1042": inReplyTo, "1039": references }[tag];
  return value === undefined ? [] : [{ id: `String 0x${tag}`, value }];
}
