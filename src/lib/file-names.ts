import { createHash } from "node:crypto";
import { isHalf, PERCENT } from "./name-alphabets.js";
import { MEASURES, sourceName, targetName, type NameRules } from "./target-names.js";

/** Longest name of the common file systems, in bytes. */
export const NAME_BYTES = 255;
const KEPT_BYTES = 230;

/** What separators, Windows or people's eyes refuse: the percent rule of `fixtures/README.md`, by which files were named from the start (docs/decisions/0014-names-for-targets.md). */
export const FILE_NAMES: NameRules = {
  alphabet: PERCENT,
  // A `%` alone is never part of another result.
  empty: "%",
  forbids: (char, at, all) => /[/\\:*?"<>|\u0000-\u001f\u007f]/.test(char) || isHalf(char) || (at === all.length - 1 && /[. ]/.test(char)) || isDots(all),
  most: NAME_BYTES, measure: MEASURES.bytes, shorten: (written) => shortFileName(written),
};

/** Whether a name is "." or "..", which mean folders. */
export function isDots(all: readonly string[]): boolean {
  return all.length <= 2 && all.every((char) => char === ".");
}

/**
 * Name → file-system component, of whatever length: `%`, separators, characters that Windows refuses, controls, a trailing dot or space, and
 * lone surrogates become `%XX` of their UTF-8 bytes; "." and ".." are written `%2E`.
 */
export function encodeFileName(name: string): string {
  return targetName(name, { ...FILE_NAMES, most: Infinity }).name;
}

/** The name that `encodeFileName` was given. A `%` that starts no sequence is taken literally. */
export function decodeFileName(component: string): string {
  return sourceName(component, FILE_NAMES);
}

/** Cuts a component that is too long for a file system: start, `~`, eight digits of its hash, extension. Same component = same result. */
export function shortFileName(component: string, most = NAME_BYTES): string {
  if (Buffer.byteLength(component) <= most) return component;
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

/** The end of a file's name as a blob's extension: letters and digits only, ".bin" for everything else. */
export function fileExtension(name: string): string {
  return /\.[a-z0-9]{1,8}$/.exec(name.toLowerCase())?.[0] ?? ".bin";
}
