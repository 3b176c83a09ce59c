import { describe, expect, it } from "@jest/globals";
import { PEOPLE_FORMS, PeopleFiles, type AccountHolder, type PeopleForm } from "../../../src/export/people-forms.js";

const ZOE: AccountHolder = {
  account: "zoe", mail: "zoe@x.example", displayName: "Zoé Müller", surname: "Müller", givenName: "Zoé", company: "Syndicat", department: "Eau", jobTitle: "Cheffe; adjointe", phone: "+33 1 23", mobile: " +33 6 45", street: "1 rue \"A\"", postalCode: "44000",
  region: "Loire-Atlantique", city: "Nantes",
};
const form = (name: string): PeopleForm => PEOPLE_FORMS[name] ?? ((): never => { throw new Error(name); })();

async function written(name: string, holders: readonly AccountHolder[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const files = new PeopleFiles(form(name), (file) => {
    found[file] = "";
    return Promise.resolve({ write: (text) => { found[file] += text; return Promise.resolve(); }, close: () => { found[file] += "."; return Promise.resolve(); } });
  });
  for (const holder of holders) await files.add(holder);
  expect(await files.close()).toEqual(Object.keys(found));
  return found;
}

describe("people in the columns of a platform's own import", () => {
  it("has JPlatform's, no cell of which is a formula: a number from abroad is written in figures", async () => {
    expect(await written("jalios", [ZOE, { account: "luc@x.example", mail: "luc@x.example", displayName: "=cmd()" }])).toEqual({
      "jalios-members-1.csv": [
        '"Name";"Firstname";"Email";"Login";"Organization";"Department";"Job title";"Phone";"Mobile";"Street address";"Postal code";"Po Box";"Region";"Locality";"Country"',
        '"Müller";"Zoé";"zoe@x.example";"zoe";"Syndicat";"Eau";"Cheffe; adjointe";"0033 1 23";"0033 6 45";"1 rue ""A""";"44000";"";"Loire-Atlantique";"Nantes";""',
        '"\'=cmd()";"\'=cmd()";"luc@x.example";"luc@x.example";"";"";"";"";"";"";"";"";"";"";""', ".",
      ].join("\r\n"),
    });
  });

  it("has a thousand lines a file at most, the header with them, each file whole", async () => {
    const found = await written("jalios", Array.from({ length: 2_000 }, (_, at) => ({ account: `a${at}`, mail: `a${at}@x.example`, displayName: `A ${at}` })));
    expect(Object.entries(found).map(([file, text]) => [file, text.split("\r\n").length - 1, text.endsWith("\r\n."), text.startsWith('"Name"')])).toEqual([
      ["jalios-members-1.csv", 1_000, true, true], ["jalios-members-2.csv", 1_000, true, true], ["jalios-members-3.csv", 3, true, true],
    ]);
    expect(new Set(Object.values(found).flatMap((text) => text.match(/a\d+@/g))).size).toBe(2_000);
  });

  it("has Netframe's, and a header alone where there is nobody", async () => {
    expect(await written("netframe", [ZOE])).toEqual({ "netframe-users.csv": '"Email";"Nom";"Prenom"\r\n"zoe@x.example";"Müller";"Zoé"\r\n.' });
    expect(await written("netframe", [])).toEqual({ "netframe-users.csv": '"Email";"Nom";"Prenom"\r\n.' });
  });
});
