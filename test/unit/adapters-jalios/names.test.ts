import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { JALIOS_NAMES } from "../../../adapters/jalios/names.js";
import { spellings } from "../../../src/drivers/webdav/names.js";
import { besideName, markedName } from "../../../src/lib/beside-names.js";
import { sourceName } from "../../../src/lib/target-names.js";

const file = (name: string): string => spellings(name, JALIOS_NAMES.file)[0] ?? "";
const folder = (name: string): string => spellings(name, JALIOS_NAMES.folder)[0] ?? "";
/** What is dropped, and which files are renamed: written again from the adapter's source. */
const DROPPED = /["*:<>?|\\/&=%!']/;
const RENAMED = ["jsp", "jspx", "jspf", "html", "htm", "shtml", "body", "js", "jsv", "xml", "xhtml", "xsd", "swf", "svg", "svgz"];
const isChanged = (name: string): boolean => DROPPED.test(name) || !name.includes(".") || RENAMED.includes(name.split(".").at(-1)?.toLowerCase() ?? "");
/** The source's name; of a file without an extension one cannot say whether it had ".bin". */
const readBack = (written: string): string => sourceName(written.replace(/(\.(?:jsp[xf]?|html?|shtml|body|jsv?|xml|xhtml|xsd)(?:\.txt)*)\.txt$/i, "$1").replace(/(\.(?:swf|svgz?)(?:\.bin)*)\.bin$/i, "$1"), JALIOS_NAMES.file[0]);

describe("names at a JPlatform", () => {
  it("stay as they are where nothing is dropped or renamed", () => {
    for (const name of ["Été (1) #2 [x].txt", "a_b.docx", "données.bin", ".gitignore", "compte-rendu.html.docx", "a;b,c.csv"]) expect(file(name)).toBe(name);
    for (const name of ["Page.html", "LISEZ-MOI", "2024"]) expect(folder(name)).toBe(name);
  });

  it("have wide signs for those that are dropped, and a further extension behind one that is renamed", () => {
    expect(["L'eau & le feu.docx", "100 % sûr ?.pdf", "a:b=c!.txt"].map(file)).toEqual(["L＇eau ＆ le feu.docx", "100 ％ sûr ？.pdf", "a：b＝c！.txt"]);
    expect(["page.HTML", "page.html.txt", "code.js", "logo.svg", "logo.svg.bin", "LISEZ-MOI", "fin."].map(file)).toEqual(["page.HTML.txt", "page.html.txt.txt", "code.js.txt", "logo.svg.bin", "logo.svg.bin.bin", "LISEZ-MOI.bin", "fin．.bin"]);
    expect(folder("Été & Cie ?")).toBe("Été ＆ Cie ？");
  });

  it("keep their extensions beside another's file, with a mark, cut, and on their way", () => {
    const made = JALIOS_NAMES.made ?? String;
    expect([made(besideName(file("page.html"))), made(markedName(file("LISEZ-MOI"), "abcd1234")), JALIOS_NAMES.partEnd?.(file("page.html"))]).toEqual(["page.html (o365).txt", "LISEZ-MOI~abcd1234.bin", ".txt"]);
    for (const name of ["é".repeat(300), `${"é".repeat(300)}.html`, `a.${"x".repeat(300)}`]) expect([isChanged(file(name)), Buffer.byteLength(file(name)) <= 255]).toEqual([false, true]);
  });

  it("are none that the platform would change, and are read back as the source's", () => {
    const parts = fc.constantFrom(".", "html", "txt", "svg", "bin", "js", "docx", "%", "3F", "?", "'", "&", "＇", "\u201b", "␀", "é", "😀", " ", "/", "\n");
    fc.assert(fc.property(fc.array(parts, { minLength: 1, maxLength: 8 }).map((all) => all.join("")), (name) => {
      const written = file(name);
      expect([written, isChanged(written), Buffer.byteLength(written) <= 255]).toEqual([written, false, true]);
      expect(DROPPED.test(folder(name))).toBe(false);
      const back = readBack(written);
      expect([name, `${name}.bin`]).toContain(back);
    }), { numRuns: 1_000 });
  });
});
