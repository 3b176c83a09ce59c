import type { BlobRef, Change, Container, Item, Loss, Owner, Sha256, WorkloadName } from "./item.js";

/** Opaque resume point of a feed (a Graph nextLink or deltaLink); the engine stores it and never parses it. */
export type Cursor = string & { readonly __brand: "cursor" };

/** One line of `doctor`. `code` is stable; `advice` tells the remedy, or what may be worth doing although nothing is wrong. */
export interface CheckResult {
  readonly subject: string;
  readonly ok: boolean;
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** Where readers put bytes. Streams; holds at most a small bounded buffer per call. */
export interface BlobSink {
  write(bytes: AsyncIterable<Uint8Array>, extension: string): Promise<BlobRef>;
}

/** What the vault already holds of an item. */
export interface KnownItem {
  readonly version: string;
  readonly container: string;
  readonly digest: Sha256;
  readonly body?: BlobRef;
}

/** A row of the account that an item id leads to. */
export interface HeldItem {
  readonly id: string;
  readonly container: string;
  /** Empty unless the item was read. */
  readonly version: string;
  readonly title: string;
  readonly state: "present" | "unreadable" | "skipped";
}

export interface ReadContext {
  readonly blobs: BlobSink;
  /** Lets a reader skip what was already stored (same version), so that a cut page is not downloaded twice. */
  known(id: string): Promise<KnownItem | undefined>;
  /** The item whole, as the vault holds it: for a reader that takes over a part that has not changed. */
  stored(id: string): Promise<Item | undefined>;
  /** What is accounted for and not gone, of ids that begin with `prefix`: a source that marks changes of a whole thread names its unchanged items so. Few. */
  held(prefix: string): Promise<readonly HeldItem[]>;
  readonly signal: AbortSignal;
}

/**
 * Part of a feed. The engine stores the changes first, then `next`, in one transaction; never the other way round.
 * `next` is absent when the batch is only a part of a page: its changes are stored and the cursor stays.
 * `done` is true on the last batch of the round.
 */
export interface Batch {
  readonly changes: readonly Change[];
  readonly next?: Cursor;
  readonly done: boolean;
}

/** A stream of changes with a cursor of its own: one mail folder, one calendar, one address book, one whole drive. */
export interface Feed {
  readonly id: string;
  /** Container that the feed lists, reported by the engine before the feed's first batch. */
  readonly container: Container;
  /** True when every round is a full listing (no delta at the source): what a finished round does not name is gone. */
  readonly listing: boolean;
}

/** What the directory tells of a user's account, for `audit`. */
export interface AccountFacts {
  /** What its mailbox is for ("user", "shared", "room", "equipment", …), "none", or "unknown". */
  readonly mailbox: string;
  readonly enabled: boolean;
  readonly guest: boolean;
  readonly licences: readonly string[];
}

export interface Inventory {
  readonly containers: number;
  /** Absent: the source does not tell without reading them. */
  readonly items?: number;
  /** Bytes, when the source tells them without reading the items. */
  readonly bytes?: number;
  readonly account?: AccountFacts;
  /** What the source keeps from us, or what was chosen to be left out. */
  readonly losses?: readonly Loss[];
}

export interface Workload {
  readonly name: WorkloadName;
  /** Several owners list the same feeds (a chat, by each of its members): the first to read one holds it, and its items are that owner's. */
  readonly shared?: boolean;
  /** Feeds of one owner that may be read beside one another; 1 when absent. */
  readonly width?: number;
  feeds(owner: Owner, signal: AbortSignal): AsyncIterable<Feed>;
  /** Shared workloads: a feed that the owner holds and does not list any more, which others may. Undefined when it is gone. */
  reopen?(owner: Owner, feed: string, signal: AbortSignal): Promise<Feed | undefined>;
  /** Pull-based: the next page is asked for only when the consumer took the last one. */
  changes(owner: Owner, feed: Feed, since: Cursor | undefined, context: ReadContext): AsyncIterable<Batch>;
  /** Reads one item again by its id (retry of an unreadable one). Answers a tombstone when it is gone. */
  readOne(owner: Owner, id: string, container: string, context: ReadContext): Promise<Change>;
  /** Counts for `audit`, from the source's own figures, without reading items where it tells them. */
  inventory(owner: Owner, signal: AbortSignal): Promise<Inventory>;
}

/** Whom `check` asks one by one. */
export interface CheckScope {
  /** Owners of the configuration. */
  wants(owner: Owner): boolean;
  /** Most owners asked. */
  readonly most: number;
}

export interface Source {
  readonly name: string;
  /** Sign-in, permissions of the routed workloads, then the owners' own mailboxes. */
  check(scope: CheckScope, signal: AbortSignal): AsyncIterable<CheckResult>;
  owners(signal: AbortSignal): AsyncIterable<Owner>;
  workload(name: WorkloadName): Workload | undefined;
  /** Properties that were wanted and that this source does not tell, as far as it was asked ("type.property"). */
  untold?(): readonly string[];
  close(): Promise<void>;
}
