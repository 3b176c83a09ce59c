import { describe, expect, it } from "@jest/globals";
import { MovedLinks } from "../../../adapters/matrix/moved-links.js";

const AT = "https://contoso.sharepoint.com/sites/eau";
const links = new MovedLinks({ [`${AT}/Documents partages/`]: "https://fichiers.mairie.example/eau/", [`${AT}/Documents partages/Archives`]: "https://fichiers.mairie.example/archives", [`${AT}/100%`]: "https://x.example/100", [`${AT}/L'eau & l'air`]: "https://fichiers.mairie.example/air", [`${AT}/Bois%20%26%20Co`]: "https://fichiers.mairie.example/bois" });

describe("links to files that have moved", () => {
  it.each([
    [`${AT}/Documents partages/Relevé Combe.csv`, "https://fichiers.mairie.example/eau/Relevé Combe.csv"],
    [`<a href="${AT}/Documents%20partages/a.docx?web=1">ici</a> et ${AT}/Documents%20partages`, '<a href="https://fichiers.mairie.example/eau/a.docx?web=1">ici</a> et https://fichiers.mairie.example/eau'],
    [`${AT}/Documents partages/Archives/2019.zip`, "https://fichiers.mairie.example/archives/2019.zip"],
    [`${AT}/100%/x`, "https://x.example/100/x"],
    [`${AT}/L'eau & l'air/a`, "https://fichiers.mairie.example/air/a"],
    [`${AT}/L%27eau%20&%20l%27air/a`, "https://fichiers.mairie.example/air/a"],
    [`${AT}/L%27eau%20%26%20l%27air/a`, "https://fichiers.mairie.example/air/a"],
    [`<a href="${AT}/L'eau%20&amp;%20l'air/a">`, '<a href="https://fichiers.mairie.example/air/a">'],
    [`<a href="${AT}/L&#39;eau &amp; l&#39;air">`, '<a href="https://fichiers.mairie.example/air">'],
    [`${AT}/Bois & Co/a`, "https://fichiers.mairie.example/bois/a"],
    [`${AT}/Bois%20&amp;%20Co/a`, "https://fichiers.mairie.example/bois/a"],
    [`${AT}/Documents partagesplus/a`, `${AT}/Documents partagesplus/a`],
    ["https://ailleurs.example/a", "https://ailleurs.example/a"],
  ])("%s", (told, expected) => expect(links.in(told)).toBe(expected));

  it("changes nothing when nothing has moved", () => {
    expect(new MovedLinks({}).in(`${AT}/Documents partages/a`)).toBe(`${AT}/Documents partages/a`);
  });
});
