import { asExodusError } from "../../core/errors.js";
import type { Change, Owner } from "../../core/item.js";
import type { Batch, Cursor, Feed, ReadContext, Workload } from "../../core/source.js";
import { ConversationRecord } from "../../format/records.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { addressesOf, cardId, cardItem, membersOf, readMembers } from "../conversation/conversation-card.js";
import { meetingOf, readPinned, readTabs, type GraphMeeting } from "../conversation/conversation-parts.js";
import { messagePathOf, readChatMessage, type MessagePlace } from "../conversation/conversation-message.js";
import { instant, text, type Addresses } from "../map/chat-message.js";
import type { GraphChatMessage, GraphMember } from "../map/graph-conversation.js";
import type { Maybe } from "../map/graph-event.js";
import { ordered, pageBatches } from "../reading/ordered.js";
import { itemFailure } from "../reading/read-errors.js";

/** Graph `chat` (api-reference/v1.0/resources/chat), the properties that are read. */
interface GraphChat {
  readonly id: string;
  readonly topic?: Maybe<string>;
  readonly chatType?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly members?: Maybe<readonly GraphMember[]>;
  readonly onlineMeetingInfo?: Maybe<GraphMeeting>;
}

export interface ChatsOptions {
  /** Messages a page: 50 is the most (chat-list-messages). */
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
}

/** Where a round stands: `since` is absent while the chat is listed; `newest` becomes the next round's `since`. Instants in ISO 8601. */
interface Place {
  readonly since?: string;
  readonly newest?: string;
  readonly link?: string;
}

/** `$expand=members` tells no more than this (chat-list, known issue). */
const EXPANDED_MEMBERS = 25;
/** The filter knows "later than", not "from": messages of the same instant come again and count as unchanged. */
const OVERLAP_MS = 1000;
const FORMS: Readonly<Record<string, ConversationRecord["form"]>> = { oneOnOne: "one-on-one", meeting: "meeting" };
const PERMISSION = "Chat.Read.All";

/**
 * Chats of users. Every member lists a chat; it is read once, by the first (`Workload.shared`). v1.0 has no delta for chats: changes are messages modified
 * later than the newest one seen (chat-list-messages, `$filter` with `$orderby`), edits, reactions and deletions among them.
 */
export function createChatsWorkload(client: GraphClient, options: ChatsOptions = {}): Workload {
  const { pageSize = 50, width = 4, batchSize = 50 } = options;
  const told = new WeakMap<Feed, GraphChat>();

  const feedOf = (owner: Owner, chat: GraphChat): Feed => {
    const feed: Feed = { id: chat.id, listing: false, container: { workload: "chats", owner: owner.id, id: chat.id, name: nameOf(chat) } };
    told.set(feed, chat);
    return feed;
  };

  async function* pages(found: MessagePlace, from: Place, context: ReadContext): AsyncIterable<Batch> {
    const filter = from.since === undefined ? {} : { $filter: `lastModifiedDateTime gt ${new Date(Date.parse(from.since) - OVERLAP_MS).toISOString()}` };
    const query = { $top: pageSize, $orderby: "lastModifiedDateTime desc", ...filter };
    let newest = from.newest ?? from.since;
    for await (const page of client.pages<GraphChatMessage>(from.link ?? found.messages, { ...found.wanted(context.signal), ...(from.link === undefined ? { query } : {}) })) {
      newest = page.value.reduce((latest, message) => laterOf(latest, instant(message.lastModifiedDateTime)), newest);
      const read = ordered(page.value, width, (message) => readChatMessage(found, message, context));
      const next: Place = page.nextLink === undefined ? { ...(newest === undefined ? {} : { since: newest }) } : { ...from, ...(newest === undefined ? {} : { newest }), link: page.nextLink };
      yield* pageBatches(read, batchSize, { done: page.nextLink === undefined && from.since !== undefined, next: JSON.stringify(next) as Cursor });
    }
  }

  async function* round(owner: Owner, feed: Feed, since: Cursor | undefined, context: ReadContext): AsyncIterable<Batch> {
    const chat = told.get(feed) ?? { id: feed.id };
    const members = await chatMembers(client, owner, chat, context);
    const found = placeOf(client, owner, feed.id, addressesOf(members));
    let place: Place = since === undefined ? {} : (JSON.parse(since) as Place);
    // Members, name, tabs and pinned messages change with a message of the service about it (chatmessage, "eventDetail"): a chat without news has the same card.
    let news = since === undefined || place.link !== undefined || (await context.known(cardId(feed.id))) === undefined;
    for (;;) {
      const listing = place.since === undefined;
      for await (const batch of pages(found, place, context)) {
        if (batch.next !== undefined) place = JSON.parse(batch.next) as Place;
        // An empty chat has no instant to start from: its listing is the whole round.
        const done = batch.done || (listing && place.since === undefined && place.link === undefined && batch.next !== undefined);
        news ||= batch.changes.some(({ kind }) => kind !== "unchanged");
        if (done && news) yield { changes: [await chatCard(client, owner, chat, members, context)], done: false };
        yield { ...batch, done };
        if (done) return;
      }
    }
  }

  return {
    name: "chats",
    // One request a second to a chat ("Microsoft Teams service limits").
    width: 8,
    shared: true,
    async *feeds(owner, signal) {
      for await (const page of client.pages<GraphChat>(`/users/${owner.id}/chats`, { ...wanted(owner, signal), query: { $expand: "members", $top: 50 } })) {
        for (const chat of page.value) yield feedOf(owner, chat);
      }
    },
    async reopen(owner, feed, signal) {
      try {
        return feedOf(owner, await client.get<GraphChat>(`/chats/${encodeURIComponent(feed)}`, { ...wanted(owner, signal), query: { $expand: "members" } }));
      } catch (thrown) {
        if (asExodusError(thrown).code === "GRAPH_NOT_FOUND") return undefined;
        throw thrown;
      }
    },
    changes: round,
    async readOne(owner, id, container, context) {
      const found = placeOf(client, owner, container, new Map());
      try {
        return await readChatMessage(found, await client.get<GraphChatMessage>(messagePathOf(found.messages, container, id), found.wanted(context.signal)), context);
      } catch (thrown) {
        context.signal.throwIfAborted();
        return itemFailure(thrown, { id, container, title: "" });
      }
    },
    async inventory(owner, signal) {
      let containers = 0;
      for await (const page of client.pages<GraphChat>(`/users/${owner.id}/chats`, { ...wanted(owner, signal), query: { $top: 50 } })) containers += page.value.length;
      return { containers };
    },
  };
}

function wanted(owner: Owner, signal: AbortSignal): RequestOptions {
  return { signal, key: `graph:chats:${owner.id}`, permission: PERMISSION, headers: { Prefer: "include-unknown-enum-members" } };
}

function placeOf(client: GraphClient, owner: Owner, chat: string, addresses: Addresses): MessagePlace {
  return { client, owner, workload: "chats", conversation: chat, messages: `/chats/${encodeURIComponent(chat)}/messages`, addresses, wanted: (signal) => wanted(owner, signal) };
}

async function chatMembers(client: GraphClient, owner: Owner, { id, members }: GraphChat, context: ReadContext): Promise<readonly GraphMember[]> {
  const told = members ?? [];
  return told.length > 0 && told.length < EXPANDED_MEMBERS ? told : readMembers(client, `/chats/${encodeURIComponent(id)}/members`, wanted(owner, context.signal));
}

async function chatCard(client: GraphClient, owner: Owner, chat: GraphChat, members: readonly GraphMember[], context: ReadContext): Promise<Change> {
  const path = `/chats/${encodeURIComponent(chat.id)}`;
  const [tabs, pinned] = [await readTabs(client, path, wanted(owner, context.signal)), await readPinned(client, path, wanted(owner, context.signal))];
  const record = ConversationRecord.parse({
    v: 1, type: "conversation", form: FORMS[chat.chatType ?? ""] ?? "group", name: nameOf(chat), createdAt: instant(chat.createdDateTime), archived: false, members: membersOf(members), tabs: tabs.value,
    meeting: meetingOf(chat.onlineMeetingInfo, addressesOf(members)), ...(pinned.value.length === 0 ? {} : { pinned: pinned.value }),
  });
  return cardItem({ workload: "chats", owner: owner.id }, chat.id, record, [...tabs.losses, ...pinned.losses], context);
}

/** Its topic; a chat without one is called by its members, as Teams does. */
function nameOf({ topic, members, id }: GraphChat): string {
  const people = (members ?? []).flatMap(({ displayName, email }) => text(displayName) ?? text(email) ?? []).sort().slice(0, 4);
  return text(topic) ?? (people.length > 0 ? people.join(", ") : id);
}

function laterOf(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
