import type { Container, WorkloadName } from "./item.js";
import type { Flushed, RecordPlace } from "./vault.js";

/** What an owner's folder holds of one workload: items with a record, and the bytes of their bodies. */
export interface Holding {
  readonly workload: WorkloadName;
  readonly items: number;
  readonly bytes: number;
}

/** An item of a feed that is handed from one owner to another. */
export interface HandedRow {
  readonly id: string;
  readonly gone: boolean;
  /** Absent: the item was never read. */
  readonly place: RecordPlace | undefined;
}

/** What the checkpoint store does when an owner is erased. Every method is one transaction and may be repeated. */
export interface ErasureStore {
  holdings(owner: string): Promise<readonly Holding[]>;
  /** Feeds of one workload that an owner holds, with the container that each lists. */
  feedsOf(workload: WorkloadName, owner: string): Promise<readonly { readonly feed: string; readonly container: Container }[]>;
  /** Items that the owner still holds of a feed. */
  rowsOfFeed(workload: WorkloadName, owner: string, feed: string, limit: number): Promise<readonly HandedRow[]>;
  /** Gives items, and what the targets hold of them, to another owner, whose vault has them at the places told. */
  handItems(workload: WorkloadName, from: string, to: string, rows: readonly HandedRow[], flushed: Flushed): Promise<void>;
  /** Gives a feed without items left its new owner: resume point, containers, places at the targets. */
  handFeed(workload: WorkloadName, from: string, to: string, feed: string): Promise<void>;
  /** Removes every row of an owner, and the lengths of the files in its folders. Freed bytes are overwritten. */
  eraseOwner(owner: string, folders: readonly string[]): Promise<void>;
  /** Writes the store anew, so that no free page and no journal holds what was removed before. */
  scrub(): Promise<void>;
}
