import { createHash } from "node:crypto";
import type { Owner, WorkloadName } from "../core/item.js";

export const FORMAT = "o365-exodus-vault";
export const FORMAT_VERSION = 1;
export const HEADER_FILE = "exodus-vault.json";

/** Blobs up to this size go into tar segments; larger ones are files of their own. Bytes. */
export const SMALL_BLOB = 1024 * 1024;
/** A segment or records file is sealed when it reaches this size. Bytes. */
export const SEGMENT_BYTES = 256 * 1024 * 1024;
export const RECORDS_BYTES = 64 * 1024 * 1024;

/** First line of defence against other users of the machine: the vault holds personal data. */
export const DIR_MODE = 0o700;
export const FILE_MODE = 0o600;

export interface VaultHeader {
  readonly format: string;
  readonly version: number;
  readonly id: string;
  readonly createdAt: string;
  readonly tool: string;
}

/** Folder of an owner, relative to the vault: readable name first, identity second. */
export function ownerDir(owner: Owner): string {
  const slug = owner.name.normalize("NFKD").replace(/[^\w.@-]+/g, "-").slice(0, 80) || "owner";
  return `owners/${slug}-${createHash("sha256").update(owner.id).digest("hex").slice(0, 8)}`;
}

export function segmentFile(dir: string, number: number): string {
  return `${dir}/segments/${String(number).padStart(6, "0")}.tar`;
}

export function recordsFile(dir: string, workload: WorkloadName, number: number): string {
  return `${dir}/records/${workload}-${String(number).padStart(6, "0")}.jsonl`;
}

export function largeFile(dir: string, sha256: string, extension: string): string {
  return `${dir}/large/${sha256}${extension}`;
}
