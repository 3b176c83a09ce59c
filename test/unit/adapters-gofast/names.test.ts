import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { GOFAST_NAMES } from "../../../adapters/gofast/names.js";
import { spellings } from "../../../src/drivers/webdav/names.js";
import { markedName } from "../../../src/lib/beside-names.js";
import { sourceName, targetName } from "../../../src/lib/target-names.js";

const file = (name: string): string => spellings(name, GOFAST_NAMES.file)[0] ?? "";
const folder = (name: string): string => spellings(name, GOFAST_NAMES.folder)[0] ?? "";
/** Names of which a GoFAST makes no document, or that Alfresco refuses or hides: written again from the sources that the adapter cites. */
const LOST = /^[_.]|["*\\><?/:|]|[. ]$|~\$|\.~lock|\.tmp|Thumbs\.db|^pdf$/;
const HIDDEN = /([a-f0-9]{8}|\.tmp|atmp[0-9]+|\.wbk|\.bak|~|backup.*\.do[ct]x?m?|\.sb-\w{8}-\w{6})$/i;

describe("names at a GoFAST", () => {
  it("stay as they are where a GoFAST shows them", () => {
    for (const name of ["Été (1) #2 & [x].txt", "100%.docx", "a_b.docx", "Rapport.docx", "20240115.pdf", "Wikis.docx", "pdf.txt", "thumbs.txt"]) expect(file(name)).toBe(name);
    for (const name of ["Compte rendu 20240115", "notes.bak", "PDF", "a~"]) expect(folder(name)).toBe(name);
  });

  it("are written by the percent rule where they pass for a space, a temporary file or one that is still being saved", () => {
    expect(["_Budget.xlsx", ".gitignore", "~$Rapport.docx", "a.~lock.odt", "notes.tmp.txt", "Thumbs.db", "pdf"].map(file)).toEqual(
      ["%5FBudget.xlsx", "%2Egitignore", "%7E$Rapport.docx", "a.%7Elock.odt", "notes%2Etmp.txt", "Thumbs%2Edb", "%70df"]);
    expect([":123456", "dossier-20240115", "notes.BAK", "brouillon~", "lettre.wbk", "Backup-2.docx", "atmp12", "x.sb-1a2b3c4d-Ab12Cd"].map(file)).toEqual(
      ["%3A12345%36", "dossier-2024011%35", "notes%2EBAK", "brouillon%7E", "lettre%2Ewbk", "Backup-2%2Edocx", "atmp1%32", "x%2Esb-1a2b3c4d-Ab12Cd"]);
    expect(["🗳️🗳️.tmp", "😀_😀.bak"].map(file)).toEqual(["🗳️🗳️%2Etmp", "😀_😀%2Ebak"]);
    expect(["a:b?.txt", "fin. "].map(file)).toEqual(["a%3Ab%3F.txt", "fin.%20"]);
    expect(["_Mairie", ".git", "Wikis", "fin."].map(folder)).toEqual(["%5FMairie", "%2Egit", "%57ikis", "fin%2E"]);
  });

  it("keep in sight what the program itself puts at their end", () => {
    expect(HIDDEN.test(markedName("LISEZMOI", "abcd1234"))).toBe(true);
    expect(GOFAST_NAMES.made?.(markedName("LISEZMOI", "abcd1234"))).toBe("LISEZMOI~abcd1234-");
    expect(GOFAST_NAMES.made?.(markedName("a.txt", "abcd1234"))).toBe("a~abcd1234.txt");
    expect(file("é".repeat(300))).toMatch(/^é+~[0-9a-f]{8}-$/);
  });

  it("are none that a person would not see, and are read back as the source's", () => {
    const parts = fc.constantFrom("_", ".", "~", "$", "%", "tmp", "bak", "lock", "Thumbs", "db", "pdf", "atmp", "backup", "doc", "x", "0", "f", "123456", "abcdef", "12345678", "*", "\n", "\ud800", "sb-abcdefgh-abcdef", " ", ":", "é", "😀");
    fc.assert(fc.property(fc.array(parts, { maxLength: 9 }).map((all) => all.join("")), (name) => {
      const written = file(name);
      expect([written, LOST.test(written), HIDDEN.test(written)]).toEqual([written, false, false]);
      expect(sourceName(written, GOFAST_NAMES.file[0])).toBe(name);
    }), { numRuns: 2000 });
  });

  it("are never over 255 bytes, cut or not", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (name) => {
      const { name: written, cut } = targetName(name, GOFAST_NAMES.file[0]);
      expect(Buffer.byteLength(written)).toBeLessThanOrEqual(255);
      expect(LOST.test(written) || HIDDEN.test(written)).toBe(false);
      expect(cut || sourceName(written, GOFAST_NAMES.file[0]) === name).toBe(true);
    }), { numRuns: 1_000 });
  });
});
