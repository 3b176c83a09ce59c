import { createHash } from "node:crypto";
import { canonicalJson, itemDigest } from "../../core/digest.js";
import type { BlobRef, Change, ItemKey, Loss } from "../../core/item.js";
import type { ReadContext } from "../../core/source.js";

/** What tells about a container itself, as an item that stands in it. */
export interface Card {
  readonly key: ItemKey;
  readonly container: string;
  readonly title: string;
  readonly record: unknown;
  readonly losses: readonly Loss[];
  readonly parts?: readonly BlobRef[];
}

/** Unchanged when it says what the last one said. A card has no change mark at the source, so its content is the mark. */
export async function cardOf({ key, container, title, record, losses, parts = [] }: Card, context: ReadContext): Promise<Change> {
  const version = createHash("sha256").update(canonicalJson([record, losses])).digest("base64url");
  if ((await context.known(key.id))?.version === version) return { kind: "unchanged", id: key.id, container };
  return { kind: "item", key, container, version, title, record, parts, digest: itemDigest(record, undefined, parts), losses };
}
