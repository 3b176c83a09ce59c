import { asExodusError, ExodusError } from "../core/errors.js";
import type { AskedFacts, FoundOwner, OwnerAttribute, OwnerFacts } from "../core/source.js";
import type { GraphClient } from "./client/client.js";

/** Application permission that lists groups and their members (permission tables of group-list, group-list-transitivemembers). */
export const GROUPS_PERMISSION = "GroupMember.Read.All";

type Extensions = Readonly<Record<string, string | null | undefined>>;

/** Properties of `user` behind the attributes (api-reference/v1.0/resources/user). */
export type GraphAttributes = Readonly<Record<string, unknown>> & { readonly onPremisesExtensionAttributes?: Extensions | null };

const PROPERTIES: Readonly<Partial<Record<OwnerAttribute, string>>> = { company: "companyName", office: "officeLocation" };
const EXTENSIONS = "onPremisesExtensionAttributes";

/** Names for `$select`. */
export function propertiesOf(attributes: readonly OwnerAttribute[]): readonly string[] {
  return [...new Set(attributes.map((name) => (isExtension(name) ? EXTENSIONS : PROPERTIES[name] ?? name)))];
}

/** Null is an empty property; one that is not there at all was not told, as of a cloud that has none. */
export function attributesOf(user: GraphAttributes, attributes: readonly OwnerAttribute[]): OwnerFacts["attributes"] {
  return Object.fromEntries(attributes.flatMap((name) => {
    const extensions = user.onPremisesExtensionAttributes;
    const value = isExtension(name) ? (extensions === undefined ? undefined : extensions?.[name] ?? null) : user[PROPERTIES[name] ?? name];
    return value === undefined ? [] : [[name, typeof value === "string" ? value : ""]];
  }));
}

function isExtension(name: OwnerAttribute): boolean {
  return name.startsWith("extensionAttribute");
}

/** Adds what was asked; groups are looked up before the first owner, so that a wrong name stops everything before anything is read. */
export async function* withFacts(client: GraphClient, { groups, attributes }: AskedFacts, owners: AsyncIterable<FoundOwner>, signal: AbortSignal): AsyncIterable<FoundOwner> {
  const members = new Map<string, ReadonlySet<string>>();
  for (const name of groups) members.set(name, await membersOf(client, name, signal));
  const nothing = Object.fromEntries(attributes.map((name) => [name, ""]));
  for await (const owner of owners) {
    const inside = Object.fromEntries([...members].map(([name, ids]) => [name, ids.has(owner.id)]));
    yield { ...owner, facts: { groups: inside, attributes: owner.kind === "user" ? owner.facts?.attributes ?? {} : nothing } };
  }
}

/** Ids of who is in a group, itself and groups inside it among them (group-list-transitivemembers: "including nested members"). */
async function membersOf(client: GraphClient, name: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const id = await groupCalled(client, name, signal);
  const ids = new Set([id]);
  let people = 0;
  for await (const page of client.pages<{ readonly id: string; readonly "@odata.type"?: string }>(`/groups/${id}/transitiveMembers`, { signal, permission: GROUPS_PERMISSION, query: { $select: "id", $top: 999 } })) {
    for (const member of page.value) {
      ids.add(member.id);
      if (member["@odata.type"] === "#microsoft.graph.user") people += 1;
    }
  }
  if (people === 0) throw new ExodusError("ROUTE_GROUP_EMPTY", { params: { group: name } });
  return ids;
}

/** By object id, by address, by name, or by nickname when no group has that name. */
async function groupCalled(client: GraphClient, name: string, signal: AbortSignal): Promise<string> {
  const unknown = (): ExodusError => new ExodusError("ROUTE_GROUP_UNKNOWN", { params: { group: name } });
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) {
    try {
      return (await client.get<{ readonly id: string }>(`/groups/${name}`, { signal, permission: GROUPS_PERMISSION, query: { $select: "id" } })).id;
    } catch (thrown) {
      if (asExodusError(thrown).code === "GRAPH_NOT_FOUND") throw unknown();
      throw thrown;
    }
  }
  for (const property of name.includes("@") ? ["mail"] : ["displayName", "mailNickname"]) {
    const query = { $filter: `${property} eq '${name.replaceAll("'", "''")}'`, $select: "id,displayName" };
    const { value } = await client.get<{ readonly value: readonly { readonly id: string }[] }>("/groups", { signal, permission: GROUPS_PERMISSION, query });
    const [found, ...others] = value;
    if (others.length > 0) throw new ExodusError("ROUTE_GROUP_AMBIGUOUS", { params: { group: name, ids: value.map(({ id }) => id).join(", ") } });
    if (found !== undefined) return found.id;
  }
  throw unknown();
}
