import { hostedName } from "../../src/convert/message/hosted.js";
import { renderMessage } from "../../src/convert/message/message.js";
import { markOf, originLine } from "../../src/convert/message/origin.js";
import type { PutContext } from "../../src/core/adapter.js";
import type { Lang } from "../../src/core/errors.js";
import type { Item, Loss } from "../../src/core/item.js";
import { CONTENT_MAX, type SentFile } from "../../src/drivers/netframe/posts.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import type { MessageText } from "../../src/kit/message-text.js";
import { headed } from "../../src/lib/first-piece.js";
import { namedKind } from "../../src/lib/media-types.js";
import { shownText } from "../../src/lib/shown-text.js";
import { longText, pictureBeside, recordLosses } from "./losses.js";
import { undecoded } from "./shown.js";

/** What a message is to be at Netframe. */
export interface Draft {
  readonly content: string;
  readonly files: readonly SentFile[];
  readonly losses: readonly Loss[];
}

export interface DraftOptions {
  readonly lang: Lang;
  /** IANA name of the zone in which dates are told. */
  readonly zone: string;
}

const WORDS = {
  en: { answers: "In reply to the message", ref: "ref.", cut: "… (the whole text is a file of this message)" },
  fr: { answers: "En réponse au message", ref: "réf.", cut: "… (le texte entier est un fichier de ce message)" },
} as const satisfies Record<Lang, Record<string, string>>;

/** Pictures of config/media.php; each one that is not there would write a message to the vendor's administrator (MediaController, "upload"): it is not tried. */
const TAKEN: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export async function draftOf(item: Item<ChatMessageRecord>, { body, snippets }: MessageText, { lang, zone }: DraftOptions, { open }: Pick<PutContext, "open">): Promise<Draft> {
  const { subject, ...record } = item.record;
  const pictures = await picturesOf(item, snippets, { open });
  const shown = new Set(pictures.map(({ id }) => id));
  let missing = false;
  const { text, losses } = renderMessage(record, body, "text", {
    lang, reactions: true, snippet: (id) => snippets.get(id),
    // Its description stands for it: its address at the target is not known before it is sent.
    hosted: (id) => {
      missing ||= !shown.has(id);
      return undefined;
    },
  });
  const head = [originLine(item.record, { lang, zone, from: "Microsoft Teams", mark: markOf(item.key) }), ...answered(item, lang)].join("\n");
  const plain = [head, shownText(subject ?? "").trim(), text].filter((part) => part !== "").join("\n\n").replace(/[\s\u200b]+$/, "");
  const content = fitting(plain, WORDS[lang].cut);
  const isCut = content !== undecoded(plain, 1);
  const files = [...pictures.map(({ file }) => file), ...(isCut ? [wholeText(plain, markOf(item.key))] : [])];
  return {
    content, files,
    losses: [
      ...losses.filter(({ reason }) => reason !== "conversation.picture-missing" || missing), ...recordLosses(item.record),
      ...(pictures.length === 0 ? [] : [pictureBeside]), ...(isCut ? [longText] : []),
    ],
  };
}

/** A channel shows no threads: the answer tells the reference of the message that opened its own. */
function answered({ key: { id, workload }, record }: Item<ChatMessageRecord>, lang: Lang): readonly string[] {
  if (record.replyTo === undefined) return [];
  const { answers, ref } = WORDS[lang];
  return [`${answers} ${ref} ${markOf({ workload, id: id.slice(0, Math.max(0, id.lastIndexOf("/"))) })}`];
}

async function picturesOf({ record, parts }: Item<ChatMessageRecord>, snippets: MessageText["snippets"], { open }: Pick<PutContext, "open">): Promise<readonly { readonly id: string; readonly file: SentFile }[]> {
  const found: { readonly id: string; readonly file: SentFile }[] = [];
  for (const { id, sha256, mediaType } of record.hosted) {
    const blob = parts.find((one) => one.sha256 === sha256);
    if (snippets.has(id) || blob === undefined) continue;
    const { head, bytes } = await headed(open(blob)[Symbol.asyncIterator]());
    await bytes[Symbol.asyncIterator]().return?.();
    const kind = namedKind(head, { name: shownText(hostedName(id, record)).trim(), mediaType });
    if (TAKEN.has(kind.mediaType)) found.push({ id, file: { ...kind, size: blob.size, open: () => open(blob) } });
  }
  return found;
}

/** As much of the text as the column holds, by whole characters. */
function fitting(plain: string, cut: string): string {
  const whole = undecoded(plain, 1);
  if (Buffer.byteLength(whole) <= CONTENT_MAX) return whole;
  const characters = [...plain];
  let [low, high] = [0, characters.length];
  const upTo = (count: number): string => undecoded(`${characters.slice(0, count).join("").trimEnd()}${cut}`, 1);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (Buffer.byteLength(upTo(middle)) <= CONTENT_MAX) low = middle;
    else high = middle;
  }
  return upTo(low);
}

/** `txt` is a kind that is taken (config/media.php). */
function wholeText(plain: string, mark: string): SentFile {
  const bytes = Buffer.from(plain, "utf8");
  return { name: `${mark}.txt`, mediaType: "text/plain", size: bytes.byteLength, open: () => once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
