/** Elements that a message may have, whatever its form. Everything else is unwrapped or left out when the message is read. */
export const ELEMENTS = [
  "a", "b", "blockquote", "br", "caption", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "strong", "sub", "sup",
  "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
] as const;
export type ElementName = (typeof ELEMENTS)[number];

/** Attributes are already judged: `href` and `src` have an address that may be opened, `class` is the language of code. */
export interface Attributes {
  readonly href?: string;
  readonly src?: string;
  readonly alt?: string;
  readonly class?: string;
  readonly start?: string;
  readonly colspan?: string;
  readonly rowspan?: string;
}

export interface Element {
  readonly name: ElementName;
  readonly attributes: Attributes;
  readonly children: Node[];
}

/** Text, or an element. */
export type Node = string | Element;

export function element(name: ElementName, children: readonly Node[] = [], attributes: Attributes = {}): Element {
  return { name, attributes, children: [...children] };
}

const BLOCKS: ReadonlySet<ElementName> = new Set(["blockquote", "caption", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"]);

export function isBlock(node: Node): boolean {
  return typeof node !== "string" && BLOCKS.has(node.name);
}

/** Blocks one by one, and what stands between them as runs. */
export function eachRun<T>(nodes: readonly Node[], run: (inline: readonly Node[]) => readonly T[], block: (node: Element) => readonly T[]): T[] {
  const [out, open]: [T[], Node[]] = [[], []];
  const flush = (): void => {
    if (open.length > 0) for (const made of run(open.splice(0))) out.push(made);
  };
  for (const node of nodes) {
    if (typeof node === "string" || !isBlock(node)) open.push(node);
    else {
      flush();
      for (const made of block(node)) out.push(made);
    }
  }
  flush();
  return out;
}

/** Text that HTML shows as nothing (WHATWG, "ASCII whitespace"). */
export function isBlank(node: Node): boolean {
  return typeof node === "string" && /^[ \t\n\f\r]*$/.test(node);
}

/** All text below, as it stands. */
export function textOf(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : node.name === "br" ? "\n" : node.name === "img" ? (node.attributes.alt ?? "") : textOf(node.children))).join("");
}

/** All text below on one line: what blocks kept apart, a space does. */
export function lineOf(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : node.name === "br" ? " " : node.name === "img" ? (node.attributes.alt ?? "") : isBlock(node) ? ` ${lineOf(node.children)} ` : lineOf(node.children))).join("");
}
