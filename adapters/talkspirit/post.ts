import { renderMessage } from "../../src/convert/message/message.js";
import { authorOf, markOf, originLine, titleOf } from "../../src/convert/message/origin.js";
import type { Lang } from "../../src/core/errors.js";
import type { Item, Loss, PlacedContainer } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import type { MessageText } from "../../src/kit/message-text.js";
import { encodeFileName, shortFileName } from "../../src/lib/file-names.js";
import { shownText } from "../../src/lib/shown-text.js";
import type { WebhookPost } from "./client.js";
import { recordLosses } from "./losses.js";

export interface PostOptions {
  readonly lang: Lang;
  /** IANA name of the zone in which dates are told. */
  readonly zone: string;
  /** Page that a post and its author's name lead to, and the author's picture. */
  readonly link?: string | undefined;
  readonly icon?: string | undefined;
  /** Where people find the hand-over package. */
  readonly handOver?: string | undefined;
}

/** Characters of a title; how many it may have is in no document. */
const TITLE_MAX = 120;
const WORDS = { en: { channel: "channel", files: "Pictures and files:" }, fr: { channel: "canal", files: "Images et fichiers :" } } as const;

/** Item id of the message that opens the thread; of that message itself, its own. */
export function rootOf({ container, record }: Item<ChatMessageRecord>): string {
  return `${container}/${record.replyTo ?? record.messageId}`;
}

/** What a message is to be: `thread` names its thread among all of a group, `opens` tells that no other of it is there. */
export interface Standing {
  readonly thread: string;
  readonly opens: boolean;
}

export function postOf(item: Item<ChatMessageRecord>, { thread, opens }: Standing, { name }: PlacedContainer, { body, snippets }: MessageText, options: PostOptions): { readonly post: WebhookPost; readonly losses: readonly Loss[] } {
  const { record, key } = item;
  const { lang, zone, link, icon } = options;
  const subject = shownText(record.subject ?? "").trim();
  // Once is enough, where the whole of it is the title.
  const shown = opens && [...subject].length <= TITLE_MAX ? { ...record, subject: undefined } : record;
  const { text, losses } = renderMessage(shown, body, "text", { lang, reactions: true, snippet: (id) => snippets.get(id) });
  const origin = originLine(record, { lang, zone, from: `Microsoft Teams, ${WORDS[lang].channel} ${shownText(name)}`, mark: markOf(key) });
  const content = [origin, text, ...filesLine(record, name, options)].filter((part) => part !== "").join("\n\n");
  const own = link === undefined ? {} : { url: link };
  return {
    post: {
      ...(opens ? { title: titleOf(record, text, lang, TITLE_MAX), ...own } : {}), content, thread_id: thread,
      contact: { display_name: authorOf(record, lang), ...own, ...(icon === undefined ? {} : { icon }) },
    },
    losses: [...losses, ...recordLosses(record)],
  };
}

/** The thread's page in the hand-over package has the pictures beside it (docs/handover.md, "Files"). */
function filesLine({ hosted, attachments, replyTo, messageId }: ChatMessageRecord, channel: string, { lang, handOver }: PostOptions): readonly string[] {
  if (handOver === undefined || (hosted.length === 0 && attachments.every(({ mediaType }) => mediaType !== "reference"))) return [];
  return [`${WORDS[lang].files} ${handOver}, channels/${shortFileName(encodeFileName(channel))}/threads/${replyTo ?? messageId}.html`];
}
