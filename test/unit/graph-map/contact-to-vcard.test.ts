import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import ICAL from "ical.js";
import { contactToVcard, type ContactPhoto } from "../../../src/graph/map/contact-to-vcard.js";
import type { GraphContact } from "../../../src/graph/map/graph-contact.js";

const CONTACT: GraphContact = {
  id: "AAMk-c", changeKey: "k", parentFolderId: "f", createdDateTime: "2020-01-02T03:04:05Z", lastModifiedDateTime: "2024-05-06T07:08:09Z",
  displayName: "Zoé Dupont", surname: "Dupont, née Le Goff", givenName: "Zoé", middleName: "A;b", title: "Dr", generation: "II", initials: "ZD", nickName: "Zozo", fileAs: "Dupont, Zoé",
  companyName: "Mairie; de, X", department: "RH", officeLocation: "B 12", jobTitle: "Directrice", profession: "Juriste",
  emailAddresses: [{ name: "Zoé Dupont", address: "zoe@x.example" }, { name: "Perso", address: "z@y.example" }], primaryEmailAddress: { address: "ZOE@x.example" },
  businessPhones: ["+33 1 00"], homePhones: ["+33 2 00"], mobilePhone: "+33 6 00", businessAddress: { street: "1 rue\nBasse", city: "Brest", postalCode: "29200", state: "Finistère", countryOrRegion: "France" },
  homeAddress: {}, otherAddress: { city: "Nouméa" }, imAddresses: ["sip:zoe@x.example", "zoe@im.example", "pseudo"], businessHomePage: "https://x.example/a,b",
  birthday: "1974-07-22T11:59:00Z", personalNotes: "l1\r\nl2; l3\\", spouseName: "Alex; D", children: ["K", "L, M"], assistantName: "As", manager: "Ma", categories: ["a,b", "c"],
  yomiGivenName: "ゾエ", yomiSurname: "デュポン", yomiCompanyName: "市",
};

function card(contact: GraphContact, photo?: ContactPhoto) {
  const mapped = contactToVcard(contact, photo);
  const parsed = ICAL.Component.fromString(mapped.vcard);
  const values = (name: string) => parsed.getAllProperties(name).map((property) => property.getFirstValue() as unknown);
  return { ...mapped, parsed, values, text: mapped.vcard.replace(/\r\n /g, "") };
}

describe("a contact as vCard 4.0", () => {
  it("keeps every field", () => {
    const { values, text, parsed, losses, record } = card(CONTACT);
    expect(values("version")).toEqual(["4.0"]);
    expect(values("fn")).toEqual(["Zoé Dupont"]);
    expect(values("n")).toEqual([["Dupont, née Le Goff", "Zoé", "A;b", "Dr", "II"]]);
    expect(values("org")).toEqual([["Mairie; de, X", "RH"]]);
    expect(values("adr")).toEqual([["", "", "1 rue\nBasse", "Brest", "Finistère", "29200", "France"], ["", "", "", "Nouméa", "", "", ""]]);
    expect(parsed.getAllProperties("email").map((one) => [one.getFirstValue(), one.getParameter("pref"), one.getParameter("x-ms-label") ?? null])).toEqual([["zoe@x.example", "1", null], ["z@y.example", "2", "Perso"]]);
    expect(parsed.getAllProperties("tel").map((one) => [one.getFirstValue(), one.getParameter("type")])).toEqual([["+33 1 00", "work"], ["+33 2 00", "home"], ["+33 6 00", "cell"]]);
    expect(values("impp")).toEqual(["sip:zoe@x.example", "im:zoe@im.example"]);
    expect(parsed.getAllProperties("related").map((one) => [one.getFirstValue(), one.getParameter("type")])).toEqual([["As", "agent"], ["Ma", "x-manager"], ["Alex; D", "spouse"], ["K", "child"], ["L, M", "child"]]);
    expect(values("note")).toEqual(["l1\nl2; l3\\"]);
    expect(parsed.getFirstProperty("categories")?.getValues()).toEqual(["a,b", "c"]);
    for (const line of ["TITLE:Directrice", "ROLE:Juriste", "NICKNAME:Zozo", "REV:20240506T070809Z", "CREATED;VALUE=timestamp:20200102T030405Z", "URL;TYPE=work:https://x.example/a,b",
      "X-MS-INITIALS:ZD", "X-MS-FILE-AS:Dupont\\, Zoé", "X-MS-OFFICE-LOCATION:B 12", "X-MS-IM-ADDRESS:pseudo", "X-PHONETIC-FIRST-NAME:ゾエ", "X-PHONETIC-LAST-NAME:デュポン", "X-PHONETIC-ORG:市"]) {
      expect(text).toContain(`${line}\r\n`);
    }
    expect(text).toMatch(/BDAY[^:]*:(19740722|1974-07-22)\r\n/);
    expect(losses).toEqual([]);
    expect(record).toEqual({ v: 1, type: "contact", uid: record.uid, displayName: "Zoé Dupont", hasPhoto: false });
    expect(values("uid")).toEqual([`urn:uuid:${record.uid}`]);
  });
  it("sends members that nobody mapped to properties of their own", () => {
    const odd = { ...CONTACT, "@odata.etag": "W/x", gender: "F", newThing: { a: [1, "x;y"] }, nothing: null, emptyList: [] } as GraphContact;
    const { text } = card(odd);
    expect(text).toContain("X-MS-GENDER:F\r\n");
    expect(text).toContain("X-MS-NEW-THING:{\"a\":[1\\,\"x\\;y\"]}\r\n");
    expect(text).not.toMatch(/NOTHING|EMPTY-LIST|ETAG/);
  });
  it("carries the photo's bytes and type", () => {
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array.from({ length: 300 }, (_, at) => at % 256)]);
    const { text, values, record } = card(CONTACT, { bytes: png });
    expect(text).toContain("PHOTO:data:image/png;base64,");
    expect(Buffer.from(String(values("photo")[0]).split(",")[1] ?? "", "base64")).toEqual(Buffer.from(png));
    expect(record.hasPhoto).toBe(true);
    expect(card(CONTACT, { unreadable: true }).losses.map((loss) => loss.reason)).toEqual(["contact.photo-unreadable"]);
  });
  it.each([
    ["1974-07-22", "1974-07-22", 0], ["1974-07-22T00:00:00Z", "1974-07-22", 0], ["1974-07-22T12:00:00Z", "1974-07-22", 0],
    ["1974-07-21T22:00:00Z", "1974-07-22", 1], ["1974-07-21T23:00:00Z", "1974-07-22", 1], ["1974-07-22T04:00:00Z", "1974-07-22", 1], ["1974-07-21T13:00:00Z", "1974-07-22", 1],
    ["1960-01-31T23:00:00Z", "1960-02-01", 1], ["1604-07-22T11:59:00Z", "--07-22", 0],
  ])("reads birthday %s as %s", (birthday, date, losses) => {
    const mapped = card({ id: "x", displayName: "x", birthday });
    expect(/BDAY[^:]*:(\S+)/.exec(mapped.text)?.[1]?.replaceAll("-", "")).toBe(date.replaceAll("-", ""));
    expect(mapped.losses).toHaveLength(losses);
  });
  it("always finds a name to show", () => {
    expect(card({ id: "1", displayName: "", givenName: "A", surname: "B" }).record.displayName).toBe("A B");
    expect(card({ id: "1", companyName: "Mairie" }).record.displayName).toBe("Mairie");
    expect(card({ id: "1", emailAddresses: [{ address: "a@b" }] }).record.displayName).toBe("a@b");
    expect(card({ id: "1" }).values("fn")).toEqual(["?"]);
  });
  it("survives any text, folded at 75 octets", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (first, second) => {
      const { values, vcard } = card({ ...CONTACT, surname: first, givenName: second, personalNotes: `x${first}` });
      const kept = (text: string) => text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, "");
      expect(values("note")[0]).toBe(kept(`x${first}`));
      expect((values("n")[0] as string[]).slice(0, 2)).toEqual([kept(first), kept(second)]);
      for (const line of vcard.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }), { numRuns: 150 });
  });
});
