import type { DirectoryPerson } from "../core/source.js";
import type { DirectoryGroupRecord } from "../format/directory.js";
import { CSV_START, csvLine } from "../lib/csv.js";
import { PeopleFiles, type AccountHolder, type LineWriter, type PeopleForm } from "./people-forms.js";

/** Somebody with the account that waits at the target; empty where there is to be none. */
export interface ProvisionedUser {
  readonly person: DirectoryPerson;
  readonly account: string;
  readonly kind: string;
}

/** Columns of the three files, documented in docs/identities.md (checked by a test). */
export const PROVISIONING_COLUMNS = {
  "users.csv": ["account", "kind", "enabled", "display_name", "given_name", "surname", "mail", "aliases", "department", "job_title", "office", "phone", "language", "employee_id", "source", "source_id"],
  "groups.csv": ["group", "display_name", "mail", "kind", "team", "visibility", "description", "source_id"],
  "members.csv": ["group", "group_source_id", "role", "kind", "account", "display_name", "address", "source_id"],
} as const;

export interface ProvisioningCounts {
  readonly users: number;
  readonly groups: number;
  readonly members: number;
}

/** Writes users, groups and memberships while they come, and people in a platform's `form` too: of the directory only who has which account is kept in memory. */
export async function writeProvisioning(
  users: AsyncIterable<ProvisionedUser>, groups: AsyncIterable<DirectoryGroupRecord>, sink: { open(name: string): Promise<LineWriter> }, form?: PeopleForm,
): Promise<ProvisioningCounts> {
  const accounts = new Map<string, string>();
  const counts = { users: 0, groups: 0, members: 0 };
  const start = async (name: keyof typeof PROVISIONING_COLUMNS): Promise<LineWriter> => {
    const writer = await sink.open(name);
    await writer.write(CSV_START + csvLine(PROVISIONING_COLUMNS[name]));
    return writer;
  };
  const userFile = await start("users.csv");
  const own = form === undefined ? undefined : new PeopleFiles(form, (file) => sink.open(file));
  for await (const user of users) {
    accounts.set(user.person.id, user.account);
    await userFile.write(csvLine(userCells(user)));
    counts.users += 1;
    if (user.kind === "person" && user.account !== "" && user.person.enabled) await own?.add(holderOf(user));
  }
  await userFile.close();
  await own?.close();
  const [groupFile, memberFile] = [await start("groups.csv"), await start("members.csv")];
  for await (const group of groups) {
    await groupFile.write(csvLine(groupCells(group)));
    counts.groups += 1;
    for (const [role, entries] of [["owner", group.owners], ["member", group.members]] as const) {
      for (const entry of entries) {
        await memberFile.write(csvLine([group.name, group.id, role, entry.kind, accounts.get(entry.id) ?? "", entry.name ?? "", entry.address ?? "", entry.id]));
        counts.members += 1;
      }
    }
  }
  await groupFile.close();
  await memberFile.close();
  return counts;
}

function holderOf({ person: { name, mail, ...told }, account }: ProvisionedUser): AccountHolder {
  return { ...told, account, mail: mail ?? name };
}

function userCells({ person, account, kind }: ProvisionedUser): readonly string[] {
  const { id, name, displayName, mail, addresses, givenName, surname, department, jobTitle, office, phone, language, employeeId, enabled } = person;
  const aliases = addresses.filter((address) => address.toLowerCase() !== mail?.toLowerCase());
  return [account, kind, enabled ? "yes" : "no", displayName, ...[givenName, surname, mail, aliases.join(" | "), department, jobTitle, office, phone, language, employeeId].map((text) => text ?? ""), name, id];
}

function groupCells({ id, name, displayName, mail, kind, team, visibility, description }: DirectoryGroupRecord): readonly string[] {
  return [name, displayName, mail ?? "", kind ?? "microsoft365", team ? "yes" : "no", visibility ?? "", description ?? "", id];
}
