import type { CopyStore } from "./copying.js";
import type { ErasureStore } from "./erasure.js";
import type { ErrorCode } from "./errors/catalog.js";
import type { Change, Container, ItemKey, Loss, Owner, PlacedContainer, WorkloadName } from "./item.js";
import type { RepairStore } from "./repair.js";
import type { Cursor, HeldItem, KnownItem, OwnerFacts } from "./source.js";
import type { CheckIndex, Flushed, RecordPlace } from "./vault.js";
import type { VerifyStore } from "./verifying.js";

export type PassKind = "full" | "delta" | "cutover";

/** One logical round over the tenant. A run that is cut goes on with the same pass; its counts add up as if it had not been cut. */
export interface Pass {
  readonly id: string;
  readonly kind: PassKind;
  readonly startedAt: string;
  readonly resumed: boolean;
}

/** One owner's one workload at the source. */
export interface SourceUnit {
  readonly workload: WorkloadName;
  readonly owner: string;
}

/** The smallest piece of work that is scheduled: one owner, one workload, one target. */
export interface Unit extends SourceUnit {
  readonly target: string;
}

/** Targets at which a unit stands and is to get nothing more: somebody asked for another (`--reroute`). */
export interface LeftTargets extends SourceUnit {
  readonly targets: readonly string[];
}

export interface FeedState {
  readonly cursor: Cursor | undefined;
  /** The container is new, renamed or moved since the last run: its journal line is still to be written. */
  readonly containerChanged: boolean;
  /** A full listing is under way: what it does not name is gone when it ends. */
  readonly listing: boolean;
}

/** `place` is set for changes of kind "item": where its record stands. */
export interface CommittedChange {
  readonly change: Change;
  readonly place?: RecordPlace;
}

export interface PullCommit extends SourceUnit {
  readonly feed: string;
  readonly changes: readonly CommittedChange[];
  readonly next?: Cursor;
  readonly done: boolean;
  readonly flushed: Flushed;
}

export type PullState = "present" | "gone" | "unreadable" | "skipped";
export type PushState = "sending" | "done" | "skipped" | "failed" | "removed" | "kept";

/** What the ledger knows of an item at one target. `ref` stands in container `container`; `previous` is an old object still to be removed. */
export interface LedgerEntry {
  readonly state: PushState;
  readonly seq: number;
  readonly ref?: string;
  readonly etag?: string;
  readonly container?: string;
  readonly previous?: { readonly ref: string; readonly container: string };
  readonly attempts: number;
  /** Of the last put that succeeded: "unchanged" was found as it was to be. */
  readonly outcome?: string;
  /** What `verify` found last, of the object that `ref` names. */
  readonly verdict?: VerifyState;
  /** What it failed with; an earlier version of the program may have named it. */
  readonly code?: string;
}

/** An item with what one target knows of it. `seq` grows with every change of content, container or state. */
export interface WorkRow {
  readonly id: string;
  readonly container: string;
  readonly title: string;
  readonly seq: number;
  /** When a message was written (`writtenAt`). */
  readonly written: string;
  readonly pullState: PullState;
  readonly place: RecordPlace | undefined;
  readonly ledger: LedgerEntry | undefined;
}

/** Where a round over the pending rows stands. */
export type PushPlace = Pick<WorkRow, "seq" | "written">;

/** An item that the vault holds and that was at the source by the last reading. `size`: bytes of its body. */
export interface StoredItem {
  readonly key: ItemKey;
  readonly container: string;
  readonly title: string;
  readonly size: number;
  readonly place: RecordPlace;
}

export interface Settlement {
  readonly state: PushState;
  readonly seq: number;
  readonly outcome?: "created" | "updated" | "unchanged";
  readonly ref?: string | undefined;
  readonly etag?: string | undefined;
  readonly container?: string | undefined;
  readonly previous?: { readonly ref: string; readonly container: string } | undefined;
  readonly losses?: readonly Loss[];
  readonly failure?: Failure;
  readonly countAttempt: boolean;
}

/** An error as kept in the ledger: enough to print it in either language. */
export interface Failure {
  readonly code: ErrorCode | string;
  readonly params: Readonly<Record<string, string | number>>;
}

export type VerifyState = "same" | "different" | "missing" | "unverifiable";

export type FinalState = "migrated" | "already-there" | "converted" | "skipped" | "failed" | "pending";

/** Accounts for every item of a unit that is at the source; `seen` is the sum of `counts`. */
export interface UnitCounts {
  readonly seen: number;
  readonly counts: Readonly<Record<FinalState, number>>;
  readonly removed: number;
  readonly keptAfterDeletion: number;
  readonly bytes: number;
  readonly verified: Readonly<Record<VerifyState, number>>;
}

/** One accounted item that needs a word: failed, skipped, converted or found different. */
export interface AccountedItem extends Unit {
  readonly id: string;
  readonly title: string;
  readonly state: FinalState;
  readonly failure?: Failure;
  readonly losses: readonly Loss[];
  readonly verified?: VerifyState;
}

/** How an item stands at a target, whatever the pass. `kept`: deleted at the source, and still there. */
export type Standing = "delivered" | "kept" | "skipped" | "failed" | "pending";

/** How many items of a unit failed by one code, with what one of them was told. A unit that is blocked as a whole may have none that are known. */
export interface FailedItems {
  readonly failure: Failure;
  readonly items: number;
}

/** Any item that one target has, or was to have. `place`: of its record, where the vault holds one. */
export interface StandingItem extends Unit {
  readonly id: string;
  readonly title: string;
  readonly standing: Standing;
  readonly container: string;
  readonly size: number;
  readonly place?: RecordPlace;
  /** Where it is at the target: its references of the container and of the item. */
  readonly at?: { readonly container: string; readonly ref: string };
  readonly failure?: Failure;
  readonly losses: readonly Loss[];
}

/** Why a unit (or one of its containers) could not be worked on in the last run. `container` "*" = the whole unit; `target` "" = the pull. */
export interface Blockage extends Unit {
  readonly container: string;
  readonly failure: Failure;
}

export interface PlacementState {
  /** Empty: its making was begun, and whether it is there is not known. */
  readonly targetId: string;
  /** Path at the time of the last prepare; another path now = rename. */
  readonly path: readonly string[];
  /** Whether we made it: what stood there before is never removed. */
  readonly made: boolean;
}

/** A container that we made. `depth`: names in its path. */
export interface MadePlacement {
  readonly container: string;
  readonly targetId: string;
  readonly depth: number;
}

/**
 * Cursors and ledger: the resume point, the report and the proof. Every method is one transaction.
 * Invariant: a row only names records that exist, and a cursor never runs ahead of its rows.
 */
export interface StateStore extends CheckIndex, CopyStore, ErasureStore, RepairStore, VerifyStore {
  /** Goes on with the last pass of that kind when it was not completed, else starts a new one. */
  openPass(kind: PassKind): Promise<Pass>;
  completePass(id: string): Promise<void>;
  lastPass(): Promise<(Pass & { readonly completedAt?: string }) | undefined>;

  saveOwner(owner: Owner): Promise<void>;
  owners(): Promise<readonly Owner[]>;
  /** What the source told last of owners for the routes, by their ids: commands without a source route by it. */
  saveFacts(facts: ReadonlyMap<string, OwnerFacts>): Promise<void>;
  facts(): Promise<ReadonlyMap<string, OwnerFacts>>;

  // pull
  /** Registers the feed and its container as seen in this run. */
  openFeed(unit: SourceUnit, feed: string, container: Container, run: string): Promise<FeedState>;
  /** Who holds a feed that several owners list: the owner itself when nobody did. The owner must have been saved. */
  claimFeed(unit: SourceUnit, feed: string, container: Container): Promise<Owner>;
  /** Feeds of the unit that were not opened in this run, each with the container that it listed. */
  unopenedFeeds(unit: SourceUnit, run: string): Promise<readonly { readonly id: string; readonly container: string }[]>;
  /** Whether a full listing of the feed is under way. */
  listing(unit: SourceUnit, feed: string): Promise<boolean>;
  /** Items after the id `after` that the full listing under way has not named, in id order; none when there is no listing. */
  unlisted(unit: SourceUnit, feed: string, after: string, limit: number): Promise<readonly string[]>;
  unlistedContainers(unit: SourceUnit, feed: string): Promise<readonly string[]>;
  /** Of items that were told unchanged: those that the state has elsewhere, or gone. */
  displaced(unit: SourceUnit, told: readonly { readonly id: string; readonly container: string }[]): Promise<readonly string[]>;
  /** Starts a full listing: what it does not name by its end is gone. */
  startListing(unit: SourceUnit, feed: string): Promise<void>;
  /** Feeds not opened in this run have vanished at the source, and their containers with them. */
  retireFeeds(unit: SourceUnit, run: string): Promise<void>;
  /** Whether the last pull of the unit saw everything: only then may what it did not see be believed gone. */
  savePulled(unit: SourceUnit, complete: boolean): Promise<void>;
  pulledCompletely(unit: SourceUnit): Promise<boolean>;
  /** What the vault holds of an item, and where. */
  known(unit: SourceUnit, id: string): Promise<(KnownItem & { readonly place: RecordPlace }) | undefined>;
  held(unit: SourceUnit, prefix: string): Promise<readonly HeldItem[]>;
  commitPull(commit: PullCommit): Promise<void>;
  /** Items that could not be read, after `afterId` in id order. */
  unreadable(unit: SourceUnit, afterId: string, limit: number): Promise<readonly { readonly id: string; readonly container: string; readonly feed: string }[]>;
  /** Makes an item unreadable that the vault cannot give any more, and forgets where its lost blob stood, so that the next pull stores it anew. */
  forgetContent(unit: SourceUnit, id: string, failure: Failure, sha256: string | undefined): Promise<void>;
  /** Result of reading one item again. */
  commitRetry(commit: PullCommit): Promise<void>;

  // containers
  placed(unit: SourceUnit, id: string): Promise<PlacedContainer | undefined>;
  /** Live containers in id order after `afterId`. */
  containers(unit: SourceUnit, afterId: string, limit: number): Promise<readonly Container[]>;
  placement(unit: Unit, container: string): Promise<PlacementState | undefined>;
  savePlacement(unit: Unit, container: string, placement: PlacementState): Promise<void>;
  /** Names of the targets at which anything was placed. */
  placedTargets(): Promise<readonly string[]>;
  /** Whether anything of the unit was placed at its target. */
  hasPlacement(unit: Unit): Promise<boolean>;
  /** In place of what the same units had left before. */
  saveLeft(units: readonly LeftTargets[]): Promise<void>;
  leftTargets(unit: SourceUnit): Promise<readonly string[]>;
  /** Placements whose container is gone at the source, deepest paths first. */
  orphanPlacements(unit: Unit): Promise<readonly (Pick<PlacementState, "targetId" | "made"> & { readonly container: string })[]>;
  dropPlacement(unit: Unit, container: string): Promise<void>;
  /** The unit is as if it had never been at its target: routes are free to send it elsewhere. */
  dropPlacements(unit: Unit): Promise<void>;
  /** Placements of containers that we made, those inside others first, after one when it is told. */
  madePlacements(unit: Unit, after: MadePlacement | undefined, limit: number): Promise<readonly MadePlacement[]>;

  // look
  /** Items of an owner that the vault holds, by workload. */
  tallies(owner: string): Promise<readonly { readonly workload: WorkloadName; readonly items: number }[]>;
  containerTally(unit: SourceUnit, container: string): Promise<number>;
  /** Items that the vault holds after the id `after`, in id order; of one container when it is named. */
  stored(unit: SourceUnit, options: { readonly container?: string | undefined; readonly after: string; readonly limit: number }): Promise<readonly StoredItem[]>;
  storedById(id: string): Promise<readonly StoredItem[]>;

  // push
  /** Rows that still need work, by seq, or with `oldestFirst` by the time of their writing; after a row, when it is told. `run`: failures of this run are not offered again. `gone`: also rows deleted at the source; `keptToo`: those kept by an earlier run as well. */
  pending(unit: Unit, options: { readonly after: PushPlace; readonly limit: number; readonly run: string; readonly gone: boolean; readonly keptToo: boolean; readonly oldestFirst: boolean }): Promise<readonly WorkRow[]>;
  /** Rows whose last put may or may not have arrived, and rows with an old object still to remove, in the order of `pending`. */
  inDoubt(unit: Unit, options: { readonly after: PushPlace; readonly limit: number; readonly oldestFirst: boolean }): Promise<readonly WorkRow[]>;
  markSending(unit: Unit, rows: readonly WorkRow[]): Promise<void>;
  settle(unit: Unit, id: string, settlement: Settlement, pass: string, run: string): Promise<void>;
  /** The old object of a move or rewrite is gone from the target. */
  clearPrevious(unit: Unit, id: string): Promise<void>;
  isTaken(unit: Unit, container: string, ref: string, exceptId: string): Promise<boolean>;
  /** Reference of an item that stands in this container. */
  refOf(unit: Unit, container: string, id: string): Promise<{ readonly id: string; readonly etag?: string } | undefined>;

  // take back and account
  /** Rows of which something stands at the target or may stand there, in id order after `afterId`. */
  standingRows(unit: Unit, afterId: string, limit: number): Promise<readonly WorkRow[]>;
  standingCount(unit: Unit): Promise<number>;
  /** The item is as if it had never been put. */
  forgetPut(unit: Unit, id: string): Promise<void>;
  /** What the last verification did not find at the target counts as failed, and as not standing there. */
  failMissing(unit: Unit, failure: Failure): Promise<void>;
  clearBlockages(unit: Unit): Promise<void>;
  block(blockage: Blockage): Promise<void>;
  blockages(): Promise<readonly Blockage[]>;
  counts(unit: Unit, pass: string): Promise<UnitCounts>;
  /** What failed of a unit by its last run, most items first. */
  failed(unit: Unit): Promise<readonly FailedItems[]>;
  /** Streams items that need a word, by id. */
  notable(unit: Unit, pass: string): AsyncIterable<AccountedItem>;
  /** Streams every item that is at the source or still at the target, by id. */
  standing(unit: Unit): AsyncIterable<StandingItem>;
  close(): Promise<void>;
}
