import type { MailRecord } from "../format/records.js";
import { keywordsOf, secondsOf } from "./mail-state.js";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * One message of an mbox file in mboxrd form: the separator line of RFC 4155 appendix A (sender, then asctime in UTC), our status headers, the
 * message with LF line ends, an empty line. Each line that starts with any number of ">" and "From " gets one ">" more, so that quoting can be undone.
 */
export async function* mboxMessage(record: MailRecord, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`From ${senderOf(record)} ${asctime(secondsOf(record) ?? 0)}\n${statusHeaders(record)}`);
  let last = "\n";
  for await (const piece of quoted(unixLines(bytes))) {
    last = piece.slice(-1);
    yield Buffer.from(piece, "latin1");
  }
  yield Buffer.from(last === "\n" ? "\n" : "\n\n");
}

/**
 * `Status`, `X-Status` and `X-Keywords` as mail programs that know mbox read them: R read, O seen before; D deleted is never set; F flagged, T draft.
 * All three always, empty or not: those that a message brings from elsewhere come second, and say nothing.
 */
function statusHeaders(record: MailRecord): string {
  const more = `${record.flag === "flagged" ? "F" : ""}${record.isDraft ? "T" : ""}`;
  const keywords = keywordsOf(record);
  return `Status: ${record.isRead ? "RO" : "O"}\nX-Status: ${more}\nX-Keywords: ${keywords.join(" ")}\n`;
}

/** RFC 5322 §2.1.1: no line is longer; of a text without "@" each character would be a start to look from. */
const LONGEST_LINE = 998;

/** The address without anything that ends the word; the name that programs give when there is none. */
function senderOf({ from }: MailRecord): string {
  return /[^\s<>"]+@[^\s<>"]+/.exec((from ?? "").slice(0, LONGEST_LINE))?.[0].replace(/[^\x21-\x7e]/g, "?") ?? "MAILER-DAEMON";
}

/** Form of asctime(3), ISO C section 7.27.3.1: "Thu Nov 26 08:07:43 2026". */
export function asctime(seconds: number): string {
  const at = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2, " ")} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} ${at.getUTCFullYear()}`;
}

/** Bytes as Latin-1 text, CRLF made LF, whatever the pieces. */
async function* unixLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held = "";
  for await (const chunk of bytes) {
    const text = held + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    held = text.endsWith("\r") ? "\r" : "";
    yield text.slice(0, text.length - held.length).replace(/\r\n/g, "\n");
  }
  if (held !== "") yield held;
}

/** Where a line may still turn out to be one that is quoted: nothing but ">", then a start of "From ". */
const OPEN = /^>*(F(?:r(?:om?)?)?)?$/;

/** Holds five characters at most: which ">" of a line is the added one makes no difference. */
async function* quoted(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = "";
  let open = true;
  for await (const piece of pieces) {
    let text = held + piece;
    if (open) text = text.replace(/^(>*)From /, "$1>From ");
    text = text.replace(/\n(>*)From /g, "\n$1>From ");
    const start = text.lastIndexOf("\n") + 1;
    const found: RegExpExecArray | null = start > 0 || open ? OPEN.exec(text.slice(start)) : null;
    open = found !== null;
    held = found?.[1] ?? "";
    if (text.length > held.length) yield text.slice(0, text.length - held.length);
  }
  if (held !== "") yield held;
}
