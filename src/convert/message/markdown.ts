import type { LossReason } from "../../core/losses.js";
import { eachRun, isBlock, lineOf, textOf, type Element, type ElementName, type Node } from "./tree.js";

/** CommonMark 0.31 with the tables and deletions of GitHub's. No HTML is ever written: every character that could start some is escaped. */
export function writeMarkdown(nodes: readonly Node[], reasons: Set<LossReason>): string {
  return new MarkdownWriter(reasons).blocks(nodes).join("\n\n");
}

const MARKS: Readonly<Partial<Record<ElementName, string>>> = { b: "**", strong: "**", i: "*", em: "*", s: "~~", del: "~~" };

class MarkdownWriter {
  readonly #reasons: Set<LossReason>;
  readonly #open = new Set<string>();

  constructor(reasons: Set<LossReason>) {
    this.#reasons = reasons;
  }

  /** Each entry is a block; runs of text between blocks are paragraphs. Of two lists side by side the second has another mark: it would be one list else. */
  blocks(nodes: readonly Node[]): string[] {
    let before: { readonly name: string; readonly second: boolean } = { name: "", second: false };
    return eachRun(nodes, (run) => {
      before = { name: "", second: false };
      return paragraph(this.#inline(run));
    }, (node) => {
      before = { name: node.name, second: before.name === node.name && !before.second };
      return this.#block(node, before.second);
    });
  }

  #block(node: Element, second: boolean): string[] {
    const { name, children } = node;
    switch (name) {
      case "hr": return ["___"];
      case "pre": return fenced(node);
      case "blockquote": return quoted(this.blocks(children));
      case "ul": case "ol": return this.#list(node, second);
      case "table": return this.#table(node);
      case "h1": case "h2": case "h3": case "h4": case "h5": case "h6": {
        const text = oneLine(this.#inline(children));
        return text === "" ? [] : [`${"#".repeat(Number(name[1]))} ${text}`];
      }
      default: return this.blocks(children);
    }
  }

  #list({ name, children, attributes }: Element, second: boolean): string[] {
    let number = Number(attributes.start ?? "1");
    const items = children.flatMap((child) => {
      const inside = this.blocks(typeof child === "string" ? [child] : child.children);
      if (inside.length === 0) return [];
      const mark = name === "ol" ? `${number++}${second ? ")" : "."} ` : second ? "* " : "- ";
      return [`${mark}${indented(inside.join("\n\n"), " ".repeat(mark.length))}`];
    });
    return items.length === 0 ? [] : [items.join("\n")];
  }

  /** Cells hold one line: blocks in them become text. The first row is the head, since Markdown has no table without one. */
  #table({ children }: Element): string[] {
    const [before, rows]: [string[], string[][]] = [[], []];
    const walk = (nodes: readonly Node[]): void => {
      for (const node of nodes) {
        if (typeof node === "string" || node.name === "caption") before.push(...this.blocks([node]));
        else if (node.name === "tr") rows.push(node.children.map((cell) => this.#cell(cell)));
        else walk(node.children);
      }
    };
    walk(children);
    const width = rows.reduce((most, cells) => Math.max(most, cells.length), 0);
    const line = (cells: readonly string[]): string => `| ${Array.from({ length: width }, (_, at) => cells[at] ?? "").join(" | ")} |`;
    const [head = [], ...rest] = rows;
    return width === 0 ? before : [...before, [line(head), line(Array.from({ length: width }, () => "---")), ...rest.map(line)].join("\n")];
  }

  #cell(cell: Node): string {
    if (typeof cell === "string") return oneLine(plain(cell));
    if (cell.attributes.colspan !== undefined || cell.attributes.rowspan !== undefined) this.#reasons.add("conversation.cell-spans");
    const blocks = cell.children.some(isBlock);
    if (blocks) this.#reasons.add("conversation.cell-blocks");
    // A bar ends the cell even in code (GitHub Flavored Markdown, "Tables"); escaped text has its backslash already.
    return oneLine(blocks ? plain(lineOf(cell.children)) : this.#inline(cell.children, "", (code) => code.replaceAll("|", "\\|")));
  }

  /** `before`: what stands on the left, on which it depends whether marks hold. */
  #inline(nodes: readonly Node[], before = "", inCode: (code: string) => string = (code) => code): string {
    let text = "";
    for (const node of nodes) text += typeof node === "string" ? plain(node) : this.#element(node, text === "" ? before : text, inCode);
    return text;
  }

  #element({ name, children, attributes }: Element, before: string, inCode: (code: string) => string): string {
    switch (name) {
      case "br": return "\n";
      case "code": return this.#code(textOf(children), before, inCode);
      case "img": return `![${plain(attributes.alt ?? "")}](${target(attributes.src ?? "")})`;
    }
    const mark = MARKS[name];
    if (mark !== undefined) return this.#marked(mark, children, before, inCode);
    const inside = this.#inline(children, name === "a" ? "" : before, inCode);
    switch (name) {
      case "a": return `[${oneLine(inside)}](${target(attributes.href ?? "")})`;
      case "u": case "sub": case "sup":
        this.#reasons.add("conversation.appearance");
        return inside;
      default: return inside;
    }
  }

  /** Two spans side by side would be one, and its ticks text. */
  #code(text: string, before: string, inCode: (code: string) => string): string {
    if (!before.endsWith("`")) return codeSpan(inCode(text));
    this.#reasons.add("conversation.appearance");
    return plain(text);
  }

  /** Marks hold only when letters or digits stand inside of them (CommonMark, "Emphasis and strong emphasis"), and neither beside other marks nor in their like. */
  #marked(mark: string, children: readonly Node[], before: string, inCode: (code: string) => string): string {
    if (this.#open.has(mark)) return this.#inline(children, before, inCode);
    this.#open.add(mark);
    const inside = this.#inline(children, before, inCode);
    this.#open.delete(mark);
    const lines = inside.split("\n").map((line, at) => {
      const text = line.trim();
      if (text === "") return line;
      const [lead, tail] = [line.slice(0, line.length - line.trimStart().length), line.slice(line.trimEnd().length)];
      const holds = (at > 0 || lead !== "" || !/[*~]$/.test(before)) && /^[\p{L}\p{N}]/u.test(text) && /[\p{L}\p{N}]$/u.test(text);
      if (!holds) this.#reasons.add("conversation.appearance");
      return holds ? `${lead}${mark}${text}${mark}${tail}` : line;
    });
    return lines.join("\n");
  }
}

/** A line end here is a line break that was asked for. Signs that begin a block do so at the start of a line only. */
function paragraph(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim().replace(/^([-+=])/, "\\$1").replace(/^(\d{1,9})([.)])/, "$1\\$2"));
  const [from, to] = [lines.findIndex((line) => line !== ""), lines.findLastIndex((line) => line !== "")];
  return from < 0 ? [] : [lines.slice(from, to + 1).join("\\\n")];
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ").trim();
}

function quoted(inside: readonly string[]): string[] {
  return inside.length === 0 ? [] : [inside.join("\n\n").split("\n").map((line) => (line === "" ? ">" : `> ${line}`)).join("\n")];
}

function indented(text: string, by: string): string {
  return text.split("\n").map((line, at) => (at === 0 || line === "" ? line : `${by}${line}`)).join("\n");
}

function fenced(node: Element): string[] {
  const code = textOf(node.children).replace(/\n$/, "");
  if (code.trim() === "") return [];
  const fence = "`".repeat(Math.max(3, longestRun(code) + 1));
  return [`${fence}${languageOf(node)}\n${code}\n${fence}`];
}

function languageOf({ attributes, children }: Element): string {
  if (attributes.class !== undefined) return attributes.class.replace("language-", "");
  for (const child of children) {
    const language = typeof child === "string" ? "" : languageOf(child);
    if (language !== "") return language;
  }
  return "";
}

function codeSpan(text: string): string {
  const code = text.replace(/\s+/g, " ");
  if (code.trim() === "") return code;
  const ticks = "`".repeat(longestRun(code) + 1);
  return /^[` ]|[` ]$/.test(code) ? `${ticks} ${code} ${ticks}` : `${ticks}${code}${ticks}`;
}

function longestRun(text: string): number {
  return text.match(/`+/g)?.reduce((longest, run) => Math.max(longest, run.length), 0) ?? 0;
}

function target(address: string): string {
  return `<${address.replace(/[<>\s\\|]/g, (character) => encodeURIComponent(character))}>`;
}

function plain(text: string): string {
  return text.replace(/[ \t\r\n\f]+/g, " ").replace(/[\\`*_{}[\]<>#|~&!]/g, "\\$&");
}
