import type { People } from "../../convert/rights/rights.js";
import type { Owner } from "../../core/item.js";
import { DirectoryUserRecord } from "../../format/directory.js";
import type { AccountHolder } from "../people-forms.js";

/** What a mailbox is for, when nobody signs in to it (format/settings.ts). */
const NO_PERSON: readonly string[] = ["shared", "room", "equipment"];

/** `kind`: what the identity map says of the owner. Undefined for whoever is no person with an account. */
export function accountHolder(owner: Owner, record: unknown, people: People, kind: string | undefined): AccountHolder | undefined {
  if (kind !== undefined && kind !== "person") return undefined;
  const parsed = DirectoryUserRecord.safeParse(record);
  const told = parsed.success ? parsed.data : undefined;
  if (owner.kind !== "user" || owner.guest === true || told?.enabled === false || NO_PERSON.includes(told?.mailbox ?? "")) return undefined;
  const account = people.account(owner.name) ?? owner.name;
  const person = { account, mail: told?.mail ?? owner.mail ?? account, displayName: owner.displayName };
  if (told === undefined) return person;
  const { surname, givenName, company, department, jobTitle, phones, postal } = told;
  return {
    ...person, surname, givenName, company, department, jobTitle, phone: phones.business[0], mobile: phones.mobile, street: postal?.street, postalCode: postal?.postalCode, region: postal?.state, city: postal?.city,
  };
}
