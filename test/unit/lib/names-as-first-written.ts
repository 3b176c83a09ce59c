import { createHash } from "node:crypto";

/** The functions that named what was migrated with versions up to 0.1, as they were then: names must never change under people's feet. Not to be changed. */
const NAME_BYTES = 255;
const KEPT_BYTES = 230;
const EMPTY = "%";

export function firstEncodeFileName(name: string): string {
  const escaped = name
    .replace(/[%/\\:*?"<>|\u0000-\u001f\u007f]/g, (character) => bytesPercent(Buffer.from(character)))
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (half) => bytesPercent(surrogate(half)))
    .replace(/[. ]$/, (character) => bytesPercent(Buffer.from(character)));
  if (escaped === "") return EMPTY;
  return name === "." || name === ".." ? name.replaceAll(".", "%2E") : escaped;
}

export function firstShortFileName(component: string): string {
  if (Buffer.byteLength(component) <= NAME_BYTES) return component;
  const dot = component.lastIndexOf(".");
  const extension = dot > 0 && component.length - dot <= 12 ? component.slice(dot) : "";
  const digits = createHash("sha256").update(component).digest("hex").slice(0, 8);
  let stem = "";
  let bytes = Buffer.byteLength(extension) + 9;
  for (const character of component.slice(0, component.length - extension.length)) {
    bytes += Buffer.byteLength(character);
    if (bytes > KEPT_BYTES) break;
    stem += character;
  }
  // A percent sequence cut in two would be read as something else.
  return `${stem.replace(/%[0-9A-F]?$/, "")}~${digits}${extension}`;
}

function bytesPercent(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

function surrogate(half: string): Uint8Array {
  const code = half.charCodeAt(0);
  return Uint8Array.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}

export function firstLeastEncoded(name: string): string {
  const escaped = name
    .replace(/%(?=[0-9A-Fa-f]{2})|[/\\\u0000-\u001f\u007f]/g, percent)
    // Half of a surrogate pair has no UTF-8: written as `firstEncodeFileName` does.
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, firstEncodeFileName)
    .replace(/^\.{1,2}$/, (dots) => `${dots.slice(0, -1)}%2E`)
    .replace(/^\.(?=dav$)/i, "%2E");
  return firstShortFileName(escaped === "" ? "%00" : escaped);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

const QUOTE = "\u201b";
const MAX_BYTES: Readonly<Record<0 | 1 | 2, number>> = { 0: 240, 1: 240, 2: 48 };
const ALWAYS = /[\u0000-\u001f\u007f*%]/;
const PORTABLE = /[\u0000-\u001f\u007f*%/\\.~#"&]/;

export function firstMailboxName(name: string, separator: string, level: 0 | 1 | 2): { name: string; altered: boolean; cut: boolean } {
  const forbidden = (char: string, at: number, all: readonly string[]): boolean =>
    char === separator || (level === 0 ? ALWAYS : PORTABLE).test(char) || (at === 0 && (char === "~" || char === "#"))
    || (level > 0 && char === " " && (at === 0 || at === all.length - 1)) || (char === "." && all.every((other) => other === "."));
  const encoded = [...name].map((char, at, all) => (forbidden(char, at, all) ? standIn(char) : isStandIn(char) || char === QUOTE ? QUOTE + char : char)).join("");
  const cut = encoded === "" || mutf7Length(encoded) > MAX_BYTES[level];
  const final = cut ? shortened(encoded, name, MAX_BYTES[level]) : encoded;
  return { name: final, altered: final !== name, cut };
}

function standIn(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "\u2421" : String.fromCodePoint(code + 0xfee0);
}

function isStandIn(char: string): boolean {
  return /[\u2400-\u2421\uff01-\uff5e]/.test(char);
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

function mutf7Length(text: string): number {
  let length = 0;
  for (const run of text.match(/[\x20-\x7e]+|[^\x20-\x7e]+/g) ?? []) {
    if (/^[\x20-\x7e]/.test(run)) length += run.length + (run.match(/&/g)?.length ?? 0);
    else length += Math.ceil((run.length * 16) / 6) + 2;
  }
  return length;
}
