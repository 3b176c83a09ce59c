import type { BlobRef, Change, Container, ForeseenLoss, Item, Loss, Owner, Sha256, WorkloadName } from "./item.js";

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

/** What the directory tells of a group, for `audit`. */
export interface GroupFacts {
  /** "microsoft365", "security", "mail-security" or "distribution". */
  readonly kind: string;
  /** Its members are those that a rule finds. */
  readonly dynamic: boolean;
  /** Kept in step with a directory on premises. */
  readonly synced: boolean;
  readonly licences: readonly string[];
}

/** Properties of an account in the directory that routes may ask about. */
export const OWNER_ATTRIBUTES = [
  "department", "company", "office", "jobTitle", "city", "state", "country", "employeeType", "usageLocation",
  "extensionAttribute1", "extensionAttribute2", "extensionAttribute3", "extensionAttribute4", "extensionAttribute5", "extensionAttribute6", "extensionAttribute7", "extensionAttribute8",
  "extensionAttribute9", "extensionAttribute10", "extensionAttribute11", "extensionAttribute12", "extensionAttribute13", "extensionAttribute14", "extensionAttribute15",
] as const;
export type OwnerAttribute = (typeof OWNER_ATTRIBUTES)[number];

/** What routes ask of the directory. */
export interface AskedFacts {
  /** Groups as the configuration names them. */
  readonly groups: readonly string[];
  readonly attributes: readonly OwnerAttribute[];
}

/** What the directory tells of an owner, of that which was asked; what it did not tell is absent. */
export interface OwnerFacts {
  /** Whether the owner is in a group or in one inside it, by the configuration's name for the group. A group is in itself. */
  readonly groups: Readonly<Record<string, boolean>>;
  /** Empty where the directory holds nothing. */
  readonly attributes: Readonly<Partial<Record<OwnerAttribute, string>>>;
}

/** An owner with what was asked about it. */
export type FoundOwner = Owner & { readonly facts?: OwnerFacts };

/** Somebody in the directory, as identity maps and files for a target's own import need it. */
export interface DirectoryPerson {
  readonly id: string;
  /** User principal name. */
  readonly name: string;
  readonly displayName: string;
  /** The address that mail comes from. */
  readonly mail?: string;
  /** Addresses that take mail, that one first. */
  readonly addresses: readonly string[];
  readonly givenName?: string;
  readonly surname?: string;
  readonly department?: string;
  readonly jobTitle?: string;
  readonly office?: string;
  readonly phone?: string;
  readonly language?: string;
  readonly employeeId?: string;
  readonly enabled: boolean;
  /** Of another organisation. */
  readonly guest: boolean;
  readonly licensed: boolean;
  /** What the mailbox is for, "none", or "unknown" when it may not be asked. */
  readonly mailbox: string;
}

export interface Inventory {
  readonly containers: number;
  /** Absent: the source does not tell without reading them. */
  readonly items?: number;
  /** Bytes, when the source tells them without reading the items. */
  readonly bytes?: number;
  readonly account?: AccountFacts;
  readonly group?: GroupFacts;
  /** What the source keeps from us, or what was chosen to be left out. */
  readonly losses?: readonly Loss[];
}

export interface Workload {
  readonly name: WorkloadName;
  /** Several owners list the same feeds (a chat, by each of its members): the first to read one holds it, and its items are that owner's. */
  readonly shared?: boolean;
  /** Feeds of one owner that may be read beside one another; 1 when absent. */
  readonly width?: number;
  /** Its requests wait for their turn at one small thing (a channel, a chat) most of the time: a run works on more owners at once than it is told to, which costs little. */
  readonly waits?: boolean;
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
  /** Of these kinds only, where some are named. @throws ExodusError ROUTE_GROUP_UNKNOWN, ROUTE_GROUP_AMBIGUOUS, ROUTE_GROUP_EMPTY before the first owner. */
  owners(signal: AbortSignal, kinds?: readonly Owner["kind"][]): AsyncIterable<FoundOwner>;
  /** Everybody in the directory, whatever the configuration chooses; `onFailure` is told of mailboxes that could not be asked. */
  people?(signal: AbortSignal, onFailure: (thrown: unknown) => void): AsyncIterable<DirectoryPerson>;
  workload(name: WorkloadName): Workload | undefined;
  /** What reading this workload of such an owner costs, or may cost, whatever the target; asks nothing. */
  foresee?(workload: WorkloadName, owner: Owner): readonly ForeseenLoss[];
  /** Properties that were wanted and that this source does not tell, as far as it was asked ("type.property"). */
  untold?(): readonly string[];
  close(): Promise<void>;
}
