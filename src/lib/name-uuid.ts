import { createHash } from "node:crypto";

/** Ours alone, so that a name says nothing elsewhere. */
const NAMESPACE = Buffer.from("8f6f1c0a5d0b4d3e9d1b6a7c2e4f5061", "hex");
/** Of one thing; each is a request or three for whoever tries them all. */
export const MOST_UUIDS = 1_000;

/** The same text always gives the same identifier: a UUID by name (RFC 9562 section 5.5, version 5), for servers that let the client choose. */
export function nameUuid(name: string): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Identifiers for one thing, in their order: a server may keep the row of what was thrown away, so that its identifier is spent. */
export function* nameUuids(name: string): Generator<string, undefined> {
  for (let at = 0; at < MOST_UUIDS; at++) yield nameUuid(`${name}/${at}`);
}

/** Whether it is one of `nameUuids`: nearly always the first. */
export function isNameUuid(id: string, name: string): boolean {
  for (const own of nameUuids(name)) if (own === id) return true;
  return false;
}
