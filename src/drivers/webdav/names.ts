import { encodeFileName, shortFileName } from "../../lib/file-names.js";

/**
 * The name as most servers take it: only what no URL segment or POSIX file system holds is written by the percent rule (separators, controls,
 * ".", "..", the empty name, mod_dav's own ".DAV"), and a `%` that would read as such a sequence. Cut with a hash over 255 bytes.
 */
export function leastEncoded(name: string): string {
  const escaped = name
    .replace(/%(?=[0-9A-Fa-f]{2})|[/\\\u0000-\u001f\u007f]/g, percent)
    // Half of a surrogate pair has no UTF-8: written as `encodeFileName` does.
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, encodeFileName)
    .replace(/^\.{1,2}$/, (dots) => `${dots.slice(0, -1)}%2E`)
    .replace(/^\.(?=dav$)/i, "%2E");
  return shortFileName(escaped === "" ? "%00" : escaped);
}

/** Spellings to offer a server, the closest to the source first: the second holds for those that refuse what Windows refuses. */
export function spellings(name: string): readonly string[] {
  const [least, strict] = [leastEncoded(name), shortFileName(encodeFileName(name))];
  return least === strict ? [least] : [least, strict];
}

/** Where another's file holds the name. */
export function besideName(name: string): string {
  return inserted(name, " (o365)");
}

/** Where another item of ours holds it. `mark` is short and stable for the item. */
export function markedName(name: string, mark: string): string {
  return inserted(name, `~${mark}`);
}

function inserted(name: string, mark: string): string {
  const dot = name.lastIndexOf(".");
  const cut = dot > 0 && name.length - dot <= 12 ? dot : name.length;
  return shortFileName(`${name.slice(0, cut)}${mark}${name.slice(cut)}`);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
