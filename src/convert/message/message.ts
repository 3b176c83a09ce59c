import type { Lang } from "../../core/errors.js";
import type { Loss } from "../../core/item.js";
import type { LossReason } from "../../core/losses.js";
import type { ChatMessageRecord } from "../../format/records.js";
import { attachmentNodes } from "./attachments.js";
import { eventText } from "./events.js";
import { MATRIX_HTML, SAFE_HTML, writeHtml } from "./html.js";
import { writeMarkdown } from "./markdown.js";
import { originLine, type OriginOptions } from "./origin.js";
import { writeText } from "./plain-text.js";
import { reactionsText } from "./reactions.js";
import { readHtml } from "./read-html.js";
import { tidy } from "./tidy.js";
import { element, type Node } from "./tree.js";

/**
 * `html`: sanitised, for any page. `matrix`: `formatted_body` of a Matrix message. `markdown`: CommonMark with GitHub's tables. `text`: for people, and `body` of
 * a Matrix message.
 */
export const MESSAGE_FORMS = ["html", "matrix", "markdown", "text"] as const;
export type MessageForm = (typeof MESSAGE_FORMS)[number];

/** What the target has for the things that a message names. Addresses given here are taken as they are. */
export interface MessageOptions {
  readonly lang: Lang;
  /** Address of a picture or snippet at the target; undefined when it is not there. */
  readonly hosted?: (id: string) => string | undefined;
  /** Code of a snippet; undefined when it is not at hand. */
  readonly snippet?: (id: string) => string | undefined;
  /** Address of a person at the target (`https://matrix.to/#/@zoe:mairie.example`), when mentions are links. */
  readonly mention?: (mention: ChatMessageRecord["mentions"][number]) => string | undefined;
  /** A last line with the reactions, for targets that have none. */
  readonly reactions?: boolean;
  /** A first line with author and date, for targets that take neither. */
  readonly origin?: Omit<OriginOptions, "lang">;
}

export interface Rendition {
  readonly text: string;
  readonly losses: readonly Loss[];
}

const WORDS = {
  en: { deleted: "This message was deleted.", edited: "(edited)", picture: "picture", reactions: "Reactions:" },
  fr: { deleted: "Ce message a été supprimé.", edited: "(modifié)", picture: "image", reactions: "Réactions :" },
} as const;

const DROPPED: ReadonlySet<LossReason> = new Set(["conversation.active-content", "conversation.appearance", "conversation.link", "conversation.picture-missing"]);

/** Matrix asks for no more than a hundred levels (client-server API, "m.room.message msgtypes"); Markdown's readers give up on quotes and lists much sooner. */
const DEPTH = { html: { elements: 100, quotes: 100 }, text: { elements: 100, quotes: 8 } } as const;

/** A message of a conversation in one form: subject, text with mentions, quotes, cards, files and pictures, and a mark when it was edited or deleted. */
export function renderMessage(record: ChatMessageRecord, body: string, form: MessageForm, options: MessageOptions): Rendition {
  const reasons = new Set<LossReason>();
  const text = write(messageNodes(record, body, options, reasons), form, reasons);
  return { text, losses: [...reasons].map((reason) => ({ field: "body", change: DROPPED.has(reason) ? "dropped" : "approximated", side: "tool", reason })) };
}

function write(nodes: readonly Node[], form: MessageForm, reasons: Set<LossReason>): string {
  const tree = tidy(nodes, form === "html" || form === "matrix" ? DEPTH.html : DEPTH.text, reasons);
  switch (form) {
    case "html": return writeHtml(tree, SAFE_HTML, reasons);
    case "matrix": return writeHtml(tree, MATRIX_HTML, reasons);
    case "markdown": return writeMarkdown(tree, reasons);
    case "text": return writeText(tree, reasons);
  }
}

function messageNodes(record: ChatMessageRecord, body: string, options: MessageOptions, reasons: Set<LossReason>): readonly Node[] {
  const words = WORDS[options.lang];
  const origin = options.origin === undefined ? [] : [paragraph("em", originLine(record, { ...options.origin, lang: options.lang }))];
  const head = [...origin, ...(record.subject === undefined ? [] : [paragraph("strong", record.subject)])];
  if (record.deletedAt !== undefined) return [...head, paragraph("em", words.deleted)];
  const event = record.kind === "event" ? eventText(record.event, options.lang) : "";
  if (record.kind === "event") reasons.add("conversation.event");
  const reactions = options.reactions === true ? reactionsText(record.reactions) : "";
  return [
    ...head, ...bodyNodes(record, body, options, reasons), ...(event === "" ? [] : [paragraph("em", event)]),
    ...(record.editedAt === undefined ? [] : [paragraph("em", words.edited)]), ...(reactions === "" ? [] : [element("p", [`${words.reactions} ${reactions}`])]),
  ];
}

/** The text, with each attachment where it stands, and once; those that stand nowhere come last. */
function bodyNodes(record: ChatMessageRecord, body: string, options: MessageOptions, reasons: Set<LossReason>): readonly Node[] {
  const waiting = [...record.attachments];
  const contents = { hosted: (id: string) => options.hosted?.(id), snippet: (id: string) => options.snippet?.(id) };
  const text = record.format === "text" ? lines(body) : readHtml(body, {
    mention: (index, name) => mentionNode(record, index, name, options),
    attachment: (id) => {
      const at = waiting.findIndex((one) => one.id === id);
      return at < 0 ? [] : waiting.splice(at, 1).flatMap((attachment) => attachmentNodes(attachment, contents, reasons));
    },
    hosted: (id, told) => {
      const [src, alt] = [contents.hosted(id), told === "" ? WORDS[options.lang].picture : told];
      if (src === undefined) reasons.add("conversation.picture-missing");
      return [src === undefined ? `[${alt}]` : element("img", [], { src, alt })];
    },
  }, reasons);
  return [...text, ...waiting.flatMap((attachment) => attachmentNodes(attachment, contents, reasons))];
}

function mentionNode({ mentions }: ChatMessageRecord, index: number, told: string, options: MessageOptions): Node {
  const mention = mentions.find((one) => one.index === index);
  const name = told === "" ? (mention?.text ?? "") : told;
  const text = name.startsWith("@") ? name : `@${name}`;
  const href = mention === undefined ? undefined : options.mention?.(mention);
  return href === undefined ? text : element("a", [text], { href });
}

function lines(body: string): readonly Node[] {
  return [element("p", body.replace(/\r\n?/g, "\n").split("\n").flatMap((line, at) => (at === 0 ? [line] : [element("br"), line])))];
}

function paragraph(mark: "strong" | "em", text: string): Node {
  return element("p", [element(mark, [text])]);
}
