import type { Container, ItemKey } from "./item.js";
import type { Failure, PullState, SourceUnit } from "./state.js";
import type { BlobPlacement, RecordPlace } from "./vault.js";

/** An item with the place of its record. */
export interface RecordedRow {
  readonly key: ItemKey;
  readonly pullState: PullState;
  readonly place: RecordPlace;
}

/** Where a page of items goes on. */
export type After = Pick<ItemKey, "workload" | "id">;

/** What the checkpoint store does when a vault is repaired. Every method is one transaction and may be repeated. */
export interface RepairStore {
  /** Whether the store itself is undamaged. */
  isSound(): Promise<boolean>;
  /** Files that batches were committed to. */
  committedFiles(): Promise<readonly string[]>;
  /** Makes a file's committed length what it is now; undefined: the file is no more. */
  setCommitted(file: string, length: number | undefined): Promise<void>;
  /** An owner's blobs by the index, in the order of their hashes, after `after`. */
  blobs(owner: string, after: string, limit: number): Promise<readonly BlobPlacement[]>;
  /** Those of one file, in the order of their places, after the byte `after`. */
  blobsIn(owner: string, file: string, after: number, limit: number): Promise<readonly BlobPlacement[]>;
  /** Blobs of an owner that stand elsewhere now, blobs that are lost, and the new committed lengths. */
  relocate(owner: string, moved: readonly BlobPlacement[], lost: readonly string[], lengths: Readonly<Record<string, number>>): Promise<void>;
  /** An owner's items that have a record, in the order of workload and id. */
  recorded(owner: string, after: After, limit: number): Promise<readonly RecordedRow[]>;
  /** Records between two bytes of a file that an owner's items are read from, in the order of their places. */
  recordsBetween(owner: string, file: string, from: number, to: number): Promise<readonly RecordPlace[]>;
  /** The record is lost, or a blob that it names: what is at the source becomes unreadable, so that the next pull reads it by its id. */
  forgetRecord(key: ItemKey, failure: Failure): Promise<void>;
  /** Items of a unit that are gone at the source, in id order. */
  goneItems(unit: SourceUnit, after: string, limit: number): Promise<readonly string[]>;
  /** Containers of a unit that are gone at the source, in id order. */
  goneContainers(unit: SourceUnit, after: string, limit: number): Promise<readonly string[]>;
  containers(unit: SourceUnit, afterId: string, limit: number): Promise<readonly Container[]>;
}
