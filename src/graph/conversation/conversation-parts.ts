import { asExodusError } from "../../core/errors.js";
import type { Loss } from "../../core/item.js";
import type { LossReason } from "../../core/losses.js";
import type { ConversationRecord } from "../../format/records.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { personOf, text, type Addresses } from "../map/chat-message.js";
import type { GraphIdentity, GraphTab } from "../map/graph-conversation.js";
import type { Maybe } from "../map/graph-event.js";

/** A part of a conversation's card, and what of it was refused. */
export interface Part<T> {
  readonly value: T;
  readonly losses: readonly Loss[];
}

/** Refusals that concern the part alone; 502 is what `filesFolder` answers for some private channels (msgraph-beta-sdk-dotnet issue 61). */
const OF_THE_PART: ReadonlySet<string> = new Set(["GRAPH_CONSENT", "GRAPH_REFUSED", "GRAPH_PASSING"]);

/** Parts have permissions of their own; a conversation is worth keeping without them. One that is not there is empty. */
async function part<T>(field: string, reason: LossReason, none: T, read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await read(), losses: [] };
  } catch (thrown) {
    const { code } = asExodusError(thrown);
    if (code === "GRAPH_NOT_FOUND") return { value: none, losses: [] };
    if (!OF_THE_PART.has(code)) throw thrown;
    return { value: none, losses: [{ field, change: "dropped", side: "source", reason }] };
  }
}

/** Tabs of a channel or chat as links (channel-list-tabs, chat-list-tabs). `path`: of the conversation. */
export function readTabs(client: GraphClient, path: string, wanted: RequestOptions): Promise<Part<ConversationRecord["tabs"]>> {
  return part("tabs", "conversation.tabs-unreadable", [], async () => {
    const tabs: ConversationRecord["tabs"] = [];
    for await (const page of client.pages<GraphTab>(`${path}/tabs`, { ...wanted, permission: "TeamsTab.Read.All" })) {
      for (const { displayName, configuration, webUrl } of page.value) tabs.push({ name: displayName ?? "", url: text(configuration?.websiteUrl) ?? text(configuration?.contentUrl) ?? text(webUrl) });
    }
    return tabs;
  });
}

interface FilesFolder {
  readonly id: string;
  readonly webUrl?: Maybe<string>;
  readonly parentReference?: Maybe<{ readonly driveId?: Maybe<string> }>;
}

/** Where a channel's files are: a folder of the group's library, or the library of a private or shared channel's own site (channel-get-filesfolder). None until somebody opened its "Files". */
export function readFilesFolder(client: GraphClient, path: string, wanted: RequestOptions): Promise<Part<ConversationRecord["files"]>> {
  return part("files", "conversation.part-unreadable", undefined, async () => {
    const { id, parentReference, webUrl } = await client.get<FilesFolder>(`${path}/filesFolder`, { ...wanted, permission: "Files.Read.All" });
    const drive = text(parentReference?.driveId);
    return drive === undefined ? undefined : { drive, item: id, url: text(webUrl) };
  });
}

/** Ids of messages pinned to the top of a chat (chat-list-pinnedmessages). */
export function readPinned(client: GraphClient, path: string, wanted: RequestOptions): Promise<Part<readonly string[]>> {
  return part("pinned", "conversation.part-unreadable", [], async () => {
    const pinned: string[] = [];
    for await (const page of client.pages<{ readonly id: string }>(`${path}/pinnedMessages`, wanted)) pinned.push(...page.value.map(({ id }) => id));
    return pinned.sort();
  });
}

/** Graph `teamworkOnlineMeetingInfo`, of a chat that belongs to a meeting. */
export interface GraphMeeting {
  readonly calendarEventId?: Maybe<string>;
  readonly joinWebUrl?: Maybe<string>;
  readonly organizer?: Maybe<GraphIdentity>;
}

export function meetingOf(meeting: GraphMeeting | null | undefined, addresses: Addresses): ConversationRecord["meeting"] {
  if (meeting === null || meeting === undefined) return undefined;
  return { url: text(meeting.joinWebUrl), eventId: text(meeting.calendarEventId), organizer: personOf({ user: meeting.organizer ?? null }, addresses) };
}
