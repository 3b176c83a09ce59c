import { createHash } from "node:crypto";

/**
 * UID of an item that the source gives none: from its immutable id, so that every reading gives the same.
 * Lower-case UUID text of version 8 (RFC 9562 section 5.8).
 */
export function derivedUid(id: string): string {
  const hex = createHash("sha256").update(id).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
