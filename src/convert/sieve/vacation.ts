import type { Loss } from "../../core/item.js";
import type { LossReason } from "../../core/losses.js";
import type { AutomaticReplyRecord } from "../../format/settings.js";
import { htmlToText } from "../../lib/html-text.js";
import { replyWindow } from "../reply-window.js";
import { piece, type Piece, type SieveContext } from "./context.js";
import { multiLine, printable, stringList } from "./script-text.js";

const DAY = 86_400_000;
/** Exchange answers each sender once in an absence; RFC 5230 section 4.1 lets a server refuse to wait longer than some days, and asks for no less than 30 of it. */
const MOST_DAYS = 30;

export interface ReplyContext extends SieveContext {
  /** Domains whose senders are of the organisation. */
  readonly domains: readonly string[];
  /** ISO 3166 territory that picks among a Windows zone's IANA zones; "FR" unless told. */
  readonly territory?: string;
}

export interface SaidReply extends Partial<Piece> {
  readonly losses: readonly Loss[];
}

/** An absence message as `vacation` (RFC 5230), within its dates by `currentdate` (RFC 5260). */
export function saidReply(reply: AutomaticReplyRecord, context: ReplyContext): SaidReply {
  const losses: Loss[] = [];
  const lose = (field: string, change: Loss["change"], reason: LossReason): void => void losses.push({ field, change, side: "target", reason });
  if (reply.status === "off") return { losses };
  const { extensions } = context.server;
  if (!extensions.has("vacation")) {
    lose("reply", "dropped", "settings.reply-extension");
    return { losses };
  }
  const window = reply.status === "scheduled" ? windowOf(reply, context) : { days: undefined, tests: [] };
  if (window === undefined) {
    lose("start", "dropped", "settings.reply-window");
    return { losses };
  }
  if (window.tests.length > 0 && !["date", "relational"].every((name) => extensions.has(name))) {
    lose("start", "dropped", "settings.reply-extension");
    return { losses };
  }
  if (window.days === undefined || window.days > MOST_DAYS) lose("reply", "approximated", "settings.reply-repeat");
  const command = (html: string): string => vacation(html, Math.min(window.days ?? MOST_DAYS, MOST_DAYS), context.mailbox.addresses);
  // A target knows the owner's contacts later than this script: nobody outside is told of the absence rather than everybody.
  if (reply.outside === "contacts") lose("outside", "dropped", "settings.reply-contacts");
  const outside = reply.outside === "everybody" ? reply.externalText : "";
  const told = [window.tests.length === 0 ? [] : ["date", "relational"], ["vacation"]].flat();
  const body = audience(reply.internalText, outside, context, command);
  if (body === undefined) return { losses };
  const text = window.tests.length === 0 ? body.text : `if allof (${window.tests.join(", ")}) {\r\n${body.text}\r\n}`;
  return { text: `# Automatic reply\r\n${text}`, needs: [...told, ...body.needs], losses };
}

/** Who gets which text. Without a domain of its own, an organisation is nobody: all are outside. */
function audience(inside: string, outside: string, { domains, server }: ReplyContext, command: (html: string) => string): Piece | undefined {
  if (inside === outside) return inside === "" ? undefined : piece(command(inside));
  if (domains.length === 0) return outside === "" ? undefined : piece(command(outside));
  // The envelope's sender is who gets the answer; From stands in for it.
  const [test, needs] = server.extensions.has("envelope") ? ["envelope", ["envelope"]] : ["address", []];
  const ours = `${test} :domain :is "from" ${stringList(domains)}`;
  if (inside === "") return piece(`if not ${ours} {\r\n${command(outside)}\r\n}`, ...needs);
  return piece(`if ${ours} {\r\n${command(inside)}\r\n}${outside === "" ? "" : ` else {\r\n${command(outside)}\r\n}`}`, ...needs);
}

/** Instants are compared as text, which RFC 5260 section 4.2 makes possible: one zone, and digits in the order of their weight. */
function windowOf(reply: AutomaticReplyRecord, { territory }: ReplyContext): { readonly days: number; readonly tests: readonly string[] } | undefined {
  const window = replyWindow(reply, territory);
  if (window === undefined) return undefined;
  const { from, to } = window;
  const test = (match: string, at: Date): string => `currentdate :zone "+0000" :value "${match}" "iso8601" "${at.toISOString().slice(0, 19)}"`;
  return { days: Math.max(1, Math.ceil((to.getTime() - from.getTime()) / DAY)), tests: [test("ge", from), test("lt", to)] };
}

function vacation(html: string, days: number, addresses: readonly string[]): string {
  const known = addresses.length === 0 ? "" : ` :addresses ${stringList(addresses)}`;
  return `vacation :days ${days}${known} :mime ${multiLine(mimeLines(html))};`;
}

/** One MIME entity of two alternatives (RFC 5230 section 4.3), in base64 so that no line of a message is taken for one of the script. */
function mimeLines(html: string): readonly string[] {
  const boundary = "=_absence";
  const part = (type: string, text: string): readonly string[] => [
    `--${boundary}`, `Content-Type: ${type}; charset=utf-8`, "Content-Transfer-Encoding: base64", "", ...(Buffer.from(text.toWellFormed()).toString("base64").match(/.{1,76}/g) ?? []), "",
  ];
  const plain = htmlToText(html).split("\n").map(printable).join("\r\n");
  return [`Content-Type: multipart/alternative; boundary="${boundary}"`, "", ...part("text/plain", plain), ...part("text/html", html), `--${boundary}--`];
}
