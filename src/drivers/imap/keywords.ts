import { createHash } from "node:crypto";

/** Dovecot refuses longer keywords (setting mail_max_keyword_length, default 50). */
const KEYWORD_MAX = 50;
/** Keywords by which mail programs sort spam or templates: a category of that name must not do it. */
const MEANINGFUL = new Set(["junk", "nonjunk", "notjunk", "forwarded", "mdnsent", "redirected", "template", "old"]);

/** Characters that stand for themselves. Apache James takes no dot by JMAP (`Keyword.scala`). */
export const IMAP_PLAIN = /[A-Za-z0-9.-]/;
export const JMAP_PLAIN = /[A-Za-z0-9-]/;

/** Whether mail programs give the keyword a meaning of its own. */
export function isMeaningful(keyword: string): boolean {
  return MEANINGFUL.has(keyword.toLowerCase());
}

/**
 * A category as a keyword: ASCII letters, digits, "-" and, in IMAP, "." stand for themselves, every other byte of its UTF-8 form is "_" and two
 * lower-case hexadecimal digits. Over 50 characters it is cut at a whole character and ends in "_" and eight digits of its SHA-256.
 */
export function categoryKeyword(category: string, plain = IMAP_PLAIN): { keyword: string; cut: boolean } {
  const characters = [...category].map((char, at) => (plain.test(char) && !(at === 0 && isMeaningful(category)) ? char : escaped(char)));
  const keyword = characters.join("");
  if (keyword !== "" && keyword.length <= KEYWORD_MAX) return { keyword, cut: false };
  let kept = "";
  for (const char of characters) {
    if (kept.length + char.length > KEYWORD_MAX - 9) break;
    kept += char;
  }
  return { keyword: `${kept}_${createHash("sha256").update(category).digest("hex").slice(0, 8)}`, cut: true };
}

/** The category of a keyword that was not cut. */
export function keywordCategory(keyword: string): string {
  return Buffer.from(keyword.replace(/_([0-9a-f]{2})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16))), "latin1").toString("utf8");
}

function escaped(char: string): string {
  return [...Buffer.from(char, "utf8")].map((byte) => `_${byte.toString(16).padStart(2, "0")}`).join("");
}
