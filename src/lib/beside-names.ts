import { NAME_BYTES, shortFileName } from "./file-names.js";

/** Where another's file holds the name. `most`: the longest that the target takes, in bytes. */
export function besideName(name: string, most = NAME_BYTES): string {
  return inserted(name, " (o365)", most);
}

/** Where another item or container of ours holds it: told apart by the beginning of its key. */
export function markedName(name: string, key: string, most = NAME_BYTES): string {
  return inserted(name, `~${key.slice(0, 8)}`, most);
}

/** Before the extension. */
function inserted(name: string, mark: string, most: number): string {
  const dot = name.lastIndexOf(".");
  const cut = dot > 0 && name.length - dot <= 12 ? dot : name.length;
  return shortFileName(`${name.slice(0, cut)}${mark}${name.slice(cut)}`, most);
}
