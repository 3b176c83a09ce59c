/** Largest number that every implementation takes (RFC 5228 section 2.4.1). */
const LARGEST = 2_147_483_647;

/**
 * A quoted string (RFC 5228 section 2.4.2.1). NUL has no place in a script and a bare CR or LF is no line end: both become spaces. `${…}` stays as it is,
 * since no script of ours requires "variables" or "encoded-character", which alone give it a meaning.
 */
export function quoted(text: string): string {
  return `"${printable(text).replace(/[\\"]/g, (character) => `\\${character}`)}"`;
}

/** A string list; one string alone needs no brackets. */
export function stringList(texts: readonly string[]): string {
  return texts.length === 1 ? quoted(texts[0] ?? "") : `[${texts.map(quoted).join(", ")}]`;
}

/** A comment of one line, whatever is in the text. */
export function comment(text: string): string {
  return `# ${printable(text)}`;
}

/** A multi-line string (RFC 5228 section 2.4.2): lines that start with a dot get another one. `lines` hold no line end. */
export function multiLine(lines: readonly string[]): string {
  return ["text:", ...lines.map((line) => (line.startsWith(".") ? `.${line}` : line)), ".", ""].join("\r\n");
}

export function sieveNumber(value: number): string {
  return String(Math.min(Math.max(Math.trunc(value), 0), LARGEST));
}

/** One line of text that UTF-8 can hold: controls become spaces, halves of surrogate pairs the replacement character. */
export function printable(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}
