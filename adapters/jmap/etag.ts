import type { TargetRef } from "../../src/core/adapter.js";

/** Fields that a server may refuse to keep of a message that it takes. */
export type Unkept = "categories" | "receivedAt";

export interface Etag {
  /** SHA-256 of the message's bytes in the vault. */
  readonly source: string;
  /** The same of those that the server stored. */
  readonly stored: string;
  /** What was told as a loss, and is not to be found different later. */
  readonly unkept: readonly Unkept[];
}

/** As short as it can be said: `source`, `source:stored`, `source:stored:categories,receivedAt`. */
export function etagOf({ source, stored, unkept }: Etag): string {
  if (unkept.length > 0) return `${source}:${stored}:${unkept.join(",")}`;
  return source === stored ? source : `${source}:${stored}`;
}

export function readEtag({ etag = "" }: TargetRef): Etag {
  const [source = "", stored = source, unkept = ""] = etag.split(":");
  return { source, stored, unkept: (["categories", "receivedAt"] as const).filter((field) => unkept.split(",").includes(field)) };
}
