import type { BlobRef, ForeseenLoss, Item, Loss, Owner, PlacedContainer, WorkloadName } from "./item.js";
import type { LossReason } from "./losses.js";
import type { CheckResult } from "./source.js";

export type Support = "native" | "partial" | "package" | "none";
/** Strongest proof first. What a manifest claims may not be above what the conformance suite's own lines prove (test/arch/evidence.test.ts). */
export const EVIDENCE = ["live", "own-server", "emulator", "documented", "package", "none"] as const;
export type Evidence = (typeof EVIDENCE)[number];

/**
 * A loss that a target may cause, with the document that says why. `prepare` ("container") and `put` ("item") report none that is not declared:
 * the conformance suite sees to it.
 */
export interface Gap {
  readonly of: "item" | "container";
  /** As the loss names it; "*" where the loss names a property of the item's own. */
  readonly field: string;
  readonly change: Loss["change"];
  /** "tool" where the form that the adapter chooses costs it; "target" when absent. */
  readonly side?: Loss["side"];
  readonly reason: LossReason;
  readonly cite: string;
}

export interface WorkloadCapability {
  readonly support: Support;
  /** Driver name ("imap", "caldav", …), "disk" or "rest". */
  readonly via: string;
  readonly evidence: Evidence;
  /** Where it is written that the target takes this content: document and section. Losses cite their own. */
  readonly cite: string;
  readonly keepsDates: boolean;
  readonly keepsAuthors: boolean;
  /**
   * A row left in "sending" by a crash can be found again at the target. Where not, `put` throws TARGET_UNSURE for an answer that was lost, and any other
   * error only of what surely did not arrive; `find` throws it too, unless the administrator has said what became of such items. "late": the target's search
   * shows what stands sooner or later, so that what is not found may stand all the same; as where not, but `find` answers what it sees.
   */
  readonly canFind: boolean | "late";
  /**
   * A container whose making got no answer can be found again; true when absent. Where not, `prepare` throws TARGET_CONTAINER_UNSURE for an answer that was
   * lost, and any other error only where nothing was made; `findContainer` throws it too, unless the administrator has said to make it (again).
   */
  readonly canFindContainers?: boolean;
  readonly canReadBack: boolean;
  readonly canUpdate: boolean;
  /** Where not, what is deleted at the source is kept, and what moves there stays where it was put first. */
  readonly canRemove: boolean;
  /** The target keeps the order of arrival: it gets messages one by one, oldest first, once the source has been read. */
  readonly appends?: boolean;
  /** Parallel puts in one session, where the workload's server wants another number than the manifest's. */
  readonly concurrency?: number;
  /** Items that `verify` is asked about at once, where the server reads many by one request; as many as puts when absent. */
  readonly verifiedTogether?: number;
  /** Largest item in bytes, when the protocol or product has a limit known before asking the server. */
  readonly maxBytes?: number;
  readonly gaps: readonly Gap[];
}

/** Plain data, JSON-serialisable: the conformance suite, `audit`, the planner and the docs all read it. */
export interface Manifest {
  readonly name: string;
  readonly title: string;
  readonly docs: string;
  /** Only the workloads that the target can take; every other one is "none". */
  readonly workloads: Readonly<Partial<Record<WorkloadName, WorkloadCapability>>>;
  /** Parallel puts in one session (one owner). */
  readonly concurrency: number;
  /** Codes that `put` may answer as skipped; listed in `skips.ts`. */
  readonly skips: readonly string[];
}

/** Address of an object at the target, relative to its container's: IMAP UID, resource name, file name. */
export interface TargetRef {
  readonly id: string;
  readonly etag?: string;
}

/** Address of a container at the target (mailbox path, collection URL path, folder path). */
export interface TargetContainer {
  readonly id: string;
  readonly created: boolean;
  readonly losses: readonly Loss[];
}

export type PutResult =
  | { readonly outcome: "created" | "updated" | "unchanged"; readonly ref: TargetRef; readonly losses: readonly Loss[] }
  | { readonly outcome: "skipped"; readonly code: string };

export interface PutContext {
  /** Stable for the item across runs, processes and machines: 32 base32 characters, safe in any name. */
  readonly idempotencyKey: string;
  /** Where the item stands now in `into`, from the ledger: update instead of create. */
  readonly known?: TargetRef;
  readonly into: TargetContainer;
  readonly placed: PlacedContainer;
  readonly signal: AbortSignal;
  /** Streams a blob; may be called again after a retry. */
  open(blob: BlobRef): AsyncIterable<Uint8Array>;
  /** Waits for room in the process-wide byte budget; take it before buffering, release it after. */
  reserve(bytes: number): Promise<() => void>;
  /** True when another item already owns this object in `into` (identical twins must not share one). */
  isTaken(ref: TargetRef): Promise<boolean>;
  /** To be awaited just before the request that a repeat would double, where the target cannot be searched (`canFind`): a put that was cut before it left nothing. */
  sending(): Promise<void>;
  /** Where another item of the same owner and workload stands in `into`, by the ledger: the message that this one answers. */
  refOf(id: string): Promise<TargetRef | undefined>;
}

export interface Verdict {
  readonly state: "same" | "different" | "missing" | "unverifiable";
  readonly fields: readonly { readonly field: string; readonly expected: string; readonly found: string }[];
}

/** What a server says of the objects of one container. */
export interface ContainerChanges {
  /** How the container stands by the server's own word, true before whatever is read after the answer. Opaque; names server and protocol, so that another's is not taken for it. */
  readonly state: string;
  /** Has the reference of every object that was changed or removed since the state told, and may have others; "all" where the server cannot say. */
  readonly changed: { has(ref: string): boolean } | "all";
}

/** The account at the target that receives one owner's content. */
export interface Account {
  readonly owner: Owner;
  /** Target account name from the identity map (default: the owner's `name`). */
  readonly name: string;
}

/** One owner's open connection to a target, for one workload. Methods may be called concurrently up to the manifest's `concurrency`, `verify` up to `verifiedTogether`. */
export interface TargetSession {
  /**
   * Idempotent: twice gives the same container. `known` is its address from the last time: when name or parent changed, the
   * session renames instead of creating; when the parent's rename already carried it along, it answers the new address.
   */
  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer>;
  /** Idempotent under `idempotencyKey` given `known`. When content had to be written beside the old object, answers the new ref; the engine removes the old. */
  put(item: Item, context: PutContext): Promise<PutResult>;
  /** Asked before a container is made again whose making may or may not have arrived (`canFindContainers`): undefined = make it. */
  findContainer?(container: PlacedContainer, signal: AbortSignal): Promise<TargetContainer | undefined>;
  /** Asked before re-putting an item whose last put may or may not have arrived. Never answers a taken ref. */
  find(item: Item, context: PutContext): Promise<TargetRef | undefined>;
  /** Removes an object that we created; absent already = done. */
  remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void>;
  /** Removes a container that we created if it is empty; answers whether it is gone. */
  removeContainer(id: string, signal: AbortSignal): Promise<boolean>;
  /** Re-reads the target and compares with the record; never trusts put's answer. */
  verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict>;
  /**
   * What changed in a container since a state that this told earlier, maybe in another run: `verify --changed` goes by it, and leaves the rest unread. Must never
   * leave out what was changed or removed, as far as the server knows it; without `since`, nothing but the state is asked for. Undefined where the server offers none.
   */
  changes?(container: string, since: string | undefined, signal: AbortSignal): Promise<ContainerChanges | undefined>;
  /**
   * After the last put of a push that nobody interrupted: what may be done only once all is there (an archive is closed for writing).
   * Where a run did not get so far, a later one does it for both.
   */
  settle?(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** What `put` would report of an item, told before. */
export interface Foresight {
  readonly losses: readonly ForeseenLoss[];
  /** `put` would leave the item out by this rule of `skips.ts`. */
  readonly skipped?: string;
}

export interface Adapter {
  readonly manifest: Manifest;
  /** Reachability, sign-in, limits, space; writes nothing. */
  check(signal: AbortSignal): AsyncIterable<CheckResult>;
  /** `workload` is one that the manifest supports. Throws a permanent-container error when the account cannot be used. */
  connect(account: Account, workload: WorkloadName, signal: AbortSignal): Promise<TargetSession>;
  /**
   * All that may come to an item here, by the very functions that `put` reports with; asks no server. `open` absent: by the record alone, so
   * that what hangs on the bytes is possible and not sure.
   */
  foresee(item: Item, open?: (blob: BlobRef) => AsyncIterable<Uint8Array>): Promise<Foresight>;
  /** The same of a container, for `prepare`. */
  foreseePlace(container: PlacedContainer): readonly ForeseenLoss[];
  close(): Promise<void>;
}
