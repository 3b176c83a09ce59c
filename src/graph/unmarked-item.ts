import { createHash } from "node:crypto";
import type { z } from "zod";
import { canonicalJson, itemDigest } from "../core/digest.js";
import { ExodusError } from "../core/errors.js";
import type { BlobRef, Change, Item, Loss } from "../core/item.js";
import type { ReadContext } from "../core/source.js";

export interface Unmarked extends Pick<Item, "key" | "container" | "title" | "record"> {
  readonly parts?: readonly BlobRef[];
  readonly losses?: readonly Loss[];
}

/** An item that has no change mark at the source: its content is the mark, and one that says what the last one said is unchanged. */
export async function unmarkedItem({ key, container, title, record, parts = [], losses = [] }: Unmarked, context: ReadContext): Promise<Change> {
  const digest = itemDigest(record, undefined, parts);
  const version = createHash("sha256").update(canonicalJson([digest, losses])).digest("base64url");
  if ((await context.known(key.id))?.version === version) return { kind: "unchanged", id: key.id, container };
  return { kind: "item", key, container, version, title, record, parts, digest, losses };
}

/** A record as its schema has it. @throws ExodusError GRAPH_SHAPE: the source told something else than its documentation. */
export function shaped<S extends z.ZodType>(schema: S, value: z.input<S>, path: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExodusError("GRAPH_SHAPE", { params: { path, reason: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` }, cause: parsed.error });
}
