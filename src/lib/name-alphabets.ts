import type { Alphabet } from "./target-names.js";

const HALF = /^[\ud800-\udfff]$/;

/** `%XX` for each byte of the character's UTF-8 form; half of a surrogate pair, which has none, in its generalised form (WTF-8). */
export function percent(char: string): string {
  const bytes = HALF.test(char) ? surrogate(char) : Buffer.from(char);
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** A `%` that starts no sequence is read as itself. */
export function unpercent(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => decodeBytes(Buffer.from(run.replaceAll("%", ""), "hex")));
}

export function isHalf(char: string): boolean {
  return HALF.test(char);
}

/** Every `%` is written, so that nobody has to look at what follows it. */
export const PERCENT: Alphabet = { escape: percent, ambiguous: (char) => char === "%", quote: percent, unescape: unpercent };

/** A `%` stays where nothing could be read as a sequence: the nearest to the source's name. */
export const LEAST_PERCENT: Alphabet = {
  ...PERCENT, ambiguous: (char, at, all) => char === "%" && /^[0-9A-Fa-f]{2}$/.test(`${all[at + 1] ?? ""}${all[at + 2] ?? ""}`),
};

/** Marks a character that stands for itself although it is one of the stand-ins (U+201B). */
const QUOTE = "\u201b";

/** An ASCII character by its full-width twin (U+FF01–U+FF5E), a control or space by its picture (U+2400–U+2421): as a person would read it. */
export const FULL_WIDTH: Alphabet = {
  escape(char) {
    const code = char.codePointAt(0) ?? 0;
    if (code <= 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? "\u2421" : String.fromCodePoint(code + 0xfee0);
  },
  ambiguous: (char) => isStandIn(char) || char === QUOTE,
  quote: (char) => QUOTE + char,
  unescape(text) {
    let plain = "";
    let quoted = false;
    for (const char of text) {
      if (!quoted && char === QUOTE) quoted = true;
      else {
        plain += !quoted && isStandIn(char) ? original(char) : char;
        quoted = false;
      }
    }
    return plain;
  },
};

function isStandIn(char: string): boolean {
  return /[\u2400-\u2421\uff01-\uff5e]/.test(char);
}

function original(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x2421) return "\u007f";
  return String.fromCodePoint(code < 0x2500 ? code - 0x2400 : code - 0xfee0);
}

/** UTF-8 with lone surrogates in their generalised form, which Buffer's own decoder would replace. */
function decodeBytes(bytes: Buffer): string {
  let text = "";
  let start = 0;
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    const second = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xed || second < 0xa0) continue;
    text += bytes.toString("utf8", start, at) + String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f));
    start = at + 3;
    at += 2;
  }
  return text + bytes.toString("utf8", start);
}

function surrogate(half: string): Uint8Array {
  const code = half.charCodeAt(0);
  return Uint8Array.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}
