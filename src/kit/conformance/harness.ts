import { createHash } from "node:crypto";
import type { PutContext, TargetContainer, TargetRef } from "../../core/adapter.js";
import { ExodusError } from "../../core/errors.js";
import { idempotencyKey } from "../../core/idempotency.js";
import type { BlobRef, Item, Owner, PlacedContainer, Sha256 } from "../../core/item.js";

const PIECE = 64 * 1024;

/** Blobs in memory, in the vault's place. */
export class MemoryBlobs {
  readonly #bytes = new Map<string, Uint8Array>();

  add(content: Uint8Array | string, extension: string): BlobRef {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const sha256 = createHash("sha256").update(bytes).digest("hex") as Sha256;
    this.#bytes.set(sha256, bytes);
    return { sha256, size: bytes.byteLength, extension };
  }

  /** In pieces of 64 KiB, so that nobody relies on one chunk. @throws ExodusError VAULT_BLOB_MISSING. */
  async *open(blob: BlobRef): AsyncGenerator<Uint8Array> {
    const bytes = this.read(blob);
    for (let start = 0; start < bytes.byteLength; start += PIECE) yield await Promise.resolve(bytes.subarray(start, start + PIECE));
  }

  read(blob: BlobRef): Uint8Array {
    const bytes = this.#bytes.get(blob.sha256);
    if (bytes === undefined) throw new ExodusError("VAULT_BLOB_MISSING", { params: { sha256: blob.sha256 } });
    return bytes;
  }
}

/** What the engine's ledger knows, in memory: which item owns which object of a container. */
export class MemoryLedger {
  readonly #owners = new Map<string, string>();
  readonly #refs = new Map<string, TargetRef>();

  settle(into: TargetContainer, ref: TargetRef, item: Item): void {
    this.#owners.set(`${into.id}\n${ref.id}`, item.key.id);
    this.#refs.set(`${into.id}\n${item.key.id}`, ref);
  }

  refOf(into: TargetContainer, id: string): TargetRef | undefined {
    return this.#refs.get(`${into.id}\n${id}`);
  }

  isTaken(into: TargetContainer, ref: TargetRef, item: Item): boolean {
    const owner = this.#owners.get(`${into.id}\n${ref.id}`);
    return owner !== undefined && owner !== item.key.id;
  }
}

/** Vault id under which the suite makes its idempotency keys. */
export const CONFORMANCE_VAULT = "00000000-0000-4000-8000-000000000000";

export interface Surroundings {
  readonly blobs: MemoryBlobs;
  readonly ledger: MemoryLedger;
  readonly signal: AbortSignal;
}

/** The context that the engine would give to `put`, `find` and `verify`. `reserve` grants everything and counts nothing. */
export function contextOf(around: Surroundings, item: Item, placed: PlacedContainer, into: TargetContainer, known?: TargetRef): PutContext {
  return {
    idempotencyKey: idempotencyKey(CONFORMANCE_VAULT, item.key),
    ...(known === undefined ? {} : { known }),
    into, placed, signal: around.signal,
    open: (blob) => around.blobs.open(blob),
    reserve: () => Promise.resolve(() => undefined),
    sending: () => Promise.resolve(),
    isTaken: (ref) => Promise.resolve(around.ledger.isTaken(into, ref, item)),
    refOf: (id) => Promise.resolve(around.ledger.refOf(into, id)),
  };
}

/** A source owner for tests. */
export function sampleOwner(name: string): Owner {
  return { id: `owner-${name}`, name, kind: "user", displayName: name };
}
