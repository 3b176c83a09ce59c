import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { toVersion3 } from "../../adapters/carddav/vcard3.js";
import { contactToVcard } from "../../src/graph/map/contact-to-vcard.js";
import type { GraphContact } from "../../src/graph/map/graph-contact.js";
import { contactsFromVcf, type ContactCard } from "../../src/sandbox/contacts/from-vcf.js";
import { words } from "./graph-events.js";
import { RUNS } from "./runs.js";

const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null });
const text = maybe(words);
const address = fc.stringMatching(/^[a-z]{1,6}@[a-z]{1,5}\.example$/);
const postal = fc.record({ street: maybe(fc.array(words, { minLength: 1, maxLength: 2 }).map((lines) => lines.join("\n"))), city: text, state: text, countryOrRegion: text, postalCode: text });
const phones = fc.uniqueArray(fc.constantFrom("+33 1 02 03 04 05", "0102030405 ext 7", "(02) 98;12,3"), { maxLength: 2 });

const contact: fc.Arbitrary<GraphContact> = fc.record({
  displayName: words, fileAs: words, givenName: text, middleName: text, surname: text, title: text, generation: text, initials: text, nickName: text, companyName: text, department: text, officeLocation: text, jobTitle: text,
  profession: text, emailAddresses: fc.uniqueArray(fc.record({ name: words, address }), { selector: (email) => email.address, maxLength: 3 }), businessPhones: phones, homePhones: phones, mobilePhone: maybe(fc.constant("+33 6 01 02 03 04")),
  businessAddress: postal, homeAddress: postal, otherAddress: postal, imAddresses: fc.uniqueArray(fc.oneof(address, fc.constantFrom("sip:zoe@x.example", "pseudo")), { maxLength: 3 }), businessHomePage: maybe(fc.webUrl({ withQueryParameters: true })),
  birthday: maybe(fc.constantFrom("1974-07-22T11:59:00Z", "1604-02-29T11:59:00Z", "2000-12-31T00:00:00Z")), personalNotes: maybe(fc.array(words, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n"))), spouseName: text,
  children: fc.uniqueArray(words, { maxLength: 3 }), assistantName: text, manager: text, categories: fc.uniqueArray(words, { maxLength: 3 }), yomiGivenName: text, yomiSurname: text, yomiCompanyName: text,
}).map((fields) => ({ id: "c", changeKey: "k", parentFolderId: "f", createdDateTime: "2020-01-01T00:00:00Z", lastModifiedDateTime: "2024-05-06T07:08:09Z", ...fields }));
const photo = maybe(fc.uint8Array({ minLength: 1, maxLength: 300 }));

function back(vcard: string): { readonly card: ContactCard | undefined; readonly warnings: readonly string[]; readonly count: number } {
  const warnings: string[] = [];
  const cards = contactsFromVcf(vcard, () => ({ id: "c", parentFolderId: "f", changeKey: "k", modified: "2020-01-01T00:00:00Z" }), (reason) => warnings.push(reason));
  return { card: cards[0], warnings, count: cards.length };
}

/** What a contact says, in one form: nulls and empty parts do not count, the day of a birthday and not its hour. */
function said(contact: GraphContact): object {
  const { id: _, changeKey: __, parentFolderId: ___, createdDateTime: ____, primaryEmailAddress: _____, secondaryEmailAddress: ______, tertiaryEmailAddress: _______, ...fields } = contact;
  return present({
    ...fields, birthday: contact.birthday?.slice(0, 10) ?? null, lastModifiedDateTime: Date.parse(contact.lastModifiedDateTime ?? ""), imAddresses: [...(contact.imAddresses ?? [])].sort(),
    emailAddresses: (contact.emailAddresses ?? []).map((email) => ({ ...email, name: email.name === email.address ? contact.displayName : email.name })),
  });
}

function present(value: object): object {
  const parts = Object.entries(value).filter(([name, part]) => !name.startsWith("@") && part !== null && part !== undefined && part !== "");
  return Object.fromEntries(parts.map(([name, part]) => [name, typeof part === "object" && !Array.isArray(part) ? present(part as object) : (part as unknown)]));
}

describe("a Graph contact", () => {
  it("comes back from vCard 4.0 as the same contact, photo included", () => {
    fc.assert(fc.property(contact, photo, (made, bytes) => {
      const { vcard, losses } = contactToVcard(made, bytes === null ? undefined : { bytes });
      const { card, warnings, count } = back(vcard);
      expect({ losses, warnings, count }).toEqual({ losses: [], warnings: [], count: 1 });
      expect(said(card?.json as unknown as GraphContact)).toEqual(said(made));
      expect(card?.photo?.bytes.toString("hex")).toBe(bytes === null ? undefined : Buffer.from(bytes).toString("hex"));
    }), RUNS);
  });

  it("has no name parts after vCard 3.0 where it had none", () => {
    const { card } = back(toVersion3(contactToVcard({ id: "c", displayName: "a;b,c\\d" }).vcard).text);
    expect(card?.json).toMatchObject({ displayName: "a;b,c\\d", surname: null, givenName: null });
  });

  it("comes back from vCard 3.0 as the same contact, with what few clients show told as losses", () => {
    fc.assert(fc.property(contact, photo, (made, bytes) => {
      const older = toVersion3(contactToVcard(made, bytes === null ? undefined : { bytes }).vcard);
      const { card, warnings, count } = back(older.text);
      expect({ warnings, count }).toEqual({ warnings: [], count: 1 });
      expect(said(card?.json as unknown as GraphContact)).toEqual(said(made));
      expect(card?.photo?.bytes.toString("hex")).toBe(bytes === null ? undefined : Buffer.from(bytes).toString("hex"));
      const related = [made.spouseName, made.assistantName, made.manager, ...(made.children ?? [])].some((name) => name !== null);
      const yearless = made.birthday?.startsWith("1604") === true;
      expect(older.losses.map(({ field, reason }) => `${field} ${reason}`).sort()).toEqual([...(yearless ? ["BDAY"] : []), "CREATED", ...(related ? ["RELATED"] : [])].map((field) => `${field} contact.vcard3`));
      expect(older.text).not.toMatch(/^(?:RELATED|CREATED)[;:]/m);
    }), RUNS);
  });
});
