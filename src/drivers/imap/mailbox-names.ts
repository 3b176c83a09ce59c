import { createHash } from "node:crypto";
import type { ContainerRole } from "../../core/item.js";
import { mutf7 } from "../../lib/mutf7.js";
import { FULL_WIDTH } from "../../lib/name-alphabets.js";
import { sourceName, targetName, type TargetName } from "../../lib/target-names.js";

/** The mailbox that a container of the source asks for. */
export interface MailboxWish {
  /** Container's id at the source: tells two containers of the same name apart. */
  readonly id: string;
  readonly parentId?: string | undefined;
  /** Names from the top level down to itself. */
  readonly path: readonly string[];
  readonly role?: ContainerRole | undefined;
}

/** How much of a name is given up: what a level writes stays as it is, since folders stand under it; what another server asks is a level of its own. */
export type NameLevel = 0 | 1 | 2 | 3 | 4;
/** A server that refuses one level is tried with the next. */
export const NAME_LEVELS: readonly NameLevel[] = [0, 1, 3, 2, 4];

/** `cut`: the end was replaced by "~" and eight hexadecimal digits of the whole name's SHA-256. */
export type MailboxName = TargetName;

/** What became of a name, without it. */
export function alteration({ altered, cut }: MailboxName): Pick<MailboxName, "altered" | "cut"> {
  return { altered, cut };
}

/** For what is to be told before the server has named its separator: no name holds it as a separator. */
export const NO_SEPARATOR = "";

/** How long a name may be, in the server's unit. */
export interface NameLimit {
  measure(text: string): number;
  readonly most: Readonly<Record<NameLevel, number>>;
  /** Of a name that a mark of nine characters follows. */
  readonly marked: number;
}

/** Levels 2 and 4 leave room for deep paths, which some servers limit as a whole. */
const SHORT = 48;
/** Modified UTF-7: file systems under Maildir hold 255 bytes a name; Maildir++ has the whole path in one. */
const IMAP_LIMIT: NameLimit = { measure: (text) => mutf7(text).length, most: { 0: 240, 1: 240, 2: SHORT, 3: 240, 4: SHORT }, marked: 240 };

/** Names that are counted in octets of UTF-8 (RFC 8621 §1.3.1). */
export function utf8Limit(most: number): NameLimit {
  return { measure: (text) => Buffer.byteLength(text), most: { 0: most, 1: most, 2: Math.min(SHORT, most), 3: most, 4: Math.min(SHORT, most) }, marked: most - 9 };
}

/** LIST wildcards (RFC 3501 §5.1) and controls are altered at every level, the rest where the server refused the plain name. */
const ALWAYS = /[\u0000-\u001f\u007f*%]/;
const PORTABLE = /[\u0000-\u001f\u007f*%/\\.~#"&]/;
/** Cyrus 3.6 takes none of "\;<>^`{|} in a name. */
const CYRUS = /[\u0000-\u001f\u007f*%/\\.~#"&;<>^`{|}]/;
const ALTERED: Readonly<Record<NameLevel, RegExp>> = { 0: ALWAYS, 1: PORTABLE, 2: PORTABLE, 3: CYRUS, 4: CYRUS };

/**
 * Name of a mailbox under its parent. A character that the server would not keep becomes its full-width twin or picture, as a person would
 * read it; `plainName` undoes it.
 */
export function mailboxName(name: string, separator: string, level: NameLevel, limit = IMAP_LIMIT): MailboxName {
  return targetName(name, {
    alphabet: FULL_WIDTH, most: limit.most[level], measure: (text) => limit.measure(text), shorten: (written, whole) => `${cutTo(written, limit.most[level] - 9, limit)}~${digits(whole)}`,
    forbids: (char, at, all) => char === separator || ALTERED[level].test(char) || (at === 0 && (char === "~" || char === "#"))
      || (level > 0 && char === " " && (at === 0 || at === all.length - 1)) || (char === "." && all.every((other) => other === ".")),
  });
}

/** The name that `mailboxName` altered, when it was not cut. */
export function plainName(name: string): string {
  return sourceName(name, { alphabet: FULL_WIDTH });
}

/** The same name marked with `mark`'s hash, for a container whose own name is taken by another one. */
export function distinctName({ name }: MailboxName, mark: string, limit = IMAP_LIMIT): MailboxName {
  return { name: `${cutTo(name, limit.marked, limit)}~${digits(mark)}`, altered: true, cut: true };
}

function cutTo(name: string, max: number, limit: NameLimit): string {
  let kept = "";
  for (const char of name) {
    if (limit.measure(kept + char) > max) break;
    kept += char;
  }
  return kept;
}

function digits(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
