import { createHash } from "node:crypto";
import { WORKLOADS, type Owner, type WorkloadName } from "../core/item.js";

/** Names and sizes of `docs/format.md`, which is normative. */
export const FORMAT = "o365-exodus-vault";
export const FORMAT_VERSION = 1;
/** The same, its contents encrypted. */
export const ENCRYPTED_VERSION = 2;
export const HEADER_FILE = "exodus-vault.json";

/** Blobs up to this size go into tar segments; larger ones are files of their own. Bytes. */
export const SMALL_BLOB = 1024 * 1024;
/** The largest entry of a segment: a small blob, or the message that keeps it (age: 200 bytes for one recipient, 16 for each 64 KiB). Bytes. */
export const MOST_ENTRY = SMALL_BLOB + 4096;
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
  /** For whom an encrypted vault's key is kept, "age1…". */
  readonly recipients?: readonly string[];
}

/** Where files are sealed; the tests take smaller ones. Bytes. */
export interface Sizes {
  readonly segment: number;
  readonly records: number;
}

/** End of the folder name of an owner: its identity, whatever it is called today. */
export function ownerMark(owner: Owner): string {
  return `-${ownerHash(owner).slice(0, 8)}`;
}

/** Folder of an owner seen for the first time, relative to the vault: readable name first, identity second. In an encrypted vault more of the identity stands for the name. */
export function ownerDir(owner: Owner, named: boolean): string {
  const slug = owner.name.normalize("NFKD").replace(/[^\w.@-]+/g, "-").slice(0, 80) || "owner";
  return `owners/${named ? slug : ownerHash(owner).slice(8, 32)}${ownerMark(owner)}`;
}

function ownerHash(owner: Owner): string {
  return createHash("sha256").update(owner.id).digest("hex");
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

/** Number of a segment; undefined for a foreign file. */
export function segmentNumber(name: string): number | undefined {
  return /^\d{6,}\.tar$/.test(name) ? parseInt(name, 10) : undefined;
}

/** Workload and number of a records file; undefined for a foreign file. */
export function recordsName(name: string): { readonly workload: WorkloadName; readonly number: number } | undefined {
  const [, word, digits] = /^([a-z]+)-(\d{6,})\.jsonl$/.exec(name) ?? [];
  const workload = WORKLOADS.find((known) => known === word);
  return workload === undefined || digits === undefined ? undefined : { workload, number: parseInt(digits, 10) };
}

/** Ending of every blob's name in an encrypted vault, where the hash is that of the message. */
export const ENCRYPTED_EXTENSION = ".age";

/** Ending of a blob's name, dot included, or nothing. */
export const EXTENSION = /^(\.[A-Za-z0-9]{1,16})?$/;

/** "<sha256><.ext>" of a blob's file or tar entry; undefined for any other name. */
export function blobName(name: string): { readonly sha256: string; readonly extension: string } | undefined {
  const sha256 = name.slice(0, 64);
  const extension = name.slice(64);
  return /^[0-9a-f]{64}$/.test(sha256) && EXTENSION.test(extension) ? { sha256, extension } : undefined;
}
