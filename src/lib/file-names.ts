import { createHash } from "node:crypto";

/** Longest name of the common file systems, in bytes. */
export const NAME_BYTES = 255;
const KEPT_BYTES = 230;

/**
 * Name → file-system component, by the percent rule of `fixtures/README.md`: `%`, separators, characters that Windows refuses, controls, a trailing dot or
 * space, and lone surrogates become `%XX` of their UTF-8 bytes; "." and ".." are written `%2E`.
 */
export function encodeFileName(name: string): string {
  const escaped = name
    .replace(/[%/\\:*?"<>|\u0000-\u001f\u007f]/g, (character) => percent(Buffer.from(character)))
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (half) => percent(surrogate(half)))
    .replace(/[. ]$/, (character) => percent(Buffer.from(character)));
  if (escaped === "") return "%00";
  return escaped;
}

/** The name that `encodeFileName` was given. */
export function decodeFileName(component: string): string {
  if (component === "%00") return "";
  return component.replace(/(?:%[0-9A-F]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll("%", ""), "hex");
    return run.startsWith("%ED") && bytes.length === 3 ? String.fromCharCode(((bytes[0] ?? 0) & 0x0f) << 12 | ((bytes[1] ?? 0) & 0x3f) << 6 | ((bytes[2] ?? 0) & 0x3f)) : bytes.toString("utf8");
  });
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
