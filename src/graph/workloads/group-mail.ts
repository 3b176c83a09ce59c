import { createHash } from "node:crypto";
import { canonicalJson, itemDigest } from "../../core/digest.js";
import { asExodusError } from "../../core/errors.js";
import type { Change, Container, Owner } from "../../core/item.js";
import type { Batch, Cursor, HeldItem, ReadContext, Workload } from "../../core/source.js";
import { MailRecord } from "../../format/records.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { itemTitle } from "../reading/item-title.js";
import type { GraphMessage } from "../map/message-to-mime.js";
import { HEADER_TAGS, postsToMessages, type GraphPost, type GraphThread } from "../map/post-to-message.js";
import { batchesOf, ordered } from "../reading/ordered.js";
import { itemFailure } from "../reading/read-errors.js";
import { withAttachments } from "../mail/rebuilt-message.js";

/** Least application permission (permission tables of group-list-threads, conversationthread-list-posts, post-list-attachments). */
export const GROUP_MAIL_PERMISSION = "Group-Conversation.Read.All";

export interface GroupMailOptions {
  /** Threads a page. */
  readonly pageSize?: number;
  /** Threads read at once in one group. */
  readonly width?: number;
  readonly batchSize?: number;
}

/** Recipients come only when selected (conversationthread resource, "Requires $select to retrieve"). */
const THREAD = "id,topic,lastDeliveredDateTime,hasAttachments,uniqueSenders,preview,toRecipients,ccRecipients";
/** A thread's posts are listed up to here, often without a link to others (microsoft-graph-docs issue 11219). */
const POSTS_LISTED = 100;
/** What of a post is asked beside its fields: its headers, or, where they are refused, which post it answers; one relationship a request (conversationthread-list-posts). */
const HEADERS = `singleValueExtendedProperties($filter=${Object.values(HEADER_TAGS).map((tag) => `id eq 'String ${tag}'`).join(" or ")})`;
const ANSWERED = "inReplyTo";

const LISTED = "listed" as Cursor;

/** One thread of one group, on its way into the vault. */
interface Reading {
  readonly owner: Owner;
  readonly thread: GraphThread;
  readonly path: string;
  readonly context: ReadContext;
}

/**
 * Mailboxes of Microsoft 365 groups: one folder, each post of each thread a message. Graph has no delta here (microsoft-graph-docs issue 9436) and no MIME:
 * threads are listed, and the posts of one that shows no change are told from what is held. The mark of a thread stands in the version of its last post.
 */
export function createGroupMailWorkload(client: GraphClient, options: GroupMailOptions = {}): Workload {
  const { pageSize = 100, width = 4, batchSize = 20 } = options;
  /** Groups whose extended properties are refused, which have a permission and a support of their own (singlevaluelegacyextendedproperty-get). */
  const withoutHeaders = new Set<string>();

  async function postsOf(reading: Reading): Promise<Posts> {
    const { owner, path, context } = reading;
    const asked = withoutHeaders.has(owner.id) ? ANSWERED : HEADERS;
    try {
      return await listPosts(client, `${path}/posts`, { ...wanted(owner, context.signal), query: { $expand: asked } });
    } catch (thrown) {
      if (asked === ANSWERED || !["GRAPH_REFUSED", "GRAPH_CONSENT"].includes(asExodusError(thrown).code)) throw thrown;
      withoutHeaders.add(owner.id);
      return postsOf(reading);
    }
  }

  /** `mark`: of the thread, when all of it is told. */
  async function readPosts(reading: Reading, mark: string | undefined): Promise<readonly Change[]> {
    const { path, thread, owner } = reading;
    const { posts, mayHaveMore } = await postsOf(reading);
    const messages = postsToMessages(thread, posts);
    const changes: Change[] = [];
    for (const [index, { post, message }] of messages.entries()) {
      const last = index === messages.length - 1;
      const version = `${post.changeKey ?? post.lastModifiedDateTime ?? ""}${last && mark !== undefined ? `@${mark}` : ""}`;
      changes.push(await readPost(client, { ...reading, path: `${path}/posts/${encodeURIComponent(post.id)}` }, post, message, version));
    }
    if (mayHaveMore) changes.unshift({ kind: "skipped", id: `${thread.id}/beyond`, container: owner.id, title: thread.topic ?? "", code: "POSTS_BEYOND" });
    return changes;
  }

  async function readThread(owner: Owner, thread: GraphThread, context: ReadContext): Promise<readonly Change[]> {
    const mark = markOf(thread);
    const held = await context.held(`${thread.id}/`);
    if (isUnchanged(held, mark)) return held.map(seenAgain);
    try {
      return await readPosts({ owner, thread, path: threadPath(owner, thread.id), context }, mark);
    } catch (thrown) {
      context.signal.throwIfAborted();
      const failure = itemFailure(thrown, { id: `${thread.id}/*`, container: owner.id, title: thread.topic ?? "" });
      // Deleted since it was listed; else what is held of it stays.
      return failure.kind === "tombstone" ? [] : [failure, ...held.filter(({ state }) => state === "present").map(seenAgain)];
    }
  }

  async function* round(owner: Owner, context: ReadContext): AsyncIterable<Batch> {
    const query = { $select: THREAD, $top: pageSize };
    for await (const page of client.pages<GraphThread>(`/groups/${owner.id}/threads`, { ...wanted(owner, context.signal), query })) {
      const read = ordered(page.value, width, (thread) => readThread(owner, thread, context));
      for await (const changes of batchesOf(flat(read), batchSize)) yield { changes, done: false };
    }
    yield { changes: [], next: LISTED, done: true };
  }

  return {
    name: "mail",
    async *feeds(owner) {
      yield { id: owner.id, container: containerOf(owner), listing: true };
    },
    changes: (owner, _feed, _since, context) => round(owner, context),
    async readOne(owner, id, container, context) {
      const [threadId = ""] = id.split("/");
      const path = threadPath(owner, threadId);
      try {
        const thread = await client.get<GraphThread>(path, { ...wanted(owner, context.signal), query: { $select: THREAD } });
        const changes = await readPosts({ owner, thread, path, context }, undefined);
        return changes.find((change) => idOf(change) === id) ?? { kind: "tombstone", id, container };
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal) {
      // The right to read is asked for; how many posts there are, no answer tells.
      await client.get(`/groups/${owner.id}/threads`, { ...wanted(owner, signal), query: { $select: "id", $top: 1 } });
      return { containers: 1 };
    },
  };
}

interface Posts {
  readonly posts: readonly GraphPost[];
  /** The list ended where such lists are cut. */
  readonly mayHaveMore: boolean;
}

/**
 * Posts of a thread: by links as far as there are any, and where a full list has none, by `$skip`, which conversationthread-list-posts does not name. What is refused,
 * or tells the same posts again, leaves it open whether there are more.
 */
async function listPosts(client: GraphClient, path: string, request: RequestOptions): Promise<Posts> {
  const posts = new Map<string, GraphPost>();
  let [last, skips] = [0, false];
  const list = async (query: RequestOptions["query"]): Promise<void> => {
    for await (const { value } of client.pages<GraphPost>(path, { ...request, query: { ...request.query, ...query } })) {
      last = value.length;
      for (const post of value) posts.set(post.id, post);
    }
  };
  await list({});
  while (last >= POSTS_LISTED) {
    const before = posts.size;
    try {
      await list({ $skip: before });
    } catch (thrown) {
      if (asExodusError(thrown).code !== "GRAPH_REFUSED") throw thrown;
      return { posts: [...posts.values()], mayHaveMore: true };
    }
    if (posts.size === before) return { posts: [...posts.values()], mayHaveMore: !skips };
    skips = true;
  }
  return { posts: [...posts.values()], mayHaveMore: false };
}

function wanted(owner: Owner, signal: AbortSignal): RequestOptions {
  return { signal, key: `graph:mailbox:${owner.id}`, permission: GROUP_MAIL_PERMISSION };
}

function threadPath(owner: Owner, thread: string): string {
  return `/groups/${owner.id}/threads/${encodeURIComponent(thread)}`;
}

/** A group's conversations stand in one folder, which its clients call the inbox; Graph has no name for it. */
function containerOf(owner: Owner): Container {
  return { workload: "mail", owner: owner.id, id: owner.id, name: "Inbox", role: "inbox" };
}

/** All that a listing tells of a thread: a new post shows in several of them, one taken out of the middle in none. */
function markOf(thread: GraphThread): string {
  return createHash("sha256").update(canonicalJson(THREAD.split(",").map((name) => thread[name as keyof GraphThread] ?? null))).digest("base64url").slice(0, 22);
}

function isUnchanged(held: readonly HeldItem[], mark: string): boolean {
  const marks = held.flatMap(({ version }) => version.split("@")[1] ?? []);
  return marks.length === 1 && marks[0] === mark && held.every(({ state }) => state !== "unreadable");
}

function seenAgain({ id, container, title, state }: HeldItem): Change {
  return state === "skipped" ? { kind: "skipped", id, container, title, code: "POSTS_BEYOND" } : { kind: "unchanged", id, container };
}

async function readPost(client: GraphClient, { owner, thread, path, context }: Reading, post: GraphPost, message: GraphMessage, version: string): Promise<Change> {
  const id = `${thread.id}/${post.id}`;
  const container = owner.id;
  const title = itemTitle(thread.topic, `${post.receivedDateTime ?? ""} ${post.from?.emailAddress?.address ?? ""}`.trim());
  if (version !== "" && (await context.known(id))?.version === version) return { kind: "unchanged", id, container };
  try {
    const { bytes, losses } = await withAttachments(client, { message, path, reason: "mail.group-post" }, wanted(owner, context.signal));
    const body = await context.blobs.write(bytes, ".eml");
    const record = recordOf(thread, post, message);
    return { kind: "item", key: { workload: "mail", owner: owner.id, id }, container, version, title, record, body, parts: [], digest: itemDigest(record, body, []), losses };
  } catch (thrown) {
    context.signal.throwIfAborted();
    return itemFailure(thrown, { id, container, title });
  }
}

/** Posts are neither read nor unread, drafts nor flagged: those are states of somebody's mailbox. */
function recordOf(thread: GraphThread, post: GraphPost, { from, internetMessageId }: GraphMessage): MailRecord {
  return MailRecord.parse({
    v: 1, type: "mail",
    subject: thread.topic ?? undefined, from: from?.emailAddress?.address ?? undefined, internetMessageId: internetMessageId ?? undefined,
    receivedAt: post.receivedDateTime ?? undefined, sentAt: post.createdDateTime ?? undefined, isRead: true, isDraft: false, flag: "none", importance: "normal",
    categories: [...(post.categories ?? [])], hasAttachments: post.hasAttachments ?? false, thread: thread.id,
  });
}

function idOf(change: Change): string | undefined {
  return change.kind === "item" ? change.key.id : "id" in change ? change.id : undefined;
}

async function* flat<T>(lists: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  for await (const list of lists) yield* list;
}
