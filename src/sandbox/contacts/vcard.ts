import { textOfFile } from "../text-file.js";

/** One content line of a vCard 2.1, 3.0 (RFC 2426) or 4.0 (RFC 6350): decoded, escapes still in place. */
export interface CardLine {
  /** Upper case, without its group. */
  readonly name: string;
  /** Upper-case names; values as written. Bare parameters of 2.1 are found under TYPE or ENCODING. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly value: string;
}

const ENCODINGS = new Set(["QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B"]);

/** Cards of a file, in order; cards nested in AGENT (RFC 2426 section 3.5.4) are left out. */
export function readCards(text: string): readonly (readonly CardLine[])[] {
  const cards: CardLine[][] = [];
  let depth = 0;
  for (const line of unfolded(text)) {
    if (/^BEGIN:VCARD\s*$/i.test(line)) {
      depth += 1;
      if (depth === 1) cards.push([]);
    } else if (/^END:VCARD\s*$/i.test(line)) depth = Math.max(0, depth - 1);
    else if (depth === 1) {
      const parsed = parseLine(line);
      if (parsed !== undefined) cards.at(-1)?.push(parsed);
    }
  }
  return cards;
}

/** Folds of 3.0 and 4.0 start with white space; quoted-printable of 2.1 continues after "="; base64 of sloppy writers has bare lines. */
function unfolded(text: string): readonly string[] {
  const lines: { readonly head: string; readonly pieces: string[] }[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    const last = lines.at(-1);
    const soft = last?.pieces.at(-1)?.endsWith("=") === true && /QUOTED-PRINTABLE/i.test(last.head);
    const bare = /^[A-Za-z0-9+/]+=*$/.test(line) && /[;=](?:BASE64|B)(?:;|$)/i.test(last?.head ?? "");
    if (last !== undefined && soft) last.pieces.push(last.pieces.pop()?.slice(0, -1) ?? "", line);
    else if (last !== undefined && /^[ \t]/.test(line)) last.pieces.push(line.slice(1));
    else if (last !== undefined && bare) last.pieces.push(line);
    // What stands before a value is short: it is read in the line's first piece.
    else if (line.trim() !== "") lines.push({ head: line.slice(0, Math.max(0, line.indexOf(":"))).slice(0, 1_000), pieces: [line] });
  }
  return lines.map(({ pieces }) => pieces.join(""));
}

function parseLine(line: string): CardLine | undefined {
  const colon = outsideQuotes(line, ":")[0];
  if (colon === undefined) return undefined;
  const [full = "", ...told] = cut(line.slice(0, colon), outsideQuotes(line.slice(0, colon), ";"));
  const name = full.slice(full.lastIndexOf(".") + 1).trim().toUpperCase();
  const parameters: Record<string, string[]> = {};
  for (const parameter of told) {
    const equals = parameter.indexOf("=");
    const bare = parameter.trim().toUpperCase();
    const key = equals > 0 ? parameter.slice(0, equals).trim().toUpperCase() : ENCODINGS.has(bare) ? "ENCODING" : "TYPE";
    const value = equals > 0 ? parameter.slice(equals + 1) : parameter;
    for (const one of cut(value, outsideQuotes(value, ",")).flatMap((part) => part.trim().replace(/^"|"$/g, "").split(key === "TYPE" ? "," : "\u0000"))) (parameters[key] ??= []).push(one);
  }
  return name === "" ? undefined : { name, parameters, value: decoded(line.slice(colon + 1), parameters) };
}

function decoded(value: string, parameters: Readonly<Record<string, readonly string[]>>): string {
  if (parameters["ENCODING"]?.[0]?.toUpperCase() !== "QUOTED-PRINTABLE") return value;
  const bytes = Buffer.from(value.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), "latin1");
  const charset = parameters["CHARSET"]?.[0];
  if (charset === undefined) return textOfFile(bytes);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ERR_ENCODING_NOT_SUPPORTED") throw thrown;
    return textOfFile(bytes);
  }
}

function outsideQuotes(text: string, mark: string): readonly number[] {
  const found: number[] = [];
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '"') quoted = !quoted;
    else if (text[index] === mark && !quoted) found.push(index);
  }
  return found;
}

function cut(text: string, at: readonly number[]): string[] {
  return [...at, text.length].map((end, index) => text.slice(index === 0 ? 0 : (at[index - 1] ?? 0) + 1, end));
}

/** Parts of a value between unescaped separators (";" or ","), unescaped. */
export function parts(value: string, separator: string): string[] {
  const found = [""];
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index] ?? "";
    if (character === "\\") found.push((found.pop() ?? "") + character + (value[(index += 1)] ?? ""));
    else if (character === separator) found.push("");
    else found.push((found.pop() ?? "") + character);
  }
  return found.map(unescaped);
}

/** RFC 6350 section 3.4. */
export function unescaped(value: string): string {
  return value.replace(/\\(n|N|[^nN])/g, (_, character: string) => (character.toLowerCase() === "n" ? "\n" : character)).trim();
}
