import { createHash } from "node:crypto";

/** How much of a name is given up; a server that refuses one level is tried with the next. */
export type NameLevel = 0 | 1 | 2;
export const NAME_LEVELS: readonly NameLevel[] = [0, 1, 2];

export interface MailboxName {
  readonly name: string;
  /** Some characters stand for others; the original can be computed from the name. */
  readonly altered: boolean;
  /** The end was cut and replaced by "~" and eight hexadecimal digits of the whole name's SHA-256. */
  readonly cut: boolean;
}

/** Marks a character that stands for itself although it is one of the stand-ins below (U+201B). */
const QUOTE = "\u201b";
/** Bytes of a name in modified UTF-7: file systems under Maildir hold 255 a name; the last level leaves room for deep paths in Maildir++. */
const MAX_BYTES: Readonly<Record<NameLevel, number>> = { 0: 240, 1: 240, 2: 48 };
/** LIST wildcards (RFC 3501 §5.1) and controls are altered at every level, the rest where the server refused the plain name. */
const ALWAYS = /[\u0000-\u001f\u007f*%]/;
const PORTABLE = /[\u0000-\u001f\u007f*%/\\.~#"&]/;

/**
 * Name of a mailbox under its parent. A character that the server would not keep becomes its full-width twin (U+FF01–U+FF5E), a
 * control its picture (U+2400–U+2421), as a person would read it; `plainName` undoes it.
 */
export function mailboxName(name: string, separator: string, level: NameLevel): MailboxName {
  const forbidden = (char: string, at: number, all: readonly string[]): boolean =>
    char === separator || (level === 0 ? ALWAYS : PORTABLE).test(char) || (at === 0 && (char === "~" || char === "#"))
    || (level > 0 && char === " " && (at === 0 || at === all.length - 1)) || (char === "." && all.every((other) => other === "."));
  const encoded = [...name].map((char, at, all) => (forbidden(char, at, all) ? standIn(char) : isStandIn(char) || char === QUOTE ? QUOTE + char : char)).join("");
  const cut = encoded === "" || mutf7Length(encoded) > MAX_BYTES[level];
  const final = cut ? shortened(encoded, name, MAX_BYTES[level]) : encoded;
  return { name: final, altered: final !== name, cut };
}

/** The name that `mailboxName` altered, when it was not cut. */
export function plainName(name: string): string {
  let plain = "";
  let quoted = false;
  for (const char of name) {
    if (!quoted && char === QUOTE) quoted = true;
    else {
      plain += !quoted && isStandIn(char) ? original(char) : char;
      quoted = false;
    }
  }
  return plain;
}

/** The same name marked with `mark`'s hash, for a container whose own name is taken by another one. */
export function distinctName({ name }: MailboxName, mark: string): MailboxName {
  return { name: `${cutTo(name, MAX_BYTES[0])}~${digits(mark)}`, altered: true, cut: true };
}

function standIn(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "\u2421" : String.fromCodePoint(code + 0xfee0);
}

function isStandIn(char: string): boolean {
  return /[\u2400-\u2421\uff01-\uff5e]/.test(char);
}

function original(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x2421) return "\u007f";
  return String.fromCodePoint(code < 0x2500 ? code - 0x2400 : code - 0xfee0);
}

function shortened(encoded: string, name: string, max: number): string {
  return `${cutTo(encoded, max - 9)}~${digits(name)}`;
}

function cutTo(name: string, max: number): string {
  let kept = "";
  for (const char of name) {
    if (mutf7Length(kept + char) > max) break;
    kept += char;
  }
  return kept;
}

function digits(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** Length in modified UTF-7 (RFC 3501 §5.1.3): runs outside printable ASCII take UTF-16 in base64 between "&" and "-". */
function mutf7Length(text: string): number {
  let length = 0;
  for (const run of text.match(/[\x20-\x7e]+|[^\x20-\x7e]+/g) ?? []) {
    if (/^[\x20-\x7e]/.test(run)) length += run.length + (run.match(/&/g)?.length ?? 0);
    else length += Math.ceil((run.length * 16) / 6) + 2;
  }
  return length;
}
