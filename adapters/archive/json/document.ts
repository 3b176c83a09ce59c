import type { BlobRef, Item } from "../../../src/core/item.js";
import { documentName } from "../names.js";
import type { JsonShape } from "./session.js";

/**
 * An item as one JSON file with its neutral record, `<title> <mark>.json`; its body stands beside it under the same name, further blobs in
 * `<title> <mark>.parts/`. `files` of the JSON names them, by their hashes.
 */
export function documentShape(changed: () => Promise<void>): JsonShape {
  return {
    fileOf: (item) => `${stemOf(item)}.json`,
    json: async (item) => Promise.resolve({ title: item.title, record: item.record, files: Object.fromEntries(blobsOf(item).map(([name, { sha256 }]) => [name, sha256])) }),
    blobsOf, blobsNamedIn, owned: true, folders: [], derived: [],
    changed,
  };
}

function stemOf({ title, key }: Item): string {
  return documentName(title, key.owner, key.id);
}

function blobsOf(item: Item): readonly (readonly [string, BlobRef])[] {
  const { body, parts } = item;
  const stem = stemOf(item);
  return [
    ...(body === undefined ? [] : [[`${stem}${body.extension === ".json" ? ".body.json" : body.extension}`, body] as const]),
    ...[...new Map(parts.map((part) => [part.sha256, part])).values()].map((part) => [`${stem}.parts/${part.sha256.slice(0, 16)}${part.extension}`, part] as const),
  ];
}

/** A file that is no JSON, or another's, names none. */
function blobsNamedIn(text: string): readonly string[] {
  try {
    const files = (JSON.parse(text) as { readonly files?: unknown } | null)?.files;
    return typeof files === "object" && files !== null ? Object.keys(files).filter((name) => !name.split("/").includes("..")) : [];
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return [];
    throw thrown;
  }
}
