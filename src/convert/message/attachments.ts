import type { LossReason } from "../../core/losses.js";
import { safeAddress } from "./addresses.js";
import { snippetOf, type Attachment, type Snippet } from "./hosted.js";
import { asObject, listOf, nameOf, parsed, stringOf } from "./json.js";
import { languageClass, readHtml, type Resolver } from "./read-html.js";
import { element, type Node } from "./tree.js";

/** What the target has of the contents that an attachment names by their ids. */
export interface Contents {
  readonly hosted: (id: string) => string | undefined;
  readonly snippet: (id: string) => string | undefined;
}

/** Members of Adaptive, hero, thumbnail and connector cards that hold text which people read (Microsoft Teams, "Types of cards"). */
const CARD_TEXT: ReadonlySet<string> = new Set(["title", "subtitle", "summary", "text", "activityTitle", "activitySubtitle", "activityText", "name", "value", "altText"]);
const CARD_DEPTH = 40;
/** Nobody reads a longer card. */
const CARD_LINES = 2000;

/** What an attachment shows in the text: a quoted message, code, the texts of a card, a link to a file. */
export function attachmentNodes(attachment: Attachment, contents: Contents, reasons: Set<LossReason>): readonly Node[] {
  const { mediaType, name, url } = attachment;
  if (/^(forwarded)?messageReference$/i.test(mediaType)) {
    reasons.add("conversation.quote");
    return [quote(parsed(attachment.content), reasons)];
  }
  const snippet = snippetOf(attachment);
  if (snippet !== undefined) return snippetNodes(snippet, attachment.id, contents, reasons);
  if (mediaType.startsWith("application/vnd.microsoft.")) {
    reasons.add("conversation.card");
    const lines: Node[] = [];
    cardLines(parsed(attachment.content), lines, 0);
    return [element("blockquote", lines.length > 0 ? lines : [element("p", [name ?? attachment.content ?? mediaType])])];
  }
  return [element("p", [link(name ?? url ?? attachment.id, url)])];
}

/** Members of `messageReference` and `forwardedMessageReference` (Graph, "Send chatMessage in a channel or a chat", quoted and forwarded messages). */
function quote(content: unknown, reasons: Set<LossReason>): Node {
  const { messagePreview, messageSender, originalMessageContent, originalMessageSender } = asObject(content);
  const author = nameOf(messageSender ?? originalMessageSender);
  const text = typeof originalMessageContent === "string" ? readHtml(originalMessageContent, NOTHING_BESIDE, reasons) : [element("p", [stringOf(messagePreview)])];
  return element("blockquote", [...(author === "" ? [] : [element("p", [element("b", [author])])]), ...text]);
}

const NOTHING_BESIDE: Resolver = { mention: (_index, text) => `@${text}`, attachment: () => [], hosted: (_id, alt) => [alt] };

function snippetNodes({ name, language, id }: Snippet, otherwise: string, contents: Contents, reasons: Set<LossReason>): readonly Node[] {
  const code = id === undefined ? undefined : contents.snippet(id);
  if (code !== undefined) return [...(name === "" ? [] : [element("p", [name])]), element("pre", [element("code", [code], languageClass(language))])];
  const href = id === undefined ? undefined : contents.hosted(id);
  if (href === undefined) reasons.add("conversation.picture-missing");
  const label = name === "" ? otherwise : name;
  return [element("p", href === undefined ? [`[${label}]`] : [element("a", [label], { href })])];
}

function cardLines(value: unknown, lines: Node[], depth: number): void {
  if (depth > CARD_DEPTH || lines.length >= CARD_LINES) return;
  if (Array.isArray(value)) {
    for (const one of value) cardLines(one, lines, depth + 1);
    return;
  }
  const card = asObject(value);
  const url = stringOf(card["url"]) || stringOf(listOf(card["targets"])[0]?.["uri"]);
  for (const [member, told] of Object.entries(card)) {
    // What a RichTextBlock has in a line is objects or plain strings (Adaptive Cards, "RichTextBlock").
    if (member === "inlines" && Array.isArray(told)) lines.push(element("p", told.map((run: unknown) => (typeof run === "string" ? run : stringOf(asObject(run)["text"])))));
    else if (typeof told !== "string") cardLines(told, lines, depth + 1);
    else if (CARD_TEXT.has(member) && told.trim() !== "") lines.push(element("p", [link(told, url)]));
    // Address of a Loop component (Graph, "Send chatMessage in a channel or a chat").
    else if (member === "componentUrl") lines.push(element("p", [link(told, told)]));
  }
}

function link(text: string, url: string | undefined): Node {
  const href = url === undefined ? undefined : safeAddress(url);
  return href === undefined ? text : element("a", [text], { href });
}
