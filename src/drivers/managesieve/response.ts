/** A word of a server's line: strings are quoted or literals on the wire, atoms and parentheses are not. */
export type Token = { readonly kind: "string" | "atom"; readonly text: string } | { readonly kind: "(" | ")" };

/** What a command came to (RFC 5804 section 1.2). `code`: the response code in parentheses, in capitals; `args`: the strings behind it. */
export interface Status {
  readonly word: "OK" | "NO" | "BYE";
  readonly code?: string;
  readonly args: readonly string[];
  readonly text: string;
}

/** By what a server counts a literal: octets (RFC 5804 section 4), or the UTF-16 units of Java, as James does. */
export type Counting = "octets" | "units";

/** A line or literal beyond this is no answer of a filter's server. */
export const LONGEST = 16 * 1024 * 1024;
const [CR, LF, SPACE, QUOTE, BACKSLASH, OPEN, CLOSE, BRACE] = [13, 10, 32, 34, 92, 40, 41, 123];

/**
 * Reads one line of tokens (RFC 5804 section 4) from the start of `bytes`; undefined when it is not complete. Literals are taken in both forms, `{n}` and `{n+}`.
 * @throws RangeError on what the grammar does not allow, or beyond the bound.
 */
export function readLine(bytes: Buffer, counting: Counting = "octets"): { readonly tokens: readonly Token[]; readonly used: number } | undefined {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    if (at > LONGEST) throw new RangeError("a line without end");
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    if (byte === SPACE) at += 1;
    else if (byte === LF || byte === CR) {
      if (byte === CR && bytes[at + 1] === undefined) return undefined;
      return { tokens, used: at + (byte === CR ? 2 : 1) };
    } else if (byte === OPEN || byte === CLOSE) {
      tokens.push({ kind: byte === OPEN ? "(" : ")" });
      at += 1;
    } else {
      const read = byte === QUOTE ? quoted(bytes, at) : byte === BRACE ? literal(bytes, at, counting) : atom(bytes, at);
      if (read === undefined) return undefined;
      tokens.push(read.token);
      at = read.end;
    }
  }
}

/** The status that a line tells; undefined for a line of data. */
export function statusOf([first, ...rest]: readonly Token[]): Status | undefined {
  if (first?.kind !== "atom") return undefined;
  const word = first.text.toUpperCase();
  if (word !== "OK" && word !== "NO" && word !== "BYE") return undefined;
  const close = rest[0]?.kind === "(" ? rest.findIndex(({ kind }) => kind === ")") : -1;
  const [code, ...args] = texts(rest.slice(0, close + 1));
  return { word, ...(code === undefined ? {} : { code: code.toUpperCase() }), args, text: texts(rest.slice(close + 1)).join(" ") };
}

/** Words and strings of a line, parentheses left out. */
export function texts(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => (token.kind === "string" || token.kind === "atom" ? [token.text] : []));
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

function quoted(bytes: Buffer, start: number): Read | undefined {
  const kept: number[] = [];
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return { token: { kind: "string", text: Buffer.from(kept).toString("utf8") }, end: at + 1 };
    if (byte === BACKSLASH) at += 1;
    const said = bytes[at];
    if (said === undefined) return undefined;
    kept.push(said);
  }
  if (bytes.length - start > LONGEST) throw new RangeError("a string without end");
  return undefined;
}

function literal(bytes: Buffer, start: number, counting: Counting): Read | undefined {
  const eol = bytes.indexOf(LF, start);
  if (eol === -1) {
    if (bytes.length - start > 32) throw new RangeError("no length of a literal");
    return undefined;
  }
  const match = /^\{(\d{1,10})\+?\}\r?\n$/.exec(bytes.toString("latin1", start, eol + 1));
  if (match === null) throw new RangeError("no length of a literal");
  const size = Number(match[1]);
  if (size > LONGEST) throw new RangeError(`a literal of ${size} bytes`);
  const end = counting === "octets" ? eol + 1 + size : endOfUnits(bytes, eol + 1, size);
  return bytes.length < end ? undefined : { token: { kind: "string", text: bytes.toString("utf8", eol + 1, end) }, end };
}

/** Where so many UTF-16 units end: those of a character over U+FFFF, of four bytes, are two. */
function endOfUnits(bytes: Buffer, start: number, units: number): number {
  let at = start;
  for (let left = units; left > 0; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return bytes.length + 1;
    // A character counts where it starts; the bytes behind it (10xxxxxx) belong to it.
    if ((byte & 0xc0) !== 0x80) left -= byte >= 0xf0 ? 2 : 1;
  }
  while (((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
}

function atom(bytes: Buffer, start: number): Read | undefined {
  let end = start;
  while (end < bytes.length && ![CR, LF, SPACE, OPEN, CLOSE].includes(bytes[end] ?? 0)) end += 1;
  return end === bytes.length ? undefined : { token: { kind: "atom", text: bytes.toString("utf8", start, end) }, end };
}

/** What a line that breaks the grammar refuses, in the server's words; undefined where it is no refusal, or not whole. */
export function brokenRefusal(bytes: Buffer): Status | undefined {
  return refusalIn(bytes, /^(NO|BYE)\b([^\r\n]*)\r?\n/i);
}

/** A refusal of which the line has no end yet, in the server's words. James sends some without any, and again for each line of a script. */
export function unendedRefusal(bytes: Buffer): Status | undefined {
  return refusalIn(bytes, /^(NO|BYE)\b((?:(?!NO )[^\r\n])*)[^\r\n]*$/i);
}

function refusalIn(bytes: Buffer, line: RegExp): Status | undefined {
  const [, word, text = ""] = line.exec(bytes.toString("utf8", 0, 65_536)) ?? [];
  return word === undefined ? undefined : { word: word.toUpperCase() === "NO" ? "NO" : "BYE", args: [], text: text.trim() };
}

/** A string as a client sends it: quoted while it is short and simple, else as a literal that waits for no answer (RFC 5804 section 4, literal-c2s). */
export function sent(text: string): string {
  if (Buffer.byteLength(text) <= 1024 && !/[\u0000\r\n]/.test(text)) return `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
  return literalOf(text, "octets");
}

/** A script as a client sends it: always as a literal, since James takes it in no other form. */
export function literalOf(text: string, counting: Counting): string {
  return `{${counting === "octets" ? Buffer.byteLength(text) : text.length}+}\r\n${text}`;
}
