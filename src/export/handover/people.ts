import type { People } from "../../convert/rights/rights.js";
import type { Owner } from "../../core/item.js";
import { DirectoryGroupRecord, DirectoryUserRecord, type DirectoryEntry } from "../../format/directory.js";
import type { ConversationRecord } from "../../format/records.js";

export const USER_COLUMNS = [
  "account", "targetAccount", "displayName", "givenName", "surname", "mail", "aliases", "jobTitle", "department", "company", "office", "phones", "mobile", "language", "mailbox", "enabled", "guest", "manager",
] as const;
export const GROUP_COLUMNS = ["name", "ownerKind", "displayName", "mail", "aliases", "kind", "visibility", "team", "memberRule", "description"] as const;
export const MEMBER_COLUMNS = ["of", "ofKind", "ofName", "role", "memberKind", "memberName", "memberAddress", "targetAccount", "guest"] as const;

type Row = readonly string[];

/** What the directory tells of a person; without its entry, what the owner's own name tells. */
export function userRow(owner: Owner, record: unknown, people: People): Row {
  const parsed = DirectoryUserRecord.safeParse(record);
  const account = people.account(owner.name) ?? owner.name;
  if (!parsed.success) return [owner.name, account, owner.displayName, "", "", owner.mail ?? "", "", "", "", "", "", "", "", "", "", "", owner.guest === true ? "yes" : "no", ""];
  const { displayName, givenName, surname, mail, addresses, jobTitle, department, company, office, phones, language, mailbox, enabled, guest, manager } = parsed.data;
  return [
    owner.name, account, displayName, givenName ?? "", surname ?? "", mail ?? "", aliases(addresses, mail), jobTitle ?? "", department ?? "", company ?? "", office ?? "", phones.business.join(", "),
    phones.mobile ?? "", language ?? "", mailbox, enabled ? "yes" : "no", guest ? "yes" : "no", manager?.address ?? manager?.name ?? "",
  ];
}

/** A group or a site. */
export function groupRow(owner: Owner, record: unknown): Row {
  const parsed = DirectoryGroupRecord.safeParse(record);
  if (!parsed.success) return [owner.name, owner.kind, owner.displayName, owner.mail ?? "", "", "", "", "", "", ""];
  const { displayName, mail, addresses, kind, visibility, team, memberRule, description } = parsed.data;
  return [owner.name, owner.kind, displayName, mail ?? "", aliases(addresses, mail), kind ?? "microsoft365", visibility ?? "", team ? "yes" : "no", memberRule ?? "", description ?? ""];
}

export function membersOf(owner: Owner, record: unknown, people: People): readonly Row[] {
  const parsed = DirectoryGroupRecord.safeParse(record);
  if (!parsed.success) return [];
  const row = (role: string) => ({ kind, name, address }: DirectoryEntry): Row => [owner.name, owner.kind, parsed.data.displayName, role, kind, name ?? "", address ?? "", account(people, address), ""];
  return [...parsed.data.owners.map(row("owner")), ...parsed.data.members.map(row("member"))];
}

/** Members of a chat, or of a channel that has its own. Everybody of the team is in the others. */
export function conversationMembers(owner: Owner, { form, name, members = [] }: ConversationRecord, people: People): readonly Row[] {
  return members.map((member) => [owner.name, form, name, member.owner ? "owner" : "member", "user", member.name ?? "", member.address ?? "", account(people, member.address), member.guest ? "yes" : "no"]);
}

function account(people: People, address: string | undefined): string {
  return address === undefined ? "" : (people.account(address) ?? "");
}

function aliases(addresses: readonly { readonly kind: string; readonly address: string }[], mail: string | undefined): string {
  return addresses.filter(({ kind, address }) => kind === "smtp" && address.toLowerCase() !== mail?.toLowerCase()).map(({ address }) => address).join(", ");
}
