import { createHash } from "node:crypto";
import { renderMessage } from "../../src/convert/message/message.js";
import { originLine, titleOf } from "../../src/convert/message/origin.js";
import type { Lang } from "../../src/core/errors.js";
import type { Item, Loss } from "../../src/core/item.js";
import type { Fields } from "../../src/drivers/jalios/client.js";
import type { Content } from "../../src/drivers/jalios/contents.js";
import type { ChatMessageRecord } from "../../src/format/records.js";
import type { MessageText } from "../../src/kit/message-text.js";
import { htmlToText } from "../../src/lib/html-text.js";
import { shownText } from "../../src/lib/shown-text.js";
import type { Kind } from "./options.js";

export interface DraftOptions {
  readonly lang: Lang;
  readonly zone: string;
  /** Channel, as people know it. */
  readonly channel: string;
  readonly mark: string;
  readonly kind: Kind;
}

/** What a message is to be at the target. */
export interface Draft {
  readonly fields: Fields;
  readonly digest: string;
  /** Of the form. */
  readonly losses: readonly Loss[];
}

/** Characters of a title; how many it may have is told nowhere. */
const TITLE_MAX = 120;
const CHANNEL = { en: "channel", fr: "canal" } as const;
/** A channel that is called otherwise since is no difference of its messages. */
const FORMER_NAME = /(Microsoft Teams, (?:channel|canal)) .*?(, r[eé]f\. o365-)/;

export function draftOf({ record }: Item<ChatMessageRecord>, { body, snippets }: MessageText, { lang, zone, channel, mark, kind }: DraftOptions): Draft {
  const common = { lang, reactions: true, snippet: (id: string) => snippets.get(id) };
  const { subject, ...rest } = record;
  const title = titleOf(record, renderMessage(rest, body, "text", common).text, lang, TITLE_MAX);
  const titled = kind.title !== undefined;
  const origin = { zone, from: `Microsoft Teams, ${CHANNEL[lang]} ${shownText(channel)}`, mark };
  // Once is enough, where the whole of it is the title.
  const shown = titled && title === subject ? rest : record;
  const html = kind.form === "html";
  const { text, losses } = renderMessage(shown, body, kind.form, { ...common, ...(html ? { origin } : {}) });
  const whole = html ? text : [originLine(record, { lang, ...origin }), text].filter((part) => part !== "").join("\n\n");
  const fields = { ...(kind.title === undefined ? {} : { [kind.title]: title }), [kind.text]: whole };
  return { fields, losses, digest: createHash("sha256").update(JSON.stringify(fields)).digest("hex").slice(0, 32) };
}

/** Whether the platform gives back the very text that was sent. */
export function isSame({ fields }: Draft, standing: Content): boolean {
  return Object.entries(fields).every(([name, value]) => standing.fields[name] === value);
}

/** By what people see: what the platform makes of markup is told nowhere. */
export function differences({ fields }: Draft, { form }: Kind, standing: Content): { readonly field: string; readonly expected: string; readonly found: string }[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const there = standing.fields[field];
    const [expected, found] = [seen(value, form), seen(typeof there === "string" ? there : "", form)];
    return expected === found ? [] : [{ field, expected, found }];
  });
}

function seen(text: string, form: Kind["form"]): string {
  return (form === "html" ? htmlToText(text) : text).replace(/\s+/g, " ").replace(FORMER_NAME, "$1 $2").trim();
}

/** The instant in the form that the administrator has found out. */
export function dateIn(pattern: string, instant: string, zone: string): string {
  const parts = new Map(new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const told: Readonly<Record<string, string>> = { dd: part("day"), MM: part("month"), yyyy: part("year").padStart(4, "0"), HH: part("hour"), mm: part("minute"), ss: part("second"), "'T'": "T" };
  return pattern.replace(/dd|MM|yyyy|HH|mm|ss|'T'/g, (token) => told[token] ?? token);
}
