import type { ItemKey } from "./item.js";
import type { RecordPlace } from "./vault.js";

/** Rows of one table of a checkpoint store, as they are kept. */
export interface KeptRows {
  readonly table: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** A record that stands elsewhere in the copy. */
export interface MovedRecord {
  readonly key: ItemKey;
  readonly from: RecordPlace;
  readonly to: RecordPlace;
}

/** What the checkpoint store does when a vault is copied into another. */
export interface CopyStore {
  /** Everything but where blobs stand and how long files are, in pages. */
  keptRows(): AsyncIterable<KeptRows>;
  /** Takes the rows of another store; its items have no records until those have moved. */
  takeRows(kept: KeptRows): Promise<void>;
  /** An item whose record was read there is read here. */
  moveRecords(moved: readonly MovedRecord[]): Promise<void>;
  /** A record that was not moved, of whichever item. */
  unmovedRecord(): Promise<string | undefined>;
}
