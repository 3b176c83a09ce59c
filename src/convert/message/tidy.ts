import type { LossReason } from "../../core/losses.js";
import { element, eachRun, isBlank, isBlock, lineOf, type Attributes, type Element, type ElementName, type Node } from "./tree.js";

/** How deep a form goes: elements in one another, and among them quotes and lists. */
export interface Depth {
  readonly elements: number;
  readonly quotes: number;
}

/**
 * Puts what was read into the order that HTML prescribes (WHATWG, "content model" of each element): blocks outside of marks and paragraphs, items in lists,
 * cells in rows, no link in a link. Every reader then sees the same, and the writers need to know no other case. Nothing is moved past anything.
 */
export function tidy(nodes: readonly Node[], depth: Depth, reasons: Set<LossReason>): readonly Node[] {
  return limited(flow(once(nodes, [], reasons).map((node) => cleaned(node, reasons))), 0, 0, depth, reasons);
}

/** Elements that say no more when they stand in their like. */
const ONCE: ReadonlySet<ElementName> = new Set(["a", "b", "code", "del", "em", "i", "s", "strong", "sub", "sup", "u"]);

function once(nodes: readonly Node[], open: readonly ElementName[], reasons: Set<LossReason>): Node[] {
  return nodes.flatMap((node) => {
    if (typeof node === "string") return [node];
    const { name, children, attributes } = node;
    if (open.includes(name)) {
      if (name === "a") reasons.add("conversation.link");
      if (name === "sub" || name === "sup") reasons.add("conversation.appearance");
      return once(children, open, reasons);
    }
    if (name === "a" && attributes.href === undefined) return once(children, open, reasons);
    const inside = once(children, ONCE.has(name) ? [...open, name] : open, reasons);
    // A link without text would be seen by nobody.
    return [element(name, name === "a" && lineOf(inside).trim() === "" ? [attributes.href ?? ""] : inside, attributes)];
  });
}

function cleaned(node: Node, reasons: Set<LossReason>): Node {
  if (typeof node === "string") return legible(node, reasons);
  const attributes = Object.entries(node.attributes).map(([name, value]: [string, string]) => [name, legible(value, reasons)]);
  return element(node.name, node.children.map((child) => cleaned(child, reasons)), Object.fromEntries(attributes) as Attributes);
}

/** Controls and halves of characters have no place in HTML (WHATWG, "control-character-in-input-stream"), nor in UTF-8. */
function legible(text: string, reasons: Set<LossReason>): string {
  const told = text.replace(/\r\n?/g, "\n").replace(/[\v\f]/g, " ");
  const shown = told.toWellFormed().replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g, "\ufffd");
  if (shown !== told) reasons.add("conversation.characters");
  return shown;
}

/** Blocks and runs of text side by side; no run has a block in it. */
function flow(nodes: readonly Node[]): Node[] {
  const placed = nodes.flatMap((node) => (typeof node === "string" ? [node] : inPlace(node)));
  return placed.some(isBlock) ? eachRun<Node>(placed, (run) => (run.every(isBlank) ? [] : run), (block) => [block]) : placed;
}

function inPlace(node: Element): readonly Node[] {
  const { name, children, attributes } = node;
  switch (name) {
    case "br": case "hr": case "img": return [node];
    case "pre": return [preformatted(children)];
    case "ul": case "ol": return list(node);
    case "table": return filled(element("table", sections(children)));
    case "li": return [element("ul", [element("li", flow(children))])];
    case "blockquote": case "div": return [element(name, flow(children))];
    case "thead": case "tbody": case "tr": case "td": case "th": case "caption": return [element("div", flow(children))];
    // Paragraphs, headings and marks hold text only: around blocks they are cut, and go on in those.
    case "p": case "h1": case "h2": case "h3": case "h4": case "h5": case "h6": return eachRunOrNone(flow(children), (run) => [element(name, run)], (block) => [block]);
    default: return marked({ name, children, attributes }, flow(children));
  }
}

function eachRunOrNone(nodes: readonly Node[], run: (inline: readonly Node[]) => readonly Node[], block: (node: Element) => readonly Node[]): readonly Node[] {
  return nodes.length === 0 ? run([]) : eachRun(nodes, run, block);
}

function marked(mark: Element, nodes: readonly Node[]): readonly Node[] {
  return eachRunOrNone(nodes, (run) => (run.length > 0 && run.every(isBlank) ? run : [element(mark.name, run, mark.attributes)]), (block) => [block.name === "hr" ? block : element(block.name, block.children.length === 0 ? [] : marked(mark, block.children), block.attributes)]);
}

/** Line ends count here: blocks become lines. The line end right after the start tag is none (WHATWG, "The pre element"). */
function preformatted(children: readonly Node[]): Element {
  const lines = (nodes: readonly Node[]): Node[] => nodes.flatMap((node) => {
    if (typeof node === "string") return [node];
    if (node.name === "hr") return ["\n"];
    const inside = lines(node.children);
    return isBlock(node) ? [...inside, "\n"] : [element(node.name, inside, node.attributes)];
  });
  const [first, ...rest] = lines(children);
  return element("pre", first === undefined ? [] : [typeof first === "string" ? first.replace(/^\n/, "") : first, ...rest]);
}

function list({ name, children, attributes }: Element): Node[] {
  const items: Element[] = [];
  let stray: Element | undefined;
  for (const child of children) {
    if (typeof child !== "string" && child.name === "li") {
      stray = undefined;
      items.push(element("li", flow(child.children)));
    } else if (typeof child !== "string" && (child.name === "ul" || child.name === "ol") && items.length > 0) items.at(-1)?.children.push(...list(child));
    else if (!isBlank(child) || stray !== undefined) {
      if (stray === undefined) items.push((stray = element("li")));
      stray.children.push(...flow([child]));
    }
  }
  return filled(element(name, items, attributes));
}

/** A browser puts rows into a body where none is told: so do we, for all to see the same. */
function sections(children: readonly Node[]): Node[] {
  const [out, loose]: [Node[], Node[]] = [[], []];
  const flush = (): void => void out.push(...filled(element("tbody", rows(loose.splice(0)))));
  for (const child of children) {
    const name = typeof child === "string" ? "" : child.name;
    if (typeof child !== "string" && (name === "thead" || name === "tbody")) {
      flush();
      out.push(...filled(element(child.name, rows(child.children))));
    } else if (typeof child !== "string" && name === "caption" && out.length === 0 && loose.every(isBlank)) out.push(element("caption", flow(child.children)));
    else loose.push(child);
  }
  flush();
  return out;
}

function rows(children: readonly Node[]): Node[] {
  const [out, stray]: [Node[], Node[]] = [[], []];
  const flush = (): void => void out.push(...filled(element("tr", cells(stray.splice(0)))));
  for (const child of children) {
    if (typeof child === "string" || child.name !== "tr") stray.push(child);
    else {
      flush();
      out.push(...filled(element("tr", cells(child.children))));
    }
  }
  flush();
  return out;
}

function cells(children: readonly Node[]): Node[] {
  const out: Element[] = [];
  let stray: Element | undefined;
  for (const child of children) {
    if (typeof child !== "string" && (child.name === "td" || child.name === "th")) {
      stray = undefined;
      out.push(element(child.name, flow(child.children), child.attributes));
    } else if (!isBlank(child) || stray !== undefined) {
      if (stray === undefined) out.push((stray = element("td")));
      stray.children.push(...flow([child]));
    }
  }
  return out;
}

function filled(node: Element): Node[] {
  return node.children.length === 0 ? [] : [node];
}

/** Levels that an element needs to be whole: a table's cell is its fourth. */
const ROOM: Readonly<Partial<Record<ElementName, number>>> = { table: 4, ul: 2, ol: 2 };

function limited(nodes: readonly Node[], level: number, quotes: number, depth: Depth, reasons: Set<LossReason>): Node[] {
  return nodes.map((node) => {
    if (typeof node === "string") return node;
    const { name, attributes } = node;
    if (level + (ROOM[name] ?? 1) > depth.elements) {
      reasons.add("conversation.nesting");
      return lineOf([node]);
    }
    const quote = name === "blockquote" || name === "ul" || name === "ol";
    if (!quote || quotes < depth.quotes) return element(name, limited(node.children, level + 1, quotes + (quote ? 1 : 0), depth, reasons), attributes);
    reasons.add("conversation.nesting");
    const flat = node.children.map((child) => (name === "blockquote" || typeof child === "string" ? child : element("div", child.children)));
    return element("div", limited(flat, level + 1, quotes, depth, reasons));
  });
}
