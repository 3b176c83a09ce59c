import type { BlobRef, Container, Item, ItemKey, Owner, WorkloadName } from "./item.js";
import type { BlobSink } from "./source.js";

/** Where a small blob stands: in a tar segment of its owner's folder; bytes start at `offset` (the header is before it). */
export interface BlobPlacement {
  readonly owner: string;
  readonly sha256: string;
  readonly extension: string;
  readonly size: number;
  /** Path relative to the vault: "owners/…/segments/000001.tar" or "owners/…/large/<sha256><extension>". */
  readonly file: string;
  readonly offset: number;
}

/** Where a record line stands in a records file (JSON Lines), path relative to the vault, in bytes, newline included. */
export interface RecordPlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** One line of a records file: an append-only journal from which every index can be rebuilt. The last line about an id wins. */
export type JournalLine =
  | ({ readonly v: 1; readonly at: string } & Item)
  | { readonly v: 1; readonly at: string; readonly kind: "container"; readonly container: Container }
  | { readonly v: 1; readonly at: string; readonly kind: "container-gone"; readonly id: string }
  | { readonly v: 1; readonly at: string; readonly kind: "tombstone"; readonly id: string; readonly container?: string };

/** Rebuildable index that the vault asks for and the state store keeps. */
export interface BlobIndex {
  find(owner: string, sha256: string): Promise<BlobPlacement | undefined>;
  /** Those of the blobs that are known, in any order. */
  findAll(owner: string, sha256s: readonly string[]): Promise<readonly BlobPlacement[]>;
  /** Adopts entries found in a segment at opening that a crash kept from being indexed. */
  adopt(placements: readonly BlobPlacement[]): Promise<void>;
  /**
   * Bytes of a records file or segment that the last committed batch covered. Undefined: nothing committed. At opening, records beyond it are
   * cut, and a segment is looked through from there on.
   */
  committedLength(file: string): Promise<number | undefined>;
}

/** What a check asks besides: whether damage matters to anybody. */
export interface CheckIndex extends BlobIndex {
  /** Whether an item that is at the source is read from that record. */
  relies(key: ItemKey, place: RecordPlace): Promise<boolean>;
  /** Whether a blob of the owner is read from that byte on (a large file: 0). */
  reliesOn(owner: string, file: string, offset: number): Promise<boolean>;
}

/** What a flush made durable; the state store saves it in the same transaction as the ledger rows and the cursor. */
export interface Flushed {
  readonly places: readonly RecordPlace[];
  readonly placements: readonly BlobPlacement[];
  /** New committed length of each records file and segment touched. */
  readonly lengths: Readonly<Record<string, number>>;
}

/** One owner's part of the vault; can be erased alone. */
export interface OwnerVault extends BlobSink {
  /** Appends the lines to the workload's records file after every blob written so far; all of it is on disk when the promise resolves. */
  commit(workload: WorkloadName, lines: readonly JournalLine[]): Promise<Flushed>;
  read(place: RecordPlace): Promise<JournalLine>;
  open(blob: BlobRef): AsyncIterable<Uint8Array>;
  /** Gives this use back; the owner's files are closed after the last one. */
  close(): Promise<void>;
}

export interface VaultPort {
  /** Random UUID made at creation; part of every idempotency key. */
  readonly id: string;
  /** For one use, which `close` must end; several at once share one opening. */
  owner(owner: Owner): Promise<OwnerVault>;
  close(): Promise<void>;
}
