/** Maps, since a text may name what every object has ("constructor"). */
const ENTITIES: ReadonlyMap<string, string> = new Map(Object.entries({
  amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: " ", ensp: " ", emsp: " ", hellip: "…", ndash: "–", mdash: "—",
  lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", laquo: "«", raquo: "»", bull: "•", euro: "€", deg: "°", copy: "©", reg: "®", trade: "™",
  eacute: "é", egrave: "è", ecirc: "ê", euml: "ë", agrave: "à", acirc: "â", ccedil: "ç", icirc: "î", iuml: "ï", ocirc: "ô", ugrave: "ù",
  ucirc: "û", uuml: "ü", oelig: "œ", Eacute: "É", Egrave: "È", Agrave: "À", Ccedil: "Ç", aelig: "æ",
}));

/** A comment, which may never end, or a tag. No tag holds "<", so that however many are left open, nothing is looked at twice. */
const MARKUP = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z][a-z0-9]*)[^<>]*>|<[!?][^<>]*>/gi;
/** What stands in these is no text. */
const UNSHOWN = new Set(["head", "style", "script", "title"]);
const OPENED: ReadonlyMap<string, string> = new Map([["li", "\n- "], ["br", "\n"], ["hr", "\n"]]);
const CLOSED: ReadonlyMap<string, string> = new Map(Object.entries({
  p: "\n", div: "\n", h1: "\n", h2: "\n", h3: "\n", h4: "\n", h5: "\n", h6: "\n", tr: "\n", ul: "\n", ol: "\n", table: "\n", blockquote: "\n", pre: "\n", td: "\t", th: "\t",
}));

/**
 * Readable text of an HTML body, for clients that show only plain text; the HTML itself is kept beside it, so nothing hangs on
 * this reading. Blocks end a line, lists get a dash, links keep their address when the text does not show it. Takes time by the length of the body, whatever stands in it.
 */
export function htmlToText(html: string): string {
  return decodeEntities(withoutMarkup(html.replace(/\s+/g, " ")))
    .split("\n")
    .map((line) => line.replace(/[ \t\u00a0]+/g, " ").trim())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function withoutMarkup(html: string): string {
  const text: string[] = [];
  const unclosed = new Set<string>();
  const markup = new RegExp(MARKUP);
  let link: { readonly href: string; readonly from: number } | undefined;
  let at = 0;
  for (let found = markup.exec(html); found !== null; found = markup.exec(html)) {
    const [whole, slash, told = ""] = found;
    const name = told.toLowerCase();
    text.push(html.slice(at, found.index));
    at = markup.lastIndex;
    if (slash === "") {
      text.push(OPENED.get(name) ?? "");
      if (name === "a") link = { href: /\bhref\s*=\s*(["'])(.*?)\1/i.exec(whole)?.[2] ?? "", from: text.length };
      if (UNSHOWN.has(name) && !unclosed.has(name)) at = endOf(html, name, at) ?? (unclosed.add(name), at);
      markup.lastIndex = at;
    } else if (name === "a" && link !== undefined) {
      text.push(addressOf(link.href, text.slice(link.from).join("")));
      link = undefined;
    } else text.push(CLOSED.get(name) ?? "");
  }
  text.push(html.slice(at));
  return text.join("");
}

/** Where the element's end tag ends; undefined when it has none. */
function endOf(html: string, name: string, from: number): number | undefined {
  const end = new RegExp(`</${name}\\s*>`, "gi");
  end.lastIndex = from;
  return end.exec(html) === null ? undefined : end.lastIndex;
}

function addressOf(href: string, label: string): string {
  return /^(https?|mailto):/i.test(href) && !label.includes(href.replace(/^mailto:/i, "")) ? ` (${href})` : "";
}

export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES.get(name) ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : "�";
  });
}
