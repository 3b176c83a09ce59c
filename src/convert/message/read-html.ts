import { Parser } from "htmlparser2";
import type { LossReason } from "../../core/losses.js";
import { safeAddress } from "./addresses.js";
import { hostedIdOf } from "./hosted.js";
import { element, ELEMENTS, textOf, type Attributes, type Element, type ElementName, type Node } from "./tree.js";

/** Nobody writes nested deeper. The text of what is deeper is kept. */
const DEPTH = 100;
/** Nobody writes so many either, and tags that are never closed cost the parser time that grows with their square. */
const TAGS = 30_000;

/** What stands for the things of a message that lie beside its text. */
export interface Resolver {
  readonly mention: (index: number, text: string) => Node;
  readonly attachment: (id: string) => readonly Node[];
  readonly hosted: (id: string, alt: string) => readonly Node[];
}

type Given = Readonly<Record<string, string>>;

const KNOWN: ReadonlySet<string> = new Set(ELEMENTS);
/** Text in these is no text of the message. */
const LEFT_OUT: ReadonlySet<string> = new Set(["script", "style", "title", "head", "template", "iframe", "object", "embed", "applet", "noscript", "noframes", "noembed", "svg", "math", "audio", "video", "canvas"]);
const ACTIVE: ReadonlySet<string> = new Set(["script", "iframe", "object", "embed", "applet", "form", "input", "button", "select", "textarea", "svg", "math", "audio", "video", "canvas", "link", "meta", "base"]);
const RENAMED: Readonly<Record<string, ElementName>> = {
  codeblock: "pre", listing: "pre", strike: "s", ins: "u", tt: "code", kbd: "code", samp: "code", article: "div", section: "div", header: "div", footer: "div", address: "div", center: "div", dl: "div", dt: "p", dd: "p", figure: "div", figcaption: "p", details: "div", summary: "p", tfoot: "tbody",
};
const VOID: ReadonlySet<string> = new Set(["br", "hr", "img"]);

/** Reads a message's HTML into a tree that can hold nothing but permitted elements and judged addresses: whatever is written from it is safe. */
export function readHtml(html: string, resolver: Resolver, reasons: Set<LossReason>): readonly Node[] {
  if ((html.match(/</g)?.length ?? 0) > TAGS) {
    reasons.add("conversation.too-many-tags");
    return [element("pre", [html])];
  }
  const reader = new Reader(resolver, reasons);
  const parser = new Parser({ onopentag: (name, given) => reader.opened(name, given), ontext: (text) => reader.text(text), onclosetag: () => reader.closed() });
  parser.end(html);
  return reader.root.children;
}

/** A tag that the source has open, and where its content goes. */
interface Open {
  readonly name: string;
  readonly into: Element;
  readonly depth: number;
  /** Language of a code block, for the code in it. */
  readonly language?: string;
  readonly done?: () => void;
}

class Reader {
  readonly root = element("div");
  readonly #open: Open[] = [];
  readonly #resolver: Resolver;
  readonly #reasons: Set<LossReason>;
  /** How many open tags have no text of the message in them. */
  #silent = 0;

  constructor(resolver: Resolver, reasons: Set<LossReason>) {
    this.#resolver = resolver;
    this.#reasons = reasons;
  }

  get #here(): Open {
    return this.#open.at(-1) ?? { name: "", into: this.root, depth: 0 };
  }

  text(text: string): void {
    if (this.#silent > 0) return;
    const { children } = this.#here.into;
    const last = children.at(-1);
    // The parser gives each character reference by itself.
    if (typeof last === "string") children[children.length - 1] = last + text;
    else children.push(text);
  }

  opened(name: string, given: Given): void {
    if (ACTIVE.has(name) || Object.keys(given).some((attribute) => attribute.startsWith("on"))) this.#reasons.add("conversation.active-content");
    if (LEFT_OUT.has(name)) this.#silent += 1;
    if (this.#silent > 0) return this.#unwrapped(name);
    if ("style" in given || "color" in given || name === "font") this.#reasons.add("conversation.appearance");
    const put = (...nodes: readonly Node[]): void => void this.#here.into.children.push(...nodes);
    if (name === "at") return this.#mention(given);
    if (name === "attachment") put(...this.#resolver.attachment(given["id"] ?? ""));
    else if (name === "emoji" || name === "customemoji") put(given["alt"] ?? given["title"] ?? "");
    else if (name === "img") put(...this.#picture(given));
    else if (name === "br" || name === "hr") put(element(name));
    const made = (Object.hasOwn(RENAMED, name) ? RENAMED[name] : name) as ElementName;
    if (!KNOWN.has(made) || VOID.has(made)) return this.#unwrapped(name);
    const { into, depth, language: inBlock } = this.#here;
    if (depth >= DEPTH) {
      this.#reasons.add("conversation.nesting");
      return this.#unwrapped(name);
    }
    const child = element(made, [], this.#attributes(made, given, inBlock));
    into.children.push(child);
    this.#open.push({ name, into: child, depth: depth + 1, ...(name === "codeblock" ? { language: given["class"] ?? "" } : {}) });
  }

  closed(): void {
    const closed = this.#open.pop();
    if (closed !== undefined && LEFT_OUT.has(closed.name)) this.#silent -= 1;
    closed?.done?.();
  }

  #unwrapped(name: string): void {
    const { into, depth } = this.#here;
    this.#open.push({ name, into, depth });
  }

  #mention(given: Given): void {
    const [{ into, depth }, held] = [this.#here, element("div")];
    this.#open.push({ name: "at", into: held, depth, done: () => void into.children.push(this.#resolver.mention(Number.parseInt(given["id"] ?? "", 10), textOf(held.children))) });
  }

  /** Pictures that Teams hosts are beside the message; emoji are their own text; others would tell their server who reads. */
  #picture(given: Given): readonly Node[] {
    const [src, alt] = [given["src"] ?? "", given["alt"] ?? ""];
    const hosted = hostedIdOf(src);
    if (hosted !== undefined) return this.#resolver.hosted(hosted, alt);
    if (given["itemtype"]?.endsWith("/Emoji") === true) return [alt];
    this.#reasons.add("conversation.outside-picture");
    const href = safeAddress(src);
    return href === undefined ? [alt] : [element("a", [alt === "" ? href : alt], { href })];
  }

  #attributes(name: ElementName, given: Given, inBlock: string | undefined): Attributes {
    if (name === "a") {
      const href = safeAddress(given["href"] ?? "");
      if (href === undefined && given["href"]) this.#reasons.add("conversation.link");
      return href === undefined ? {} : { href };
    }
    if (name === "code") return languageClass(inBlock ?? /^language-(.+)$/.exec(given["class"] ?? "")?.[1] ?? "");
    if (name === "ol" && /^\d{1,6}$/.test(given["start"] ?? "")) return { start: given["start"] ?? "" };
    return name === "td" || name === "th" ? { ...span("colspan", given), ...span("rowspan", given) } : {};
  }
}

export function languageClass(name: string): Attributes {
  const clean = name.toLowerCase().replace(/[^a-z0-9+#-]/g, "");
  return clean === "" ? {} : { class: `language-${clean}` };
}

function span(attribute: "colspan" | "rowspan", given: Given): Attributes {
  const told = given[attribute] ?? "";
  return /^[1-9]\d{0,2}$/.test(told) && told !== "1" ? { [attribute]: told } : {};
}
