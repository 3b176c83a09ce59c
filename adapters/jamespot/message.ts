import { hostedName } from "../../src/convert/message/hosted.js";
import { renderMessage } from "../../src/convert/message/message.js";
import { titleOf } from "../../src/convert/message/origin.js";
import type { Lang } from "../../src/core/errors.js";
import type { BlobRef, Item, Loss } from "../../src/core/item.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import { messageLosses, pictureBeside } from "./losses.js";

/** Characters of an article's title; no limit is documented, and longer ones are no titles. */
const TITLE = 120;

/** A picture or file that hangs on a post. */
export interface Part {
  readonly name: string;
  readonly blob: BlobRef;
  readonly mediaType?: string;
}

/** What a message is to be at the target. */
export interface Draft {
  readonly title: string;
  readonly html: string;
  readonly parts: readonly Part[];
  readonly losses: readonly Loss[];
}

export interface DraftOptions {
  readonly lang: Lang;
  /** IANA name of the zone in which dates are told. */
  readonly zone: string;
  readonly mark: string;
  /** An article has a title, which is the subject; a comment has none. */
  readonly titled: boolean;
  readonly snippets: ReadonlyMap<string, string>;
}

export function draftOf({ record: told, parts: blobs }: Pick<Item<ChatMessageRecord>, "record" | "parts">, body: string, { lang, zone, mark, titled, snippets }: DraftOptions): Draft {
  const { subject, ...rest } = told;
  const common = { lang, snippet: (id: string) => snippets.get(id) };
  const title = titleOf(told, renderMessage(rest, body, "text", common).text, lang, TITLE);
  const record: ChatMessageRecord = titled && title === subject ? rest : told;
  const parts = told.hosted.flatMap(({ id, sha256, mediaType }): Part[] => {
    const blob = blobs.find((one) => one.sha256 === sha256);
    return snippets.has(id) || blob === undefined ? [] : [{ name: hostedName(id, told), blob, ...(mediaType === undefined ? {} : { mediaType }) }];
  });
  const kept = new Set(told.hosted.map(({ id }) => id));
  let missing = false;
  const { text, losses } = renderMessage(record, body, "html", {
    ...common, reactions: true, origin: { zone, from: "Microsoft Teams", mark },
    // A picture's address at the target is not known before the post is written: its description stands for it.
    hosted: (id) => {
      missing ||= !kept.has(id);
      return undefined;
    },
  });
  return {
    title, html: text, parts,
    losses: [...losses.filter(({ reason }) => reason !== "conversation.picture-missing" || missing), ...messageLosses(told), ...(parts.length === 0 ? [] : [pictureBeside])],
  };
}
