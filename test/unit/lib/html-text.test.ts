import { describe, expect, it } from "@jest/globals";
import { plainText } from "../../../adapters/archive/offline/plain-text.js";
import { htmlToText } from "../../../src/lib/html-text.js";

const TIMES = 100_000;
/** Far above what is needed, far below what reading the rest of the body again at each of them would take. */
const MOST_MS = 2_500;
const OPEN = ["<", "<!--", "<head>", "<style>", "<br", "<a href=\"", "<a ", "<a href='x'>", "</", "&", "&#32;", "&#32;<br>", "<li"];

describe("text of an HTML body", () => {
  it("tells what a reader sees", () => {
    expect(htmlToText('<head><title>non</title></head><p>Voir <A class="x" HREF="https://a.example/b">la <b>page</b></A> et <a href="mailto:z@b.example">z@b.example</a></p><ul><li>un<li>deux</ul>')).toBe("Voir la page (https://a.example/b) et z@b.example\n\n- un\n- deux");
    expect(htmlToText("3 < 4, 5 > 4 <!-- jamais fermé <p>non</p>")).toBe("3 < 4, 5 > 4");
    expect([htmlToText("<constructor>&constructor; &eacute;</constructor>"), plainText("<toString>&toString; &eacute;</toString>")]).toEqual(["&constructor; é", "&toString; é"]);
    expect(htmlToText("<head><p>tête jamais fermée</p><style>non</style>oui")).toBe("tête jamais fermée\noui");
  });

  it.each(OPEN)("takes time by its length where %j stands 100,000 times and nothing is closed", (piece) => {
    const body = `${piece.repeat(TIMES)}fin`;
    const begun = performance.now();
    const texts = [htmlToText(body), plainText(body)];
    expect(performance.now() - begun).toBeLessThan(MOST_MS);
    expect(texts.every((text) => text.length <= body.length)).toBe(true);
  });
});
