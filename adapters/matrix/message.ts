import { createHash } from "node:crypto";
import { renderMessage } from "../../src/convert/message/message.js";
import { hostedName } from "../../src/convert/message/hosted.js";
import type { Lang } from "../../src/core/errors.js";
import type { BlobRef, Loss } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { importanceLosses } from "../../src/kit/message-losses.js";
import type { MovedLinks } from "./moved-links.js";
import type { People } from "./people.js";
import { AUTHOR, SOURCE } from "./keys.js";

/** Bytes of an event's content as JSON: an event has 65 536 in all (client-server API, "Size limits"). */
const CONTENT_MAX = 55_000;
/** Characters of a text that is too long for an event, before the file with the whole of it. */
const EXCERPT = 2_000;

/** A picture or file that a message brings along. */
export interface Part {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  /** Of the vault; else `text` is what it holds. */
  readonly blob?: BlobRef;
  readonly text?: string;
  readonly mediaType?: string;
}

/** What a message is to be at the target, but for its relation and the addresses of its parts. */
export interface Draft {
  readonly content: Readonly<Record<string, unknown>>;
  readonly parts: readonly Part[];
  readonly losses: readonly Loss[];
}

export interface DraftOptions {
  readonly people: People;
  readonly lang: Lang;
  readonly links: MovedLinks;
  /** Texts of the snippets that are short enough, by id. */
  readonly snippets: ReadonlyMap<string, string>;
}

export function draftOf(source: string, told: ChatMessageRecord, text: string, blobs: readonly BlobRef[], { people, lang, links, snippets }: DraftOptions): Draft {
  const body = links.in(text);
  const record = { ...told, attachments: told.attachments.map((one) => (one.url === undefined ? one : { ...one, url: links.in(one.url) })) };
  const hosted = new Set(record.hosted.map(({ id }) => id));
  // Pictures are events of their own, which every client shows; in the text their description stands for them.
  let missing = false;
  const options = {
    lang, snippet: (id: string) => snippets.get(id),
    hosted: (id: string) => {
      missing ||= !hosted.has(id);
      return undefined;
    },
  };
  const linked = {
    ...options, mention: ({ person }: ChatMessageRecord["mentions"][number]) => (person === undefined ? undefined : `https://matrix.to/#/${encodeURIComponent(people.of(person).user)}`),
  };
  const plain = renderMessage(record, body, "text", options);
  const formatted = renderMessage(record, body, "matrix", linked);
  const losses = formatted.losses.filter(({ reason }) => reason !== "conversation.picture-missing" || missing);
  const mentioned = [...new Set(record.mentions.flatMap(({ person }) => (person === undefined ? [] : [people.of(person).user])))];
  const own = { [SOURCE]: source, ...(record.author?.id === undefined ? {} : { [AUTHOR]: record.author.id }) };
  const content = {
    msgtype: record.kind === "event" ? "m.notice" : "m.text", body: plain.text, format: "org.matrix.custom.html", formatted_body: formatted.text, "m.mentions": mentioned.length === 0 ? {} : { user_ids: mentioned }, ...own,
  };
  const parts = record.hosted.flatMap(({ id, sha256, size, mediaType }): Part[] => {
    const blob = blobs.find((one) => one.sha256 === sha256);
    return snippets.has(id) || blob === undefined ? [] : [{ id, name: hostedName(id, record), sha256, size, blob, ...(mediaType === undefined ? {} : { mediaType }) }];
  });
  if (Buffer.byteLength(JSON.stringify(content)) <= CONTENT_MAX) return { content, parts, losses: [...losses, ...importanceLosses(record)] };
  const whole = textPart(formatted.text);
  return {
    content: { msgtype: content.msgtype, body: `${excerpt(plain.text)}…`, "m.mentions": content["m.mentions"], ...own },
    parts: [...parts, whole],
    losses: [...losses, ...importanceLosses(record), { field: "body", change: "approximated", side: "target", reason: "conversation.long-text" }],
  };
}

/** Whole characters only. */
function excerpt(text: string): string {
  return [...text.slice(0, EXCERPT * 2)].slice(0, EXCERPT).join("");
}

function textPart(html: string): Part {
  const text = `<!doctype html>\n<meta charset="utf-8">\n${html}\n`;
  return { id: "text", name: "message.html", sha256: sha256Of(text), size: Buffer.byteLength(text), text, mediaType: "text/html" };
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
