import type { Change, Loss, WorkloadName } from "../../core/item.js";
import type { ReadContext } from "../../core/source.js";
import type { ConversationRecord } from "../../format/records.js";
import type { GraphClient, RequestOptions } from "../client/client.js";
import { cardOf } from "../reading/card.js";
import { text, type Addresses } from "../map/chat-message.js";
import type { GraphMember } from "../map/graph-conversation.js";

/** Id of the item that tells about a conversation itself. */
export function cardId(conversation: string): string {
  return `${conversation}/card`;
}

/** The card as an item. */
export function cardItem(key: { readonly workload: WorkloadName; readonly owner: string }, conversation: string, record: ConversationRecord, losses: readonly Loss[], context: ReadContext): Promise<Change> {
  return cardOf({ key: { ...key, id: cardId(conversation) }, container: conversation, title: record.name, record, losses }, context);
}

/** All members of a team, channel or chat (team-list-members, channel-list-members, chat-list-members). */
export async function readMembers(client: GraphClient, path: string, wanted: RequestOptions): Promise<readonly GraphMember[]> {
  const members: GraphMember[] = [];
  for await (const page of client.pages<GraphMember>(path, wanted)) members.push(...page.value);
  return members;
}

export function addressesOf(members: readonly GraphMember[]): Addresses {
  return new Map(members.flatMap(({ userId, email }) => (userId && email ? [[userId, email] as const] : [])));
}

/** People of a card, in the order of their ids, since Graph promises none. */
export function membersOf(members: readonly GraphMember[]): ConversationRecord["members"] {
  return [...members].sort((a, b) => ((a.userId ?? "") < (b.userId ?? "") ? -1 : 1)).map(({ userId, displayName, email, roles }) => ({
    kind: "user" as const, id: text(userId), name: text(displayName), address: text(email), owner: hasRole(roles, "owner"), guest: hasRole(roles, "guest"),
  }));
}

/** `allMembers` writes roles with a capital (channel-list-allmembers, example), the other lists without. */
function hasRole(roles: GraphMember["roles"], role: string): boolean {
  return roles?.some((told) => told.toLowerCase() === role) === true;
}
