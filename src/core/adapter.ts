import type { BlobRef, Container, Item, Loss, Owner, PlacedContainer, WorkloadName } from "./item.js";
import type { CheckResult } from "./source.js";

export type Support = "native" | "partial" | "package" | "none";
/** Strongest proof we hold; order of strength as in the README. The conformance suite decides, not the author. */
export type Evidence = "live" | "own-server" | "emulator" | "documented" | "package" | "none";

/** A field that a target cannot keep, with the document that says so. `reason` is a code of `losses.ts`. */
export interface Gap {
  readonly field: string;
  readonly reason: string;
  readonly cite: string;
}

export interface WorkloadCapability {
  readonly support: Support;
  /** Driver name ("imap", "caldav", …), "disk" or "rest". */
  readonly via: string;
  readonly evidence: Evidence;
  readonly keepsDates: boolean;
  readonly keepsAuthors: boolean;
  /** A row left in "sending" by a crash can be found again at the target. */
  readonly canFind: boolean;
  readonly canReadBack: boolean;
  readonly canUpdate: boolean;
  readonly canRemove: boolean;
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
}

export interface Verdict {
  readonly state: "same" | "different" | "missing" | "unverifiable";
  readonly fields: readonly { readonly field: string; readonly expected: string; readonly found: string }[];
}

/** The account at the target that receives one owner's content. */
export interface Account {
  readonly owner: Owner;
  /** Target account name from the identity map (default: the owner's `name`). */
  readonly name: string;
}

/** One owner's open connection to a target, for one workload. Methods may be called concurrently up to the manifest's `concurrency`. */
export interface TargetSession {
  /**
   * Idempotent: twice gives the same container. `known` is its address from the last time: when name or parent changed, the
   * session renames instead of creating; when the parent's rename already carried it along, it answers the new address.
   */
  prepare(container: PlacedContainer, known: string | undefined, signal: AbortSignal): Promise<TargetContainer>;
  /** Idempotent under `idempotencyKey` given `known`. When content had to be written beside the old object, answers the new ref; the engine removes the old. */
  put(item: Item, context: PutContext): Promise<PutResult>;
  /** Asked before re-putting an item whose last put may or may not have arrived. Never answers a taken ref. */
  find(item: Item, context: PutContext): Promise<TargetRef | undefined>;
  /** Removes an object that we created; absent already = done. */
  remove(ref: TargetRef, into: TargetContainer, signal: AbortSignal): Promise<void>;
  /** Removes a container that we created if it is empty; answers whether it is gone. */
  removeContainer(id: string, signal: AbortSignal): Promise<boolean>;
  /** Re-reads the target and compares with the record; never trusts put's answer. */
  verify(item: Item, ref: TargetRef, context: PutContext): Promise<Verdict>;
  close(): Promise<void>;
}

export interface Adapter {
  readonly manifest: Manifest;
  /** Reachability, sign-in, limits, space; writes nothing. */
  check(signal: AbortSignal): AsyncIterable<CheckResult>;
  /** `workload` is one that the manifest supports. Throws a permanent-container error when the account cannot be used. */
  connect(account: Account, workload: WorkloadName, signal: AbortSignal): Promise<TargetSession>;
  /** Losses to expect for this container's items, for `audit`; from the manifest unless the server tells more. */
  forecast(workload: WorkloadName, container: Container): readonly Loss[];
  close(): Promise<void>;
}
