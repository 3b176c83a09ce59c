import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Parser } from "htmlparser2";
import MarkdownIt from "markdown-it";
import { parseFragment, type DefaultTreeAdapterTypes } from "parse5";
import sanitize from "sanitize-html";
import { MATRIX_HTML, SAFE_HTML } from "../../../src/convert/message/html.js";
import { MESSAGE_FORMS, renderMessage, type MessageForm, type MessageOptions } from "../../../src/convert/message/message.js";
import { LOSSES } from "../../../src/core/losses.js";
import type { ChatMessageRecord } from "../../../src/format/records.js";

const OPTIONS: MessageOptions = { lang: "en", hosted: (id) => `mxc://x/${encodeURIComponent(id)}`, mention: () => "https://matrix.to/#/@a:x.example", reactions: true };
const RUNS = 1000;

function render(html: string, form: MessageForm, over: Partial<ChatMessageRecord> = {}, options = OPTIONS): { readonly text: string; readonly losses: readonly string[] } {
  const record: ChatMessageRecord = { v: 1, type: "chat-message", messageId: "1", kind: "message", createdAt: "2026-01-01T00:00:00Z", importance: "normal", format: "html", mentions: [], reactions: [], attachments: [], hosted: [], ...over };
  const { text, losses } = renderMessage(record, html, form, options);
  return { text, losses: losses.map(({ reason }) => reason) };
}

/** Markup as people's clients, and enemies, write it; each text has a word of its own. */
let serial = 0;
const word = fc.constant(null).map(() => `mot${serial++}x`);
const address = fc.constantFrom("https://ok.example/a(b)c", "https://ok.example/a|b\\c<d>", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)", "\u0001javascript:x", "data:text/html,<script>1</script>", "vbscript:x", "//x.example", "../../x", "mailto:a@b.example", "tel:112", "https://x.example/\"onload=\"x", "mailto:<img src=x>", "../hostedContents/a/$value", "");
const attribute = fc.oneof(
  address.map((value) => `href="${value.replaceAll('"', "&quot;")}"`), address.map((value) => `src='${value.replaceAll("'", "")}'`), fc.constantFrom('onclick="x()"', "onerror=alert(1)", 'style="background:url(javascript:x)"', 'class="a b"', 'class="language-c++"', 'id="0"', "srcdoc='<script>1</script>'", 'formaction="javascript:x"', "xlink:href='javascript:x'", 'start="2"', 'colspan="2"', "<", "\"", "`"),
);
const tag = fc.constantFrom("a", "b", "i", "s", "u", "p", "div", "span", "ul", "ol", "li", "table", "tr", "td", "th", "thead", "caption", "blockquote", "pre", "code", "h2", "img", "br", "hr", "at", "attachment", "codeblock", "emoji", "font", "form", "x-y", "details", "sup", "center");
const signs = fc.string({ unit: fc.constantFrom(..."*_`~[]()!#>+-=|\\:.012 \n\t&<é"), maxLength: 8 }).map((run) => run.replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
const text = fc.tuple(word, fc.constantFrom("", "*", "_", "`", "~~", "[", "](x)", "|", "# ", "> ", "- ", "1. ", "\\", "\\|", "&lt;script&gt;", "&amp;lt;b&amp;gt;", "é", "\n\n", "  ", "***", "```", "!", "=", "+ ", "\u00a0", "http://", "<!-- -->", "]]>", "\n    ")).chain(([own, told]) => fc.oneof(fc.constant(told), signs).map((sign) => [own, sign] as const)).chain(([own, sign]) => fc.constantFrom(`${own}${sign}`, `${sign}${own}`, ` ${own} `));
const { markup } = fc.letrec<{ markup: string; node: string }>((tie) => ({
  markup: fc.array(tie("node"), { maxLength: 5 }).map((nodes) => nodes.join("")),
  node: fc.oneof({ maxDepth: 5, depthIdentifier: "markup" }, text, fc.tuple(tag, fc.array(attribute, { maxLength: 2 }), tie("markup"), fc.constantFrom("", "close", "close", "close")).map(([name, attributes, inside, close]) =>
    `<${[name, ...attributes].join(" ")}>${inside}${close === "" && name !== "img" ? "" : `</${name}>`}`)),
}));
const active = fc.constantFrom("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg><script>1</script></svg>", "<svg onload=x>", "<math><mtext><img src=x onerror=x></mtext></math>", "<iframe srcdoc='<script>1</script>'></iframe>", "<noscript><p title='</noscript><img src=x onerror=1>'>", "<style>@import 'x'</style>", "<a href=javascript:alert(1)>", "<object data=x>", "<!--", "<![CDATA[", "<?php", "</p>", "<textarea>", "<title>", "<xmp>", "<plaintext>", "<template>", "<base href=//x>", "<body>", "<html>", "<select><option>", "<input value=x autofocus onfocus=x>", "\ud800", "\u0000", "&#0;", "&#xd800;");
const hostile = fc.array(fc.oneof(markup, active, fc.string({ unit: "binary", maxLength: 20 })), { maxLength: 6 }).map((pieces) => pieces.join(""));

/** What htmlparser2, with which messages are read, finds: tags in their order, and text. */
function heard(html: string): { readonly tags: readonly (readonly [string, Readonly<Record<string, string>>])[]; readonly text: string } {
  const tags: (readonly [string, Readonly<Record<string, string>>])[] = [];
  let content = "";
  const parser = new Parser({ onopentag: (name, attributes) => void tags.push([name, attributes]), ontext: (part) => void (content += part), oncomment: () => void tags.push(["!", {}]) });
  parser.end(html);
  return { tags, text: content };
}

interface Seen {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly level: number;
}

/** What a browser makes of HTML (parse5 follows the HTML standard's parsing); pictures by their descriptions. */
function seenBy(html: string): { readonly elements: readonly Seen[]; readonly text: string } {
  const elements: Seen[] = [];
  let content = "";
  const look = (nodes: readonly DefaultTreeAdapterTypes.ChildNode[], level: number): void => {
    for (const node of nodes) {
      if ("value" in node) content += node.value;
      else {
        const attributes = "attrs" in node ? Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])) : {};
        elements.push({ name: node.nodeName, attributes, level });
        content += attributes["alt"] ?? "";
        if ("childNodes" in node) look(node.childNodes, level + 1);
      }
    }
  };
  look(parseFragment(html).childNodes, 1);
  return { elements, text: content };
}

const PERMITTED = {
  html: { elements: SAFE_HTML.elements, href: ["http", "https", "mailto", "tel"], src: ["mxc"] }, matrix: { elements: MATRIX_HTML.elements, href: ["http", "https", "mailto"], src: ["mxc"] },
} as const;

function expectSafe(html: string, form: "html" | "matrix"): void {
  const { elements, href, src } = PERMITTED[form];
  const schemes: Readonly<Record<string, readonly string[]>> = { href, src };
  const allowed = new Map<string, readonly string[]>(Object.entries(elements));
  const safe = (name: string, key: string, value: string): boolean =>
    allowed.get(name)?.includes(key) === true && (schemes[key]?.includes(value.split(":")[0] ?? "") ?? true) && (key !== "class" || /^language-[a-z0-9+#-]+$/.test(value));
  expect(seenBy(html).elements.filter(({ name, attributes, level }) => !allowed.has(name) || level > 100 || !Object.entries(attributes).every(([key, value]) => safe(name, key, value)))).toEqual([]);
  const cleaned = sanitize(html, {
    allowedTags: [...allowed.keys()], allowedAttributes: Object.fromEntries([...allowed].map(([name, attributes]) => [name, [...attributes]])), allowedSchemes: [...href, ...src], allowedClasses: { code: ["language-*"] }, nestingLimit: 100,
  });
  expect(heard(cleaned)).toEqual(heard(html));
}

const markdownIt = new MarkdownIt({ html: true });
const visible = (shown: string): string => shown.replace(/\s+/g, "");
/** Without what marks add: the signs of the part stand in the whole, in their order. */
function holds(whole: string, part: string): boolean {
  let at = 0;
  for (const character of part) {
    at = whole.indexOf(character, at) + character.length;
    if (at < character.length) return false;
  }
  return true;
}

describe("whatever the markup", () => {
  it(`no form lets anything active through, nor a character that is none: ${RUNS} messages`, () => {
    fc.assert(fc.property(hostile, fc.string({ unit: "binary", maxLength: 10 }), (source, name) => {
      const attachments = [{ id: "a", mediaType: "messageReference", content: JSON.stringify({ messagePreview: source, messageSender: { user: { displayName: name } } }) }, { id: "f", mediaType: "reference", name, url: source }];
      for (const form of MESSAGE_FORMS) {
        const { text: shown, losses } = render(source, form, { subject: name, attachments });
        expect(losses.filter((reason) => !(reason in LOSSES))).toEqual([]);
        expect([form, shown.isWellFormed(), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(shown)]).toEqual([form, true, false]);
        if (form === "html" || form === "matrix") expectSafe(shown, form);
        if (form === "markdown") {
          const tokens = markdownIt.parse(shown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
          expect([shown, tokens.filter(({ type }) => type.startsWith("html_"))]).toEqual([shown, []]);
          expect(tokens.flatMap(({ attrs }) => attrs ?? []).filter(([key, value]) => (key === "href" || key === "src") && !/^(https?|mailto|tel|mxc):/.test(String(value)))).toEqual([]);
        }
      }
    }), { numRuns: RUNS, seed: 11 });
  });
  it(`HTML has the source's text, and nothing lost: ${RUNS} messages`, () => {
    fc.assert(fc.property(markup, (source) => {
      const told = visible(heard(source).text);
      for (const form of ["html", "matrix"] as const) {
        const { text: shown } = render(source, form);
        const seen = seenBy(shown);
        expect([form, source, holds(visible(seen.text), told)]).toEqual([form, source, true]);
        // Nothing is out of order: the browser, which mends what is, finds the very tags that were written.
        expect([form, source, seen.elements.map(({ name, attributes }) => [name, attributes])]).toEqual([form, source, heard(shown).tags]);
      }
    }), { numRuns: RUNS, seed: 12 });
  });
  it(`Markdown, read again, has the text of the HTML: ${RUNS} messages`, () => {
    fc.assert(fc.property(markup, (source) => {
      const { text: shown } = render(source, "markdown");
      expect([source, shown, visible(seenBy(markdownIt.render(shown)).text)]).toEqual([source, shown, visible(seenBy(render(source, "html").text).text)]);
    }), { numRuns: RUNS, seed: 13 });
  });
  it(`plain text has every visible character, in its order: ${RUNS} messages`, () => {
    fc.assert(fc.property(markup, (source) => {
      expect([source, holds(visible(render(source, "text").text), visible(heard(source).text))]).toEqual([source, true]);
    }), { numRuns: RUNS, seed: 14 });
  });
});

/** Time of this process alone: the machine may have other work. */
function took(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe("whatever the size", () => {
  const forms = ["html", "markdown", "text"] as const;
  it("ten thousand levels end soon, flat and whole", () => {
    for (const [start, end] of [["<div>", "</div>"], ["<blockquote>", "</blockquote>"], ["<ul><li>", "</li></ul>"], ["<b>", ""], ["<table><tr><td>", ""], ["<ul>", ""], ["<table>", ""], ["<at id=\"0\">", "</at>"], ["<pre>", ""], ["<a href=\"https://x.example\">", ""]] as const) {
      const source = `${start.repeat(10_000)}fond${end.repeat(10_000)}`;
      for (const form of forms) {
        let shown = "";
        expect(took(() => (shown = render(source, form).text))).toBeLessThan(5_000);
        expect([start, form, shown.includes("fond"), shown.length < 1_000_000]).toEqual([start, form, true, true]);
        if (form === "html") expectSafe(shown, form);
      }
    }
    const card = `${'{"body":['.repeat(10_000)}"x"${"]}".repeat(10_000)}`;
    expect(render("", "text", { attachments: [{ id: "c", mediaType: "application/vnd.microsoft.card.adaptive", name: "carte", content: card }] }).text).toBe("> carte");
  });
  it("a megabyte ends soon, and grows by no more than its marks", () => {
    const long = 1_000_000;
    const bodies: Readonly<Record<string, string>> = {
      text: "*a [<".repeat(long / 5), spaces: " ".repeat(long), "fixed spaces in marks": `<b>a${"&nbsp;".repeat(long / 6)}b</b>`, "line ends in quotes": `${"<blockquote>".repeat(90)}<pre>${"mot\n".repeat(long / 4)}`, backticks: `<code>${"` ".repeat(long / 2)}</code>`,
      entities: `<p>x</p>${"&lt;".repeat(long / 4)}`, "blocks in marks": `${"<b><i><sub><sup>".repeat(25)}${"<p>x".repeat(7_000)}`,
      "more tags than are read": "<b>".repeat(long / 3), "as many as are read": "<b>".repeat(30_000), "line ends": "x<br>".repeat(15_000), lists: "<ul><li>x".repeat(5_000), rows: "<tr><td>x".repeat(5_000),
    };
    for (const [name, body] of Object.entries(bodies)) {
      for (const form of forms) {
        let shown = "";
        expect(took(() => (shown = render(body, form).text))).toBeLessThan(10_000);
        expect([name, form, shown.length < long * 20]).toEqual([name, form, true]);
      }
    }
  });
});
