import type { LossReason } from "../../core/losses.js";
import type { Attributes, Element, ElementName, Node } from "./tree.js";

/** What a kind of HTML permits: elements with their attributes, and schemes of addresses (none told: whatever was judged before). */
export interface Permitted {
  readonly elements: Readonly<Partial<Record<ElementName, readonly (keyof Attributes)[]>>>;
  readonly links?: ReadonlySet<string>;
  readonly pictures?: ReadonlySet<string>;
}

const TEXT: Permitted["elements"] = {
  a: ["href"], b: [], blockquote: [], br: [], caption: [], code: ["class"], del: [], div: [], em: [], h1: [], h2: [], h3: [], h4: [], h5: [], h6: [], hr: [], i: [], img: ["src", "alt"], li: [], ol: ["start"], p: [],
  pre: [], s: [], strong: [], sub: [], sup: [], table: [], tbody: [], thead: [], tr: [], u: [], ul: [],
};

/** HTML of this program's own pages and of other targets that show HTML. */
export const SAFE_HTML: Permitted = { elements: { ...TEXT, td: ["colspan", "rowspan"], th: ["colspan", "rowspan"] } };

/** `org.matrix.custom.html` (Matrix client-server API v1.18, "m.room.message msgtypes"): no cell spans, no telephone numbers, pictures of its own only. */
export const MATRIX_HTML: Permitted = { elements: { ...TEXT, td: [], th: [] }, links: new Set(["http", "https", "mailto"]), pictures: new Set(["mxc"]) };

const EMPTY: ReadonlySet<string> = new Set(["br", "hr", "img"]);

/** Writes a tree as HTML. What is not permitted leaves its content; `reasons` gets what that costs. */
export function writeHtml(nodes: readonly Node[], permitted: Permitted, reasons: Set<LossReason>): string {
  return nodes.map((node) => (typeof node === "string" ? escaped(node) : written(node, permitted, reasons))).join("");
}

function written(node: Element, permitted: Permitted, reasons: Set<LossReason>): string {
  const { name, children } = node;
  const attributes = permitted.elements[name];
  if (attributes === undefined) return writeHtml(children, permitted, reasons);
  if (!opens(node.attributes.src, permitted.pictures)) {
    reasons.add("conversation.picture-missing");
    return escaped(`[${node.attributes.alt ?? ""}]`);
  }
  if (!opens(node.attributes.href, permitted.links)) {
    reasons.add("conversation.link");
    return writeHtml(children, permitted, reasons);
  }
  const told = Object.entries(node.attributes) as [keyof Attributes, string][];
  if (told.some(([attribute]) => !attributes.includes(attribute))) reasons.add("conversation.cell-spans");
  const start = `<${name}${told.filter(([attribute]) => attributes.includes(attribute)).map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`).join("")}>`;
  if (EMPTY.has(name)) return start;
  const inside = writeHtml(children, permitted, reasons);
  // A line end right after the start tag would be taken for none (WHATWG, "The pre element").
  return `${start}${name === "pre" && inside.startsWith("\n") ? "\n" : ""}${inside}</${name}>`;
}

function opens(address: string | undefined, schemes: ReadonlySet<string> | undefined): boolean {
  return address === undefined || schemes === undefined || schemes.has(address.slice(0, address.indexOf(":")).toLowerCase());
}

/** For content and attribute values. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
