import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { contactsFromVcf, type ContactCard } from "../../../src/sandbox/contacts/from-vcf.js";
import { textOfFile } from "../../../src/sandbox/text-file.js";
import { useCorpus } from "../../corpora.js";

const corpus = useCorpus("vcf");
const contextOf = (position: number) => ({ id: `c${position}`, parentFolderId: "f", changeKey: "k", modified: "2026-01-01T00:00:00Z" });

function card(version: string, lines: readonly string[]): { card: ContactCard; warnings: readonly string[] } {
  const warnings: string[] = [];
  const all = contactsFromVcf(["BEGIN:VCARD", `VERSION:${version}`, ...lines, "END:VCARD"].join("\r\n"), contextOf, (reason) => warnings.push(reason));
  expect(all).toHaveLength(1);
  return { card: all[0] as ContactCard, warnings };
}

describe("a vCard as a Graph contact", () => {
  it("reads 3.0 with groups, folds and escapes", () => {
    const { card: { json }, warnings } = card("3.0", [
      "N:Lefèvre;Élodie;Marie;Mme;Jr", "FN:Élodie Lefèvre", "ORG:Mairie\\, Nantes;DSI", "TITLE:Cheffe", "item1.EMAIL;TYPE=INTERNET:elodie@mairie.example", "EMAIL:deux@mairie.example", "EMAIL:trois@mairie.example",
      "TEL;TYPE=WORK,VOICE:+33 1", "TEL;TYPE=CELL:+33 6", "TEL;TYPE=HOME:+33 2", "TEL;TYPE=HOME;TYPE=FAX:+33 9", "ADR;TYPE=WORK:BP 7;Bureau 12;1 rue de la Paix;Nantes;Loire;44000;France",
      "ADR;TYPE=HOME:;;2 rue;Nantes;;44000;", "BDAY:1980-04-15", "NOTE:Première ligne\\nseconde", " , suite", "CATEGORIES:Élus,Presse\\, radio", "NICKNAME:Lolo", "X-SPOUSE:Jean", "X-MS-CHILD:Zoé", "X-MANAGER:Le maire",
    ]);
    expect(json).toMatchObject({
      surname: "Lefèvre", givenName: "Élodie", middleName: "Marie", title: "Mme", generation: "Jr", displayName: "Élodie Lefèvre", fileAs: "Lefèvre, Élodie", companyName: "Mairie, Nantes", department: "DSI", jobTitle: "Cheffe",
      businessPhones: ["+33 1"], mobilePhone: "+33 6", homePhones: ["+33 2"], birthday: "1980-04-15T11:59:00Z", personalNotes: "Première ligne\nseconde, suite", categories: ["Élus", "Presse, radio"], nickName: "Lolo",
      spouseName: "Jean", children: ["Zoé"], manager: "Le maire", officeLocation: "Bureau 12", otherAddress: {},
      businessAddress: { street: "1 rue de la Paix\nBP 7", city: "Nantes", state: "Loire", postalCode: "44000", countryOrRegion: "France" }, homeAddress: { street: "2 rue", city: "Nantes", postalCode: "44000" },
    });
    expect(json["emailAddresses"]).toMatchObject([{ address: "elodie@mairie.example" }, { address: "deux@mairie.example" }, { address: "trois@mairie.example" }]);
    expect(warnings).toEqual([expect.stringContaining("fax")]);
  });

  it("reads 2.1 with bare types, quoted-printable and a photo", () => {
    const { card: { json, photo } } = card("2.1", [
      "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Gar=E7on;Fran=", "=E7ois", "TEL;WORK;VOICE:1", "TEL;HOME:2", "TEL;CELL;VOICE:3",
      "PHOTO;ENCODING=BASE64;TYPE=PNG:iVBORw0KGgoAAAANSUhEUgAAAAIAAAAD", " CAIAAAA=", "",
    ]);
    expect(json).toMatchObject({ surname: "Garçon", givenName: "François", displayName: "François Garçon", businessPhones: ["1"], homePhones: ["2"], mobilePhone: "3" });
    expect(photo).toMatchObject({ type: "image/png", width: 2, height: 3 });
  });

  it("reads 4.0 with URIs, relations and a birthday without year", () => {
    const { card: { json, photo } } = card("4.0", [
      "FN:Zoé", "TEL;VALUE=uri;TYPE=\"voice,home\":tel:+33-2", "EMAIL;PREF=1:zoe@x.example", "RELATED;TYPE=spouse;VALUE=text:Luc", "RELATED;TYPE=child:Ana", "BDAY:--0229", "IMPP:xmpp:zoe@x.example", "PHOTO:data:image/gif;base64,R0lGODlhAQABAAAAACw=",
    ]);
    expect(json).toMatchObject({ displayName: "Zoé", homePhones: ["+33-2"], spouseName: "Luc", children: ["Ana"], birthday: "1604-02-29T11:59:00Z", imAddresses: ["xmpp:zoe@x.example"], primaryEmailAddress: { address: "zoe@x.example" }, secondaryEmailAddress: null });
    expect(photo?.type).toBe("image/gif");
  });

  it("leaves distribution lists and photo links out with a warning", () => {
    const warnings: string[] = [];
    expect(contactsFromVcf("BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Bureau\nEND:VCARD", contextOf, (reason) => warnings.push(reason))).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(card("3.0", ["FN:A", "PHOTO;VALUE=URI:https://x.example/a.jpg"])).toMatchObject({ card: { photo: undefined }, warnings: [expect.stringContaining("link")] });
  });
});

(corpus.present ? describe : describe.skip)(`cards of ${corpus.title}`, () => {
  it("each file ends in served contacts or a warning", async () => {
    const silent: string[] = [];
    let contacts = 0;
    for (const name of (await readdir(corpus.dir)).filter((entry) => entry.endsWith(".vcf"))) {
      const warnings: string[] = [];
      const cards = contactsFromVcf(textOfFile(await readFile(path.join(corpus.dir, name))), contextOf, (reason) => warnings.push(reason));
      if (cards.length + warnings.length === 0) silent.push(name);
      for (const { json } of cards) expect(typeof json["displayName"]).toBe("string");
      contacts += cards.length;
    }
    expect(silent).toEqual([]);
    expect(contacts).toBeGreaterThan(20);
  });
});
