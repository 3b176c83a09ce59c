import { randomUUID } from "node:crypto";
import type { Account, Adapter, Manifest, PutContext, PutResult, TargetContainer, TargetRef, TargetSession, Verdict, WorkloadCapability } from "../../core/adapter.js";
import { ExodusError } from "../../core/errors.js";
import type { ErrorCode } from "../../core/errors/catalog.js";
import type { Item, PlacedContainer, WorkloadName } from "../../core/item.js";
import { contextOf, MemoryBlobs, MemoryLedger } from "./harness.js";
import { samplesOf } from "./samples.js";
import type { Samples } from "./sample-item.js";

/** What an adapter's test gives to the suite. */
export interface ConformanceSetup {
  /** Adapter's name and server, for the test titles. */
  readonly title: string;
  readonly manifest: Manifest;
  readonly workload: WorkloadName;
  /** A new adapter; "wrong-secret" = with a credential that the server refuses. */
  adapter(variant: "good" | "wrong-secret"): Promise<Adapter>;
  /** An account that the server knows; may be the same at each call: the suite names its containers apart. */
  account(): Account;
  /** Bytes of the largest item that this very server takes, where it has a limit that is not its adapter's. */
  readonly largest?: number;
  /** Words that no error message may hold: the passwords in use. */
  readonly secrets: readonly string[];
  /** Counts a container's objects by other means than the adapter, when the test can. */
  count?(account: Account, into: TargetContainer): Promise<number>;
  /** Code of the error with which an empty container is left to its owner, where the server lets nobody else remove it. */
  readonly ownerRemoves?: ErrorCode;
  /** Alters an object behind the adapter's back, when the test can; `verify` must see it. */
  tamper?(account: Account, into: TargetContainer, ref: TargetRef): Promise<void>;
}

/** One behaviour of the contract. `when` reads the manifest only: a check is left out by declaration, never by choice. */
export interface Check {
  readonly title: string;
  when?(capability: WorkloadCapability): boolean;
  run(bench: Bench): Promise<void>;
}

/** One check's session at the target, with the engine's part played by memory. */
export class Bench {
  readonly blobs = new MemoryBlobs();
  readonly ledger = new MemoryLedger();
  readonly stop = new AbortController();
  readonly samples: Samples;
  readonly capability: WorkloadCapability;
  readonly account: Account;
  #open: { adapter: Adapter; session: TargetSession } | undefined;

  constructor(readonly setup: ConformanceSetup) {
    this.samples = samplesOf(setup.workload, this.blobs);
    this.capability = capabilityOf(setup);
    this.account = setup.account();
  }

  get signal(): AbortSignal {
    return this.stop.signal;
  }

  /** Opened at first use; `reopen` stands for the next run of the program. */
  async session(): Promise<TargetSession> {
    if (this.#open === undefined) {
      const adapter = await this.setup.adapter("good");
      this.#open = { adapter, session: await adapter.connect(this.account, this.setup.workload, this.signal) };
    }
    return this.#open.session;
  }

  async reopen(): Promise<TargetSession> {
    await this.close();
    return this.session();
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.session.close();
    await open?.adapter.close();
  }

  /** A container of the source that no earlier check used. */
  container(name: string, parent?: PlacedContainer): PlacedContainer {
    const id = `container-${randomUUID()}`;
    return {
      workload: this.setup.workload, owner: "conformance", id, name, path: [...(parent?.path ?? []), name],
      ...(parent === undefined ? {} : { parentId: parent.id }),
    };
  }

  /** A container with a name of its own, prepared. */
  async place(name = "Essai"): Promise<Place> {
    const placed = this.container(`${name} ${randomUUID().slice(0, 8)}`);
    const into = await (await this.session()).prepare(placed, undefined, this.signal);
    return new Place(this, placed, into);
  }
}

/** @throws ExodusError ROUTE_UNSUPPORTED when the manifest does not declare the workload. */
export function capabilityOf({ manifest, workload }: ConformanceSetup): WorkloadCapability {
  const capability = manifest.workloads[workload];
  if (capability === undefined) throw new ExodusError("ROUTE_UNSUPPORTED", { params: { target: manifest.name, workload } });
  return capability;
}

/** A prepared container and the engine's gestures in it. */
export class Place {
  constructor(readonly bench: Bench, readonly placed: PlacedContainer, readonly into: TargetContainer) {}

  context(item: Item, known?: TargetRef): PutContext {
    return contextOf(this.bench, item, this.placed, this.into, known);
  }

  /** Puts and settles, as the engine does. */
  async offer(item: Item, known?: TargetRef): Promise<PutResult> {
    const result = await (await this.bench.session()).put(item, this.context(item, known));
    if (result.outcome === "skipped") return result;
    this.bench.ledger.settle(this.into, result.ref, item);
    // The engine removes what an update left behind.
    if (known !== undefined && known.id !== result.ref.id) await (await this.bench.session()).remove(known, this.into, this.bench.signal);
    return result;
  }

  /** Likewise; a skip fails the check. */
  async put(item: Item, known?: TargetRef): Promise<Exclude<PutResult, { outcome: "skipped" }>> {
    const result = await this.offer(item, known);
    if (result.outcome === "skipped") throw new ExodusError("INTERNAL", { params: { message: `skipped: ${result.code}` } });
    return result;
  }

  async find(item: Item, known?: TargetRef): Promise<TargetRef | undefined> {
    return (await this.bench.session()).find(item, this.context(item, known));
  }

  async verify(item: Item, ref: TargetRef): Promise<Verdict> {
    return (await this.bench.session()).verify(item, ref, this.context(item, ref));
  }

  async remove(ref: TargetRef): Promise<void> {
    await (await this.bench.session()).remove(ref, this.into, this.bench.signal);
  }

  /** Undefined when the test cannot count. */
  async count(): Promise<number | undefined> {
    return this.bench.setup.count?.(this.bench.account, this.into);
  }
}
