import { createHash } from "node:crypto";
import type { BlobRef, Sha256 } from "./item.js";

/** JSON with sorted keys and no spaces; undefined members are left out. Same value = same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value as Record<string, unknown>)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** Digest of an item: equal digest = nothing to push again. Records must hold no volatile field (version, etag). */
export function itemDigest(record: unknown, body: BlobRef | undefined, parts: readonly BlobRef[]): Sha256 {
  const hash = createHash("sha256").update(canonicalJson(record));
  for (const blob of body === undefined ? parts : [body, ...parts]) hash.update(`\n${blob.sha256}`);
  return hash.digest("hex") as Sha256;
}
