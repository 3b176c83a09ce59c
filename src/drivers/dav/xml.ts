import { XMLParser } from "fast-xml-parser";
import { ExodusError } from "../../core/errors.js";

export const DAV = "DAV:";

/** An element with its name in Clark notation, `{namespace}local`: prefixes are the server's free choice. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text directly inside, entities decoded. */
  readonly text: string;
}

type Node = Readonly<Record<string, unknown>>;

/** No DTD is read and no entity beyond the five of XML 1.0 and character references is expanded. */
const parser = new XMLParser({
  preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: "", processEntities: false, parseTagValue: false, parseAttributeValue: false,
  trimValues: false, ignoreDeclaration: true, ignorePiTags: true,
});

/** Parses a document. @throws ExodusError TARGET_PASSING when it is no XML (a proxy's page, a cut answer). */
export function parseXml(text: string, target: string): XmlElement {
  let nodes: readonly Node[] = [];
  try {
    nodes = parser.parse(text) as readonly Node[];
  } catch (cause) {
    throw notXml(target, cause);
  }
  const root = nodes.map((node) => elementOf(node, new Map([["", ""], ["xml", "http://www.w3.org/XML/1998/namespace"]]))).find((found) => found !== undefined);
  if (root === undefined) throw notXml(target, undefined);
  return root;
}

function notXml(target: string, cause: unknown): ExodusError {
  return new ExodusError("TARGET_PASSING", { params: { target, reason: "the answer is not XML" }, cause });
}

function elementOf(node: Node, scope: ReadonlyMap<string, string>): XmlElement | undefined {
  const tag = Object.keys(node).find((key) => key !== ":@" && key !== "#text" && !key.startsWith("?") && !key.startsWith("!"));
  if (tag === undefined) return undefined;
  const attributes = Object.fromEntries(Object.entries((node[":@"] ?? {}) as Record<string, unknown>).map(([name, value]) => [name, decoded(String(value))]));
  const inner = new Map(scope);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "xmlns") inner.set("", value);
    else if (name.startsWith("xmlns:")) inner.set(name.slice(6), value);
  }
  const content = node[tag] as readonly Node[];
  const children = content.map((child) => elementOf(child, inner)).filter((child) => child !== undefined);
  const text = content.map((child) => ("#text" in child ? decoded(String(child["#text"])) : "")).join("");
  return { name: qualified(tag, inner), attributes, children, text };
}

function qualified(tag: string, scope: ReadonlyMap<string, string>): string {
  const colon = tag.indexOf(":");
  const [prefix, local] = colon < 0 ? ["", tag] : [tag.slice(0, colon), tag.slice(colon + 1)];
  return `{${scope.get(prefix) ?? ""}}${local}`;
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The child of that name, or undefined. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

/** Text made fit for an element or attribute: escaped, and without what XML 1.0 section 2.2 forbids. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * An element written with its namespace on the spot, for example `{DAV:}displayname`; `inner` is markup already. Other namespaces than `DAV:` get a
 * prefix: Cyrus answers a property that it did not know without its namespace when the request had no prefix for it.
 */
export function tag(name: string, inner = "", attributes: Readonly<Record<string, string>> = {}): string {
  const [, namespace = "", local = ""] = /^\{(.*)\}(.*)$/.exec(name) ?? [];
  const others = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlText(value)}"`).join("");
  const [written, declaration] = namespace === DAV ? [local, "xmlns"] : [`x:${local}`, "xmlns:x"];
  return `<${written} ${declaration}="${xmlText(namespace)}"${others}>${inner}</${written}>`;
}

export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>${root}`;
}
