import { membersOf, type ConversationFolder } from "../tenant/scan-teams.js";
import type { Conversation, Team, TeamsStore } from "./teams-store.js";

const MADE = "2024-01-01T00:00:00Z";

/** Graph `team` (api-reference/v1.0/resources/team). */
export function teamJson(store: TeamsStore, { id, folder, group }: Team): Record<string, unknown> {
  const { card } = folder;
  return {
    id, createdDateTime: text(card, "createdDateTime") ?? MADE, displayName: text(card, "displayName") ?? group.profile["displayName"] ?? folder.name, description: text(card, "description") ?? "",
    internalId: `19:${id.replaceAll("-", "")}@thread.tacv2`, classification: null, specialization: "none", visibility: text(card, "visibility") ?? "private", tenantId: store.tenant.tenantId,
    webUrl: `https://teams.sandbox.invalid/l/team/${id}`, isArchived: card["isArchived"] === true,
    memberSettings: { allowCreateUpdateChannels: true, allowDeleteChannels: true, allowAddRemoveApps: true, allowCreateUpdateRemoveTabs: true, allowCreateUpdateRemoveConnectors: true },
    guestSettings: { allowCreateUpdateChannels: false, allowDeleteChannels: false },
    messagingSettings: { allowUserEditMessages: true, allowUserDeleteMessages: true, allowOwnerDeleteMessages: true, allowTeamMentions: true, allowChannelMentions: true },
    funSettings: { allowGiphy: true, giphyContentRating: "strict", allowStickersAndMemes: true, allowCustomMemes: true },
  };
}

/** Graph `channel` (api-reference/v1.0/resources/channel). */
export function channelJson(store: TeamsStore, { id, folder }: Conversation): Record<string, unknown> {
  const { card } = folder;
  return {
    id, createdDateTime: text(card, "createdDateTime") ?? MADE, displayName: text(card, "displayName") ?? folder.name, description: text(card, "description") ?? null, email: "",
    membershipType: text(card, "membershipType") ?? "standard", isArchived: card["isArchived"] === true, tenantId: store.tenant.tenantId, webUrl: `https://teams.sandbox.invalid/l/channel/${encodeURIComponent(id)}`,
  };
}

/** Graph `chat` (api-reference/v1.0/resources/chat). */
export function chatJson(store: TeamsStore, { id, folder }: Conversation): Record<string, unknown> {
  const { card } = folder;
  return {
    id, topic: text(card, "topic") ?? null, createdDateTime: text(card, "createdDateTime") ?? MADE, lastUpdatedDateTime: text(card, "lastUpdatedDateTime") ?? text(card, "createdDateTime") ?? MADE,
    chatType: text(card, "chatType") ?? "group", webUrl: `https://teams.sandbox.invalid/l/chat/${encodeURIComponent(id)}/0`, tenantId: store.tenant.tenantId, onlineMeetingInfo: meetingJson(store, card["onlineMeetingInfo"]), viewpoint: null,
  };
}

/** Members of a team, channel or chat as `aadUserConversationMember`. */
export function membersJson(store: TeamsStore, folder: ConversationFolder, id: string): readonly Record<string, unknown>[] {
  return membersOf(folder.card).map(({ user, roles }) => {
    const person = store.person(user);
    return {
      "@odata.type": "#microsoft.graph.aadUserConversationMember", id: Buffer.from(`${id}##${person.id}`).toString("base64"), roles, displayName: person.displayName,
      visibleHistoryStartDateTime: "0001-01-01T00:00:00Z", userId: person.id, email: person.mail, tenantId: person.tenantId,
    };
  });
}

/** Graph `teamworkOnlineMeetingInfo`; the organizer may be written by user principal name. */
function meetingJson(store: TeamsStore, told: unknown): object | null {
  if (typeof told !== "object" || told === null) return null;
  const { joinWebUrl, calendarEventId, organizer } = told as Readonly<Record<string, unknown>>;
  const person = typeof organizer === "string" ? store.person(organizer) : undefined;
  return {
    joinWebUrl: joinWebUrl ?? null, calendarEventId: calendarEventId ?? null,
    organizer: person === undefined ? (organizer ?? null) : { "@odata.type": "#microsoft.graph.teamworkUserIdentity", id: person.id, displayName: person.displayName, userIdentityType: "aadUser", tenantId: person.tenantId },
  };
}

/** Channels of other teams that are shared with this one: `incomingChannels` of its card holds {displayName, tenantId}. */
export function incomingJson(store: TeamsStore, { folder, id }: Team): readonly Record<string, unknown>[] {
  const incoming = Array.isArray(folder.card["incomingChannels"]) ? (folder.card["incomingChannels"] as Record<string, unknown>[]) : [];
  return incoming.map((told, index) => {
    const tenantId = text(told, "tenantId") ?? store.tenant.tenantId;
    const channel = text(told, "id") ?? `19:${store.tenant.idOf("incoming", id, String(index)).slice(0, 32)}@thread.tacv2`;
    return {
      "@odata.id": `https://graph.microsoft.com/v1.0/tenants/${tenantId}/teams/${store.tenant.idOf("team", tenantId).slice(0, 36)}/channels/${encodeURIComponent(channel)}`,
      id: channel, createdDateTime: MADE, displayName: text(told, "displayName") ?? channel, description: null, membershipType: "shared", tenantId,
    };
  });
}

/** Direct members, and those who come by a team with which the channel is shared (`indirectMembers` of its card); roles with a capital here (channel-list-allmembers, example). */
export function allMembersJson(store: TeamsStore, { folder, id }: Conversation): readonly Record<string, unknown>[] {
  const indirect = { ...folder, card: { members: folder.card["indirectMembers"] } };
  return [...membersJson(store, folder, id), ...membersJson(store, indirect, id)].map((member) => ({ ...member, roles: (member["roles"] as string[]).map((role) => role.replace(/^./, (first) => first.toUpperCase())) }));
}

/** The application of tabs that show a website (concepts/teams-configuring-builtin-tabs, "Website tabs"). */
const WEBSITE = { id: "com.microsoft.teamspace.tab.web", externalId: null, displayName: "Website", distributionMethod: "store" };

/** Tabs as Graph's `teamsTab` (api-reference/v1.0/resources/teamstab): `tabs` of a card holds {displayName, url}. `expand`: what was asked for beside, of which `teamsApp` is served. */
export function tabsJson({ folder }: Conversation, expand: string | null): readonly Record<string, unknown>[] {
  const tabs = Array.isArray(folder.card["tabs"]) ? (folder.card["tabs"] as Record<string, unknown>[]) : [];
  return tabs.map((tab, index) => ({
    id: `tab-${index}`, displayName: tab["displayName"] ?? "", webUrl: `https://teams.sandbox.invalid/l/tab/${index}`,
    configuration: { entityId: null, contentUrl: tab["url"] ?? null, removeUrl: null, websiteUrl: tab["url"] ?? null },
    ...(expand === "teamsApp" ? { teamsApp: WEBSITE } : {}),
  }));
}

function text(card: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = card[name];
  return typeof value === "string" ? value : undefined;
}
