import { hash } from "node:crypto";
import type { BlobRef, Sha256 } from "./item.js";

/** JSON with sorted keys and no spaces; undefined members are left out. Same value = same text. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  let text = "";
  if (Array.isArray(value)) {
    for (const entry of value as unknown[]) text += `${text === "" ? "" : ","}${canonicalJson(entry ?? null)}`;
    return `[${text}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  // Every item read and every record checked comes through here.
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Digest of an item: equal digest = nothing to push again. Records must hold no volatile field (version, etag). */
export function itemDigest(record: unknown, body: BlobRef | undefined, parts: readonly BlobRef[]): Sha256 {
  const blobs = body === undefined ? parts : [body, ...parts];
  return hash("sha256", `${canonicalJson(record)}${blobs.map(({ sha256 }) => `\n${sha256}`).join("")}`, "hex") as Sha256;
}
