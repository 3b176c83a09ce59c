import { asExodusError, ExodusError } from "../../core/errors.js";
import type { Change, Owner } from "../../core/item.js";
import type { Batch, Cursor, Feed, ReadContext, Workload } from "../../core/source.js";
import { ConversationRecord } from "../../format/records.js";
import type { GraphClient, Page, RequestOptions } from "../client/client.js";
import { addressesOf, cardItem, membersOf, readMembers } from "../conversation/conversation-card.js";
import { readFilesFolder, readTabs } from "../conversation/conversation-parts.js";
import { messagePathOf, readChatMessage, type MessagePlace } from "../conversation/conversation-message.js";
import { resetWhenExpired } from "../reading/delta-round.js";
import { instant, text, type Addresses } from "../map/chat-message.js";
import type { GraphChatMessage, GraphMember } from "../map/graph-conversation.js";
import type { Maybe } from "../map/graph-event.js";
import { ordered, pageBatches } from "../reading/ordered.js";
import { itemFailure } from "../reading/read-errors.js";

/** Graph `team` and `channel`, the properties that are read. */
interface GraphTeam {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly description?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly isArchived?: Maybe<boolean>;
  readonly tenantId?: Maybe<string>;
}

interface GraphChannel extends GraphTeam {
  readonly membershipType?: Maybe<string>;
}

export interface ChannelsOptions {
  /** Root messages a page: 50 is the most (channel-list-messages). */
  readonly pageSize?: number;
  readonly width?: number;
  readonly batchSize?: number;
  /** Epoch ms; the present unless told. */
  readonly now?: () => number;
}

/** What a feed knows of its team since it was listed: members are asked for once for all channels. */
interface Told {
  readonly team: GraphTeam;
  readonly channel?: GraphChannel;
  members(): Promise<readonly GraphMember[]>;
}

/** Where a round stands. `mark`: taking a place in the changes before the listing; then the listing; then the changes since the mark. */
interface Place {
  readonly phase: "mark" | "list" | "changes";
  readonly link?: string;
  /** Delta link of the mark, while the listing goes on. */
  readonly delta?: string;
}

/** Replies that ride along with a message at most; some answers hold as many and no link to the rest (microsoft-graph-docs-contrib issue 8819). */
const EXPANDED = 1000;
const MARK_MS = 3_600_000;

/**
 * Channels of teams: one feed for the team's card, one a channel. Delta reaches back eight months only (chatmessage-delta), so the messages are listed,
 * and what changed meanwhile comes from a delta that began before the listing; where there was no meanwhile, it waits for the next round. Roots and replies are items of their own.
 */
export function createChannelsWorkload(client: GraphClient, options: ChannelsOptions = {}): Workload {
  const { pageSize = 50, width = 4, batchSize = 50, now = Date.now } = options;
  const toldBy = new WeakMap<Feed, Told>();

  const toldOf = (feed: Feed): Told => {
    const known = toldBy.get(feed);
    if (known === undefined) throw new ExodusError("INTERNAL", { params: { message: `the feed ${feed.id} is not one that was listed` } });
    return known;
  };

  async function* messages(found: MessagePlace, page: readonly GraphChatMessage[], signal: AbortSignal): AsyncIterable<GraphChatMessage> {
    for (const message of page) {
      yield message;
      const rest = message["replies@odata.nextLink"];
      const anew = rest === undefined && isCut(message);
      if (!anew) yield* message.replies ?? [];
      if (!isCut(message)) continue;
      const path = rest ?? `${found.messages}/${message.id}/replies`;
      for await (const more of client.pages<GraphChatMessage>(path, { ...found.wanted(signal), ...(anew ? { query: { $top: pageSize } } : {}) })) yield* more.value;
    }
  }

  /** `addresses`: of the channel's people, who are asked for beside the first page. */
  async function* phase(asked: MessagePlace, addresses: () => Promise<Addresses>, from: Place, context: ReadContext): AsyncIterable<Batch> {
    let at = from;
    const query = { $top: pageSize, $expand: "replies", ...(from.phase === "mark" ? { $filter: `lastModifiedDateTime gt ${new Date(now() - MARK_MS).toISOString()}` } : {}) };
    const first = from.phase === "list" ? asked.messages : `${asked.messages}/delta`;
    for await (const page of client.pages<GraphChatMessage>(from.link ?? first, { ...asked.wanted(context.signal), ...(from.link === undefined ? { query } : {}) })) {
      const found = page.value.length === 0 ? asked : { ...asked, addresses: await addresses() };
      const read = ordered(messages(found, page.value, context.signal), width, (message) => readChatMessage(found, message, context));
      const done = from.phase === "changes" ? page.deltaLink !== undefined : isWhole(at, page);
      at = after(at, page.nextLink, page.deltaLink);
      yield* pageBatches(read, batchSize, { done, next: cursorOf(at) });
    }
  }

  async function* round(owner: Owner, feed: Feed, since: Cursor | undefined, context: ReadContext): AsyncIterable<Batch> {
    const opening = channelCard(client, owner, feed, toldOf(feed), context);
    // Whoever waits for it meets its failure.
    opening.catch(() => undefined);
    const asked = placeOf(client, owner, feed.id, new Map());
    let told = false;
    try {
      for (let place: Place | undefined = since === undefined ? { phase: "mark" } : placeAt(since); place !== undefined;) {
        let next: Place | undefined;
        for await (const batch of phase(asked, async () => (await opening).addresses, place, context)) {
          if (batch.next !== undefined) next = placeAt(batch.next);
          // A mark without news is not worth a commit of its own: one that is lost is taken anew.
          if (place.phase === "mark" && batch.changes.length === 0) continue;
          // Who is told of a message knows its channel.
          const card = told ? [] : [(await opening).card];
          told = true;
          yield { ...batch, changes: [...card, ...batch.changes] };
          if (batch.done) return;
        }
        place = next;
      }
    } catch (thrown) {
      // A channel whose messages are refused is told all the same.
      if (!told && !context.signal.aborted) yield { changes: [(await opening).card], done: false };
      throw thrown;
    } finally {
      await Promise.allSettled([opening]);
    }
  }

  return {
    name: "channels",
    // One request a second to a channel, four to its team ("Microsoft Teams service limits").
    width: 6,
    waits: true,
    async *feeds(owner, signal) {
      const team = await teamOf(client, owner, signal);
      if (team === undefined) return;
      let members: Promise<readonly GraphMember[]> | undefined;
      const shared = { team, members: () => (members ??= readMembers(client, `/teams/${owner.id}/members`, { signal, key: keyOf(owner), permission: "TeamMember.Read.All" })) };
      const card: Feed = { id: owner.id, container: { workload: "channels", owner: owner.id, id: owner.id, name: "", role: "root" }, listing: true };
      toldBy.set(card, shared);
      yield card;
      for await (const page of client.pages<GraphChannel>(`/teams/${owner.id}/channels`, { signal, key: keyOf(owner), permission: "Channel.ReadBasic.All" })) {
        for (const channel of page.value) {
          const feed: Feed = { id: channel.id, listing: false, container: { workload: "channels", owner: owner.id, id: channel.id, parentId: owner.id, name: text(channel.displayName) ?? channel.id } };
          toldBy.set(feed, { ...shared, channel });
          yield feed;
        }
      }
    },
    changes: (owner, feed, since, context) => (feed.id === owner.id ? teamRound(client, owner, toldOf(feed), context) : resetWhenExpired((from) => round(owner, feed, from, context), since)),
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
      if ((await teamOf(client, owner, signal)) === undefined) return { containers: 0, items: 0 };
      let containers = 0;
      for await (const page of client.pages<GraphChannel>(`/teams/${owner.id}/channels`, { signal, key: keyOf(owner), permission: "Channel.ReadBasic.All" })) containers += page.value.length;
      return { containers };
    },
  };
}

function keyOf(owner: Owner): string {
  return `graph:team:${owner.id}`;
}

function placeOf(client: GraphClient, owner: Owner, channel: string, addresses: Addresses): MessagePlace {
  const wanted = (signal: AbortSignal): RequestOptions => ({
    signal, key: keyOf(owner), permission: "ChannelMessage.Read.All", headers: { Prefer: "include-unknown-enum-members" },
  });
  return { client, owner, workload: "channels", conversation: channel, messages: `/teams/${owner.id}/channels/${encodeURIComponent(channel)}/messages`, addresses, wanted };
}

/** A listing that is one page was read at one instant: what changes after it is the next round's. */
function isWhole({ phase, delta, link }: Place, { value, nextLink }: Page<GraphChatMessage>): boolean {
  return phase === "list" && delta !== undefined && link === undefined && nextLink === undefined && !value.some(isCut);
}

/** Whether replies are missing that must be asked for: some answers hold as many as they can and no link to the rest. */
function isCut({ replies, "replies@odata.nextLink": rest }: GraphChatMessage): boolean {
  return rest !== undefined || (replies?.length ?? 0) >= EXPANDED;
}

/** A page's links as the next place: the end of the mark opens the listing, the end of the listing opens the changes. */
function after(from: Place, nextLink: string | undefined, deltaLink: string | undefined): Place {
  if (nextLink !== undefined) return { ...from, link: nextLink };
  if (from.phase === "mark") return { phase: "list", ...(deltaLink === undefined ? {} : { delta: deltaLink }) };
  const link = from.phase === "list" ? from.delta : deltaLink;
  return { phase: "changes", ...(link === undefined ? {} : { link }) };
}

function cursorOf(place: Place): Cursor {
  return JSON.stringify(place) as Cursor;
}

function placeAt(cursor: Cursor): Place {
  return JSON.parse(cursor) as Place;
}

/** A group without a team has no channels. */
async function teamOf(client: GraphClient, owner: Owner, signal: AbortSignal): Promise<GraphTeam | undefined> {
  try {
    return await client.get<GraphTeam>(`/teams/${owner.id}`, { signal, key: keyOf(owner), permission: "Team.ReadBasic.All" });
  } catch (thrown) {
    if (asExodusError(thrown).code === "GRAPH_NOT_FOUND") return undefined;
    throw thrown;
  }
}

/** The team itself, and the channels that other organisations share with it: those are read in their own tenant only (team-list-incomingchannels). */
async function* teamRound(client: GraphClient, owner: Owner, { team, members }: Told, context: ReadContext): AsyncIterable<Batch> {
  const record = ConversationRecord.parse({ ...factsOf(team, owner.displayName), form: "team", members: membersOf(await members()), tabs: [] });
  const changes: Change[] = [await cardItem({ workload: "channels", owner: owner.id }, owner.id, record, [], context)];
  for await (const { value } of incomingChannels(client, owner, context.signal)) {
    const foreign = value.filter(({ tenantId }) => tenantId && team.tenantId && tenantId !== team.tenantId);
    changes.push(...foreign.map(({ id, displayName }) => ({ kind: "skipped" as const, id: `${owner.id}/incoming/${id}`, container: owner.id, title: text(displayName) ?? id, code: "FOREIGN_CHANNEL" })));
  }
  yield { changes, done: true };
}

/** Not offered in every cloud (team-list-incomingchannels, national deployments). */
async function* incomingChannels(client: GraphClient, owner: Owner, signal: AbortSignal): AsyncIterable<Page<GraphChannel>> {
  try {
    yield* client.pages<GraphChannel>(`/teams/${owner.id}/incomingChannels`, { signal, key: keyOf(owner), permission: "Channel.ReadBasic.All" });
  } catch (thrown) {
    if (!["GRAPH_REFUSED", "GRAPH_NOT_FOUND"].includes(asExodusError(thrown).code)) throw thrown;
  }
}

/** A standard channel has the team's members; only the others name their own. */
async function channelCard(client: GraphClient, owner: Owner, feed: Feed, told: Told, context: ReadContext): Promise<{ readonly card: Change; readonly addresses: Addresses }> {
  const base = `/teams/${owner.id}/channels/${encodeURIComponent(feed.id)}`;
  const wanted: RequestOptions = { signal: context.signal, key: keyOf(owner) };
  const channel = told.channel ?? told.team;
  const membership = told.channel?.membershipType === "private" || told.channel?.membershipType === "shared" ? told.channel.membershipType : "standard";
  // Only this list has those who come by a team with which the channel is shared (channel-list-members).
  const list = membership === "shared" ? "allMembers" : "members";
  const own = membership === "standard" ? undefined : await readMembers(client, `${base}/${list}`, { ...wanted, permission: "ChannelMember.Read.All" });
  const members = own ?? (await told.members());
  const [tabs, files] = await Promise.all([readTabs(client, base, wanted), readFilesFolder(client, base, wanted)]);
  const record = ConversationRecord.parse({ ...factsOf(channel, feed.container.name), form: "channel", membership, members: own === undefined ? undefined : membersOf(own), tabs: tabs.value, files: files.value });
  return { card: await cardItem({ workload: "channels", owner: owner.id }, feed.id, record, [...tabs.losses, ...files.losses], context), addresses: addressesOf(members) };
}

function factsOf(team: GraphTeam, name: string) {
  return { v: 1, type: "conversation", name: text(team.displayName) ?? name, description: text(team.description), createdAt: instant(team.createdDateTime), archived: team.isArchived === true };
}
