import type { LossReason } from "../../core/losses.js";
import { isBlank, isBlock, type Element, type ElementName, type Node } from "./tree.js";

const MARKS: ReadonlySet<ElementName> = new Set(["b", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "s", "strong", "sub", "sup", "u"]);

/** Readable text: blocks on lines of their own, lists with dashes or numbers, quotes with ">", cells between tabs, links with their address. */
export function writeText(nodes: readonly Node[], reasons: Set<LossReason>): string {
  const lines = new TextWriter(reasons).blocks(nodes).split("\n").map((line) => line.trimEnd());
  return lines.join("\n").replace(/\n{3,}/g, "\n\n").trim();
}

class TextWriter {
  readonly #reasons: Set<LossReason>;

  constructor(reasons: Set<LossReason>) {
    this.#reasons = reasons;
  }

  blocks(nodes: readonly Node[]): string {
    let text = "";
    for (const node of nodes) {
      const own = isBlock(node) && text !== "" && !text.endsWith("\n") ? "\n" : "";
      text += own + (typeof node === "string" ? node.replace(/[ \t\r\n\f]+/g, " ") : this.#written(node));
    }
    return text;
  }

  #written(node: Element): string {
    const { name, children, attributes } = node;
    if (MARKS.has(name)) this.#reasons.add("conversation.appearance");
    switch (name) {
      case "br": return "\n";
      case "hr": return "---\n";
      case "img": return `[${attributes.alt ?? ""}]`;
      case "pre": return `${raw(children)}\n`;
      case "a": return linked(this.blocks(children), attributes.href);
      case "ul": case "ol": return `${this.#items(node)}\n`;
      case "blockquote": return `> ${this.blocks(children).trim().replaceAll("\n", "\n> ")}\n\n`;
      case "tr": return `${children.map((cell) => this.#cell(cell)).join("\t")}\n`;
      case "p": case "h1": case "h2": case "h3": case "h4": case "h5": case "h6": return `${this.blocks(children).trim()}\n\n`;
      case "div": case "table": case "caption": return `${this.blocks(children).trim()}\n`;
      default: return this.blocks(children);
    }
  }

  #items({ name, children, attributes }: Element): string {
    let number = Number(attributes.start ?? "1");
    return children.map((child) => {
      const mark = name === "ol" ? `${number++}. ` : "- ";
      return `${mark}${this.blocks([child]).trim().replaceAll("\n", `\n${" ".repeat(mark.length)}`)}\n`;
    }).join("");
  }

  #cell(cell: Node): string {
    if (typeof cell !== "string" && cell.children.some(isBlock)) this.#reasons.add("conversation.cell-blocks");
    return isBlank(cell) ? "" : this.blocks([cell]).replace(/\s+/g, " ").trim();
  }
}

function linked(text: string, href: string | undefined): string {
  return href === undefined || text.includes(href.replace(/^mailto:/, "")) || `${text}/` === href ? text : `${text} (${href})`;
}

function raw(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : node.name === "br" ? "\n" : node.name === "img" ? `[${node.attributes.alt ?? ""}]` : node.name === "a" ? linked(raw(node.children), node.attributes.href) : raw(node.children))).join("");
}
