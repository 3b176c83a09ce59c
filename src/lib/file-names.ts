import { createHash } from "node:crypto";

/** Longest name of the common file systems, in bytes. */
export const NAME_BYTES = 255;
const KEPT_BYTES = 230;
/** Stands for the empty name: a `%` alone is never part of another result. */
const EMPTY = "%";

/**
 * Name → file-system component, by the percent rule of `fixtures/README.md`: `%`, separators, characters that Windows refuses, controls, a trailing dot or
 * space, and lone surrogates become `%XX` of their UTF-8 bytes; "." and ".." are written `%2E`.
 */
export function encodeFileName(name: string): string {
  const escaped = name
    .replace(/[%/\\:*?"<>|\u0000-\u001f\u007f]/g, (character) => percent(Buffer.from(character)))
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (half) => percent(surrogate(half)))
    .replace(/[. ]$/, (character) => percent(Buffer.from(character)));
  if (escaped === "") return EMPTY;
  return name === "." || name === ".." ? name.replaceAll(".", "%2E") : escaped;
}

/** The name that `encodeFileName` was given. A `%` that starts no sequence is taken literally. */
export function decodeFileName(component: string): string {
  if (component === EMPTY) return "";
  return component.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => decodeBytes(Buffer.from(run.replaceAll("%", ""), "hex")));
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

/** Cuts a component that is too long for a file system: start, `~`, eight digits of its hash, extension. Same component = same result. */
export function shortFileName(component: string): string {
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

function percent(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** A half of a surrogate pair alone has no UTF-8; its generalised form (WTF-8) is three bytes. */
function surrogate(half: string): Uint8Array {
  const code = half.charCodeAt(0);
  return Uint8Array.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}

/** The end of a file's name as a blob's extension: letters and digits only, ".bin" for everything else. */
export function fileExtension(name: string): string {
  return /\.[a-z0-9]{1,8}$/.exec(name.toLowerCase())?.[0] ?? ".bin";
}
